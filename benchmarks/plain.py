"""The same page as most people would write it first: Flask, SQLAlchemy, Jinja, nothing prepared.

It is what a reader's page and a comment cost without Broadsheet's own work, on the same machine in
the same run. It judges nothing, prepares nothing and keeps nothing.
"""

import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import nh3
from flask import Flask, abort, redirect, render_template_string, request
from flask_sqlalchemy import SQLAlchemy
from markdown_it import MarkdownIt
from sqlalchemy import ForeignKey, event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """The models' base."""


db = SQLAlchemy(model_class=Base)
markdown = MarkdownIt("zero").enable(["emphasis", "link", "list"])
PAGE = (Path(__file__).parent / "plain.html").read_text("utf-8")


class Article(Base):
    """A story."""

    __tablename__ = "article"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    html: Mapped[str]
    comments: Mapped[list["Comment"]] = relationship(order_by="Comment.id")


class Comment(Base):
    """A comment."""

    __tablename__ = "comment"
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), index=True)
    name: Mapped[str]
    email: Mapped[str]
    body: Mapped[str]
    html: Mapped[str]
    created_at: Mapped[datetime]


@event.listens_for(Engine, "connect")
def _durable(connection: object, _record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")


def create_app() -> Flask:
    """The application, on the SQLite file that PLAIN_DATABASE names."""
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{os.environ['PLAIN_DATABASE']}"
    db.init_app(app)

    @app.get("/<int:number>")
    def show(number: int) -> str:
        article = db.session.get(Article, number) or abort(404)
        return render_template_string(PAGE, article=article, comments=article.comments)

    @app.post("/<int:number>")
    def post(number: int) -> object:
        article = db.session.get(Article, number) or abort(404)
        body = request.form["body"]
        made = Comment(
            article_id=article.id, name=request.form["name"], email=request.form["email"],
            body=body, html=nh3.clean(markdown.render(body)), created_at=datetime.now(UTC),
        )  # fmt: skip
        db.session.add(made)
        db.session.commit()
        return redirect(f"/{number}#comment-{made.id}", 303)

    @app.post("/like/<int:number>")
    def like(number: int) -> str:
        return str(number)

    return app


def fill(html: str, texts: list[str]) -> None:
    """One article with some comments, in an empty file."""
    app = create_app()
    with app.app_context():
        db.create_all()
        for number in (1, 2):  # one is read, the other is written to
            db.session.add(Article(id=number, title="Story", html=html))
        for text in texts:
            db.session.add(
                Comment(article_id=1, name="Person", email="p@example.org", body=text,
                        html=f"<p>{text}</p>", created_at=datetime.now(UTC))
            )  # fmt: skip
        db.session.commit()
