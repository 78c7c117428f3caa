"""SQLite's indexes of words: what was deleted leaves them when their parts are merged."""

from sqlalchemy import text

from blog.extensions import db, is_sqlite
from blog.queries import search

MERGE_PAGES = 100  # of an index, in one step: about 4 kB each, some milliseconds together
_MERGE = [
    text(f"INSERT INTO {index} ({index}, rank) VALUES ('merge', :pages)")  # noqa: S608
    for index in search.INDEXES
]


def merge_step(*, restart: bool = False) -> bool:
    """Run one step of merging the indexes into one part each; True if more steps are needed.

    FTS5 keeps a deleted word, spelled out, until its parts are merged. The first step has a
    negative number of pages, which begins a merge of all parts; later ones go on with it
    (sqlite.org/fts5.html, 6.8). PostgreSQL's autovacuum does this by itself.
    """
    if not is_sqlite():
        return False
    before = search.rows_changed()
    for merge in _MERGE:
        db.session.execute(merge, {"pages": -MERGE_PAGES if restart else MERGE_PAGES})
    # A merge that did nothing still counts as one change.
    return search.rows_changed() - before > len(_MERGE)
