"""Searches for words: cut before a database sees them, so that no query language can be reached."""

import re
from unicodedata import category, normalize

from sqlalchemy import (
    ColumnElement,
    Integer,
    String,
    bindparam,
    column,
    func,
    literal_column,
    select,
    table,
    text,
)

from blog.extensions import db

MOST_TERMS = 100  # as many as the longest search has room for
_ACCENTS = re.compile("([A-Za-z])[\u0300-\u036f]+")
# Both are made by migration 0008: a table of SQLite's, a column of PostgreSQL's.
_ROWID = column("rowid", Integer)
_INDEX = table("article_search", _ROWID)
INDEXES = ("comment_search", "article_search")  # of SQLite
_STORED: ColumnElement[str] = literal_column("article.article_search")


def terms(words: str) -> list[str]:
    """The words of a search, each once; what stands between them is no language of any kind.

    A mark belongs to the letter before it: in the scripts of India it is half of a syllable.
    """
    kept = (each if category(each)[0] in "LMN" else " " for each in normalize("NFC", words))
    found = "".join(kept).split()
    return [each for each in dict.fromkeys(found) if _is_word(each)][:MOST_TERMS]


def _is_word(term: str) -> bool:
    return any(sign.isalnum() for sign in term)


def in_article(*, sqlite: bool) -> ColumnElement[bool]:
    """True for articles that have what `asked_for` says, given as `words`; on SQLite or not.

    Needs a query of articles.
    """
    if sqlite:
        match = text("article_search MATCH :words")
        matching = select(_ROWID).select_from(_INDEX).where(match)
        # For SQLite `+id` has no index. It goes through the places then, the newest first, and
        # stops when the page is full; else it would sort all that match.
        return literal_column("+article.id", Integer).in_(matching)
    return _STORED.op("@@")(func.to_tsquery("simple", bindparam("words", type_=String)))


def asked_for(found: list[str], *, sqlite: bool) -> str:
    """Every term, or how a word begins, in the database's own language.

    A single letter is a word: too many begin with it.
    """
    if sqlite:
        return " ".join(f'"{each}"*' if len(each) > 1 else f'"{each}"' for each in found)
    return " & ".join(f"{each}:*" if len(each) > 1 else each for each in map(_folded, found))


def rows_changed() -> int:
    """How many rows this connection to SQLite has changed so far."""
    return int(db.session.scalar(select(func.total_changes())) or 0)


def _folded(term: str) -> str:
    """Without the accents of Latin letters, as PostgreSQL stores it; SQLite folds by itself."""
    return normalize("NFC", _ACCENTS.sub(r"\1", normalize("NFD", term)))
