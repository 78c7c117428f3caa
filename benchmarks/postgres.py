"""Databases of our own on a PostgreSQL server, and how many rows get into one quickly."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Table, create_engine, make_url, text

from blog.extensions import db

# What the server says of itself beside a table of figures: most of them depend on these.
SAID = ("server_version", "shared_buffers", "work_mem", "jit", "synchronous_commit", "fsync")


@contextmanager
def databases(server: str, *names: str) -> Iterator[list[str]]:
    """The addresses of new databases beside the one that `server` names; dropped afterwards."""
    url = make_url(server).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        said = [f"{name} {connection.scalar(text(f'SHOW {name}'))}" for name in SAID]
        print(f"PostgreSQL: {', '.join(said)}", flush=True)
        try:
            for name in names:
                connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
                connection.execute(text(f"CREATE DATABASE {name}"))
            made = [url.set(drivername="postgresql", database=name) for name in names]
            yield [each.render_as_string(hide_password=False) for each in made]
        finally:
            for name in names:
                connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    engine.dispose()


def set_database(instance: Path, address: str) -> None:
    """Let a site keep its data there, as an owner would."""
    (instance / "config.toml").write_text(f"database_url = {json.dumps(address)}\n")


def copy(table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Put rows into a table by COPY: what they leave out is as the model's default says."""
    dialect, usual = db.engine.dialect, _defaults(table)
    columns = [table.columns[name] for name in usual | rows[0]]
    make = [each.type.dialect_impl(dialect).bind_processor(dialect) or _same for each in columns]
    names = ", ".join(dialect.identifier_preparer.quote(each.name) for each in columns)
    cursor: Any = db.session.connection().connection.cursor()
    with cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as lines:
        for row in rows:
            values = (usual | row).values()
            lines.write_row([into(value) for into, value in zip(make, values, strict=True)])


def _defaults(table: Table) -> dict[str, Any]:
    found: dict[str, Any] = {each.name: each.default for each in table.columns}
    return {name: each.arg for name, each in found.items() if each is not None and each.is_scalar}


def _same(value: object) -> object:
    return value


@contextmanager
def indexed_later(*tables: str) -> Iterator[None]:
    """The indexes are made again at the end, of all rows, which takes a fraction of the time."""
    ours = text(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(:tables)"
        " AND indexname NOT IN (SELECT conname FROM pg_constraint)"
    )
    found = db.session.execute(ours, {"tables": list(tables)}).all()
    for name, _ in found:
        db.session.execute(text(f"DROP INDEX {name}"))
    yield
    db.session.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
    for _, definition in found:
        db.session.execute(text(definition))
    db.session.commit()


def settle(tables: Sequence[type[Any]]) -> None:
    """Go on counting after the ids that were given, and do what autovacuum does in time."""
    for each in tables:
        name = each.__tablename__
        db.session.execute(
            text(
                f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}"
                " HAVING max(id) IS NOT NULL"
            )
        )
    db.session.commit()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM (ANALYZE)"))
