"""Audit events are append-only, also for raw SQL."""

from django.db import migrations

from parindex.guards import guard


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        guard("audit_event", "UPDATE", "audit events are append-only"),
        guard("audit_event", "DELETE", "audit events are append-only"),
    ]
