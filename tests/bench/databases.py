"""New, empty databases to measure in, thrown away afterwards."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import environ
import psycopg2

from tests.postgres import database_url

# Gives the address of a new, empty database each time it is called.
Fresh = Callable[[], str]


@contextmanager
def sqlite_files(folder: Path) -> Iterator[Fresh]:
    """SQLite files in a folder that somebody else removes."""
    made: list[Path] = []

    def fresh() -> str:
        made.append(folder / f"bench-{len(made)}.sqlite3")
        return f"sqlite:///{made[-1]}"

    yield fresh


@contextmanager
def postgres_databases(folder: Path) -> Iterator[Fresh]:
    """Databases of our own in a real, durable PostgreSQL, found as tests find it; dropped at the end."""
    with database_url(durable=True) as url:
        made: list[str] = []

        def fresh() -> str:
            # The folder's name tells the databases of one run from those of another.
            name = f"{folder.name}-{len(made)}".replace("-", "_").lower()
            _administer(url, f'CREATE DATABASE "{name}"')
            made.append(name)
            return f"{url.rpartition('/')[0]}/{name}"

        try:
            yield fresh
        finally:
            for name in made:
                _administer(url, f'DROP DATABASE "{name}" WITH (FORCE)')


DATABASES = {"SQLite": sqlite_files, "PostgreSQL": postgres_databases}


def _administer(url: str, statement: str) -> None:
    found: dict[str, Any] = environ.Env.db_url_config(url)
    parameters = {
        "host": found["HOST"],
        "port": found["PORT"],
        "user": found["USER"],
        "password": found["PASSWORD"],
        "dbname": found["NAME"],
    }
    with closing(
        psycopg2.connect(**{key: value for key, value in parameters.items() if value})
    ) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
