"""A publication is frozen, also for raw SQL: only its end may be recorded, once."""

from django.db import migrations

from parindex.guards import guard

SAYS = "a publication never changes"
KEPT = (
    "round_id",
    "decision_number",
    "signed",
    "signer",
    "published_at",
    "published_by",
    "digest",
)
CHANGED = " OR ".join(f"OLD.{column} <> NEW.{column}" for column in KEPT)
MANIFEST = "CAST(OLD.manifest AS text) <> CAST(NEW.manifest AS text)"
ENDED = "(OLD.state <> 'current' AND (OLD.state <> NEW.state OR OLD.end_reason <> NEW.end_reason))"


class Migration(migrations.Migration):
    dependencies = [("assessments", "0001_initial")]

    operations = [
        guard("assessments_publication", "UPDATE", SAYS, f"{CHANGED} OR {MANIFEST} OR {ENDED}"),
        guard("assessments_publication", "DELETE", SAYS),
        guard("assessments_publishedgroup", "UPDATE", SAYS),
        guard("assessments_publishedgroup", "DELETE", SAYS),
        guard("assessments_publishedunit", "UPDATE", SAYS),
        guard("assessments_publishedunit", "DELETE", SAYS),
    ]
