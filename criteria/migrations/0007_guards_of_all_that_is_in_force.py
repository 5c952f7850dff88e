"""What belongs to a framework in force is immutable too: its decision's words, its steps, its end."""

from django.db import migrations

from parindex.guards import guard

SAYS = "a framework in force is immutable"
WORDS = ("number", "issued", "issuer_id", "title")
CHANGED = " OR ".join(f"OLD.{column} <> NEW.{column}" for column in WORDS)
HAS_ONE = "EXISTS (SELECT 1 FROM criteria_framework WHERE decision_id = OLD.id AND state <> 'draft')"


def not_draft(row: str) -> str:
    """SQL that is true when the row belongs to a framework that is no draft."""
    return f"(SELECT state FROM criteria_framework WHERE id = {row}.framework_id) <> 'draft'"  # noqa: S608 - OLD or NEW


class Migration(migrations.Migration):
    dependencies = [("criteria", "0006_readings_by_job")]

    operations = [
        guard("criteria_decision", "UPDATE", SAYS, f"({CHANGED}) AND {HAS_ONE}"),
        guard("criteria_decision", "DELETE", SAYS, HAS_ONE),
        guard("criteria_draftstep", "INSERT", SAYS, not_draft("NEW")),
        guard("criteria_draftstep", "UPDATE", SAYS, f"{not_draft('OLD')} OR {not_draft('NEW')}"),
        guard("criteria_draftstep", "DELETE", SAYS, not_draft("OLD")),
        guard("criteria_framework", "INSERT", SAYS, "NEW.state <> 'draft'"),
    ]
