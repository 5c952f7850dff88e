"""A framework that left the draft state is immutable, also for raw SQL."""

from django.db import migrations

from parindex.guards import guard

SAYS = "a framework in force is immutable"


def not_draft(row: str) -> str:
    """SQL that is true when the row belongs to a framework that is no draft."""
    return f"(SELECT state FROM criteria_framework WHERE id = {row}.framework_id) <> 'draft'"


KEPT = (
    "decision_id",
    "unit_type_id",
    "version",
    "title",
    "declared_total",
    "unallocated",
    "bonus_cap",
    "file_name",
    "sheet",
    "activated_at",
    "activated_by",
)
CHANGED = " OR ".join(
    f"(OLD.{column} <> NEW.{column} OR (OLD.{column} IS NULL) <> (NEW.{column} IS NULL))" for column in KEPT
)


class Migration(migrations.Migration):
    dependencies = [("criteria", "0001_initial")]

    operations = [
        guard("criteria_criterion", "INSERT", SAYS, not_draft("NEW")),
        guard("criteria_criterion", "UPDATE", SAYS, f"{not_draft('OLD')} OR {not_draft('NEW')}"),
        guard("criteria_criterion", "DELETE", SAYS, not_draft("OLD")),
        guard("criteria_problem", "INSERT", SAYS, not_draft("NEW")),
        guard("criteria_problem", "UPDATE", SAYS, f"{not_draft('OLD')} OR {not_draft('NEW')}"),
        guard("criteria_problem", "DELETE", SAYS, not_draft("OLD")),
        guard(
            "criteria_framework", "UPDATE", SAYS, f"OLD.state <> 'draft' AND (NEW.state = 'draft' OR {CHANGED})"
        ),
        guard("criteria_framework", "DELETE", SAYS, "OLD.state <> 'draft'"),
    ]
