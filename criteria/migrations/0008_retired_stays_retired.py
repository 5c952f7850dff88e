"""A framework that a later version has replaced never comes back into force."""

from django.db import migrations

from parindex.guards import guard


class Migration(migrations.Migration):
    dependencies = [("criteria", "0007_guards_of_all_that_is_in_force")]

    operations = [
        guard(
            "criteria_framework",
            "UPDATE",
            "a retired framework stays retired: immutable",
            "OLD.state = 'retired' AND NEW.state <> 'retired'",
            also="retired",
        ),
    ]
