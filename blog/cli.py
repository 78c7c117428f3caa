"""The commands of `flask --app blog`, for the person at the server's terminal."""

import json
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app, url_for
from flask.cli import with_appcontext
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError

from blog import clock, jobs, migrating
from blog.config import current_settings
from blog.extensions import one_at_a_time, writing
from blog.models import Staff
from blog.queries import articles as article_queries
from blog.queries import staff as staff_queries
from blog.services import accounts, backups, changes, manuscript, markup, privacy, publishing
from blog.services import demo as demo_service
from blog.web import assets, faults

NEWER = "The database is of a newer version of Broadsheet than this one."


class Command(click.Command):
    """Says in a sentence that the database is locked, damaged, or not to be written."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. Raises ClickException."""
        try:
            return super().invoke(ctx)
        except (DataError, IntegrityError) as error:
            # A fault of ours, whose words may have in them what somebody typed.
            said = f"{faults.kind(error.orig or error)} in {faults.where(error)}"
            raise click.ClickException(f"this is a fault of Broadsheet: {said}") from None
        except DatabaseError as error:
            raise click.ClickException(f"the database cannot be used: {error.orig}") from None


def init_app(app: Flask) -> None:
    """Add the commands."""
    commands = (publish, reset_link, remove_second_factor, invite, set_up_link, export, erase)
    for command in (*commands, backup, demo, work, tidy, upgrade, revision):
        app.cli.add_command(command)


def _check_database() -> None:
    """Refuse to work on tables that are not there or not this version's."""
    found = migrating.current()
    if migrating.is_newer(found):
        raise click.ClickException(NEWER)
    if found != migrating.head():
        raise click.ClickException(
            "the database is not ready: start the site once,"
            " or run `.venv/bin/flask --app blog upgrade`"
        )


@click.command(cls=Command)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def publish(file: Path) -> None:
    """Publish FILE, Markdown with front matter, or update the article with its slug."""
    _check_database()
    try:
        read = manuscript.read(file.read_text("utf-8"))
        _check_picture(read.picture)
        markup.article_html(read.body)  # takes a while for a long text: nobody waits for it here
        with writing():
            article, outcome = publishing.publish(read)
            if outcome is not publishing.Outcome.UNCHANGED:
                changes.note(None, "article", article.title, "", outcome)
    except UnicodeDecodeError as error:
        line = file.read_bytes()[: error.start].count(b"\n") + 1
        raise click.ClickException(f"{file}:{line}: this is not UTF-8") from None
    except manuscript.BrokenManuscript as error:
        raise click.ClickException(f"{file}:{error.line}: {error.reason}") from None
    with current_app.test_request_context():
        path = url_for("articles.show", **article.path)
    when = ""
    if article.published_at > clock.now():
        when = f", for readers from {article.published_at:%d %B %Y, %H:%M} UTC on"
    click.echo(f"{outcome}{when}: {current_settings().public_url}{path}")


def _check_picture(name: str) -> None:
    if name and not assets.has_asset(name):
        raise click.ClickException(f"there is no picture {assets.folder('static') / name}")


@click.command("reset-link", cls=Command)
@click.argument("email")
@with_appcontext
def reset_link(email: str) -> None:
    """Print a link with which the member of staff with that EMAIL sets a new password."""
    from flask_security.recoverable import generate_reset_password_token

    _check_database()
    member = _member(email)
    if not member.active:
        raise click.ClickException(
            f"{member.name} is kept out; an administrator lets them in again"
        )
    with writing():
        changes.note(None, "password", member.name, "", "")
    with current_app.test_request_context():
        path = url_for("security.reset_password", token=generate_reset_password_token(member))
    click.echo(current_settings().public_url + path)


@click.command("remove-second-factor", cls=Command)
@click.argument("email")
@with_appcontext
def remove_second_factor(email: str) -> None:
    """Let the member of staff with that EMAIL in by the password alone: the device is lost."""
    _check_database()
    member = _member(email)
    with writing():
        accounts.remove_second_factor(member, None)
    click.echo(f"{member.name} signs in with the password alone now; all sessions have ended")


def _member(email: str) -> Staff:
    member = staff_queries.by_email(email)
    if member is None:
        raise click.ClickException(f"nobody on the staff has the address {email}")
    return member


@click.command(cls=Command)
@click.argument("role", type=click.Choice(accounts.ROLES))
@with_appcontext
def invite(role: str) -> None:
    """Print a link by which somebody joins the staff with that ROLE; it works once, for 7 days."""
    _check_database()
    with writing():
        token = accounts.invite(role, "the server")
        changes.note(None, "invited", "", "", role)
    with current_app.test_request_context():
        path = url_for("accounts.join", token=token)
    click.echo(current_settings().public_url + path)


@click.command("set-up-link", cls=Command)
@with_appcontext
def set_up_link() -> None:
    """Print the link with which the first administrator sets name and password."""
    _check_database()
    if staff_queries.administrator_exists():
        raise click.ClickException("there is an administrator; reset-link lets one back in")
    click.echo(current_settings().public_url + set_up_path(current_app))


def set_up_path(app: Flask) -> str:
    """The path of the page on which the first administrator is made."""
    with app.test_request_context():
        token = accounts.set_up_token(app.config["SECRET_KEY"])
        return url_for("accounts.set_up", token=token)


@click.command(cls=Command)
@click.argument("email")
@with_appcontext
def export(email: str) -> None:
    """Print everything that is stored about EMAIL and the person behind it, as JSON."""
    _check_database()
    found = privacy.export(email)
    with writing():
        changes.note(None, "exported", str(len(found["comments"])), "", "")
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))


@click.command(cls=Command)
@click.argument("email")
@click.confirmation_option(prompt="This cannot be undone. Erase this person from all comments?")
@with_appcontext
def erase(email: str) -> None:
    """Take the person with that EMAIL out of every comment; other people's answers stay."""
    _check_database()
    with writing():
        count = privacy.erase(email)
        changes.note(None, "erased", str(count), "", "")
    jobs.tidy()
    click.echo(f"comments erased: {count}")


@click.command(cls=Command)
@click.option("--keep", type=click.IntRange(min=1), default=14, show_default=True)
@with_appcontext
def backup(keep: int) -> None:
    """Copy the database into instance/backups/ while the site runs; KEEP the newest copies."""
    _check_database()
    try:
        path = backups.make(Path(current_app.instance_path), keep)
    except backups.NoBackup as error:
        raise click.ClickException(str(error)) from None
    click.echo(path)


@click.command(cls=Command)
@with_appcontext
def demo() -> None:
    """Fill an empty site with the demo newsroom."""
    _check_database()
    with writing():
        one_at_a_time("demo")
        if article_queries.any_exist():
            raise click.ClickException("there are articles already; the demo is for an empty site")
        count = demo_service.fill()
    click.echo(f"articles published: {count}")


@click.command(cls=Command)
@with_appcontext
def work() -> None:
    """Send waiting mail and forget old addresses, once: for a server that was not started by us."""
    _check_database()
    with current_app.test_request_context(base_url=current_settings().public_url):
        click.echo(f"mails sent: {jobs.work()}")


@click.command(cls=Command)
@with_appcontext
def tidy() -> None:
    """Take the words of what was deleted out of the search: for a server that we did not start."""
    _check_database()
    jobs.tidy()
    click.echo("the search is in order")


@click.command(cls=Command)
@with_appcontext
def upgrade() -> None:
    """Bring the database to this version's tables."""
    if migrating.is_newer(migrating.current()):
        raise click.ClickException(NEWER)
    migrating.upgrade()


@click.command(cls=Command)
@click.argument("message")
@with_appcontext
def revision(message: str) -> None:
    """Write a new migration from the difference between the models and the database."""
    migrating.revision(message)
