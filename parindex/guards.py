"""Database guards on rows that may never change, as migration operations.

Rights and states are checked in code; a guard is the second lock, so that not even raw SQL
alters a framework in force, a publication or an audit event.
"""

from typing import Any

from django.db.migrations.operations import RunPython


def _sqlite(name: str, table: str, event: str, condition: str, message: str) -> str:
    when = f"WHEN {condition}" if condition else ""
    return (
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {when} "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
    )


def _postgresql(name: str, table: str, event: str, condition: str, message: str) -> str:
    row = "NEW" if event in {"INSERT", "UPDATE"} else "OLD"
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition or 'TRUE'} THEN RAISE EXCEPTION '{message}' USING ERRCODE = '23514'; END IF; "
        f"RETURN {row}; END $$; "
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
    )


def guard(table: str, event: str, message: str, condition: str = "", *, also: str = "") -> RunPython:
    """Return a migration operation that refuses `event` (INSERT, UPDATE or DELETE) on `table`.

    `condition` is SQL over OLD and NEW, true where the change is refused; empty refuses always.
    `also` names a further guard of the same event.
    """
    name = "_".join(filter(None, ("guard", table, event.lower(), also)))

    def forwards(apps: Any, schema_editor: Any) -> None:
        build = _sqlite if schema_editor.connection.vendor == "sqlite" else _postgresql
        schema_editor.execute(build(name, table, event, condition, message), params=None)

    def backwards(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f"DROP TRIGGER {name}")
        else:
            schema_editor.execute(f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}()")

    return RunPython(forwards, backwards)
