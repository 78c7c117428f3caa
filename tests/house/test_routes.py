"""Every address of the site, and who may go there. A new route gets a line here."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from blog import clock
from blog.extensions import db, writing
from blog.models import Staff
from blog.models.staff import ADMINISTRATOR
from blog.services import accounts
from blog.web import reauthentication
from tests import cast
from tests.page import CheckingClient

# The author of a comment proves it by the browser's cookie. The staff: administrators and moderators; admin: administrators only. Whoever holds a link proves it by the signed token in it. member: anybody on the staff, whatever the role. code: whose password was right and whose code is asked for. nobody: rooms of the library that are closed.
ROUTES = """
everybody  GET       /
everybody  GET       /<year:year>/<month:month>/<slug:slug>
everybody  GET POST  /<year:year>/<month:month>/<slug:slug>/comments
everybody  GET       /<year:year>/<month:month>/<slug:slug>/comments/<number:comment_id>/deleted
everybody  GET       /<year:year>/<month:month>/<slug:slug>/comments/<number:comment_id>/reported
everybody  GET       /<year:year>/<month:month>/<slug:slug>/comments/<number:comment_id>/reply
everybody  GET POST  /<year:year>/<month:month>/<slug:slug>/comments/<number:comment_id>/like
everybody  GET POST  /<year:year>/<month:month>/<slug:slug>/comments/<number:comment_id>/report
author     GET POST  /<year:year>/<month:month>/<slug:slug>/comments/<number:comment_id>/edit
everybody  GET       /<year:year>/<month:month>/<slug:slug>/comments/<number:comment_id>/delete
author     POST      /<year:year>/<month:month>/<slug:slug>/comments/<number:comment_id>/delete
everybody  GET POST  /<year:year>/<month:month>/<slug:slug>/comments/preview
everybody  GET       /<year:year>/<month:month>/<slug:slug>/feed.xml
everybody  GET       /<year:year>/<month:month>/<slug:slug>/comments/<number:comment_id>/replies
everybody  GET       /<year:year>/<month:month>/<slug:slug>/comments/newer
everybody  GET       /<year:year>/<month:month>/<slug:slug>/comments/since
everybody  GET       /archive/<number:number>
everybody  GET       /author/<slug:slug>
everybody  GET       /search
everybody  GET       /tag/<slug:slug>
everybody  GET       /topic/<slug:slug>
everybody  GET       /feed.xml
everybody  GET       /robots.txt
everybody  GET       /sitemap.xml
everybody  GET       /static/<path:filename>

everybody  GET POST  /account/sign-in
everybody  POST      /account/sign-out
everybody  GET POST  /account/reset
link       GET POST  /account/reset/<token>
link       GET POST  /account/set-up/<token:token>
link       GET       /feed/answers/<token:token>
link       GET POST  /mail/confirm/<token:token>
link       GET POST  /mail/stop/<token:token>

code       GET POST  /account/code
code       GET POST  /account/recovery
everybody  GET POST  /account/passkey
everybody  POST      /account/passkey/<token>
member     GET POST  /account/password
member     GET POST  /account/second-factor
member     POST      /account/second-factor/<token>
member     GET POST  /account/recovery-codes
member     GET POST  /account/passkeys
member     POST      /account/passkeys/<token>
member     GET POST  /account/passkeys/remove
nobody     GET POST  /account/tf-rescue
nobody     GET POST  /account/tf-select

link       GET POST  /dashboard/by-mail/<token:token>
staff      GET       /dashboard/
staff      GET       /dashboard/account
staff      POST      /dashboard/account/mail
staff      POST      /dashboard/account/sessions/<number:session_id>/end
staff      POST      /dashboard/account/sessions/end-others
staff      GET       /dashboard/<path:_anything>
staff      GET       /dashboard/comments
staff      POST      /dashboard/comments/<number:comment_id>/decision
staff      POST      /dashboard/comments/<number:comment_id>/undo
staff      GET       /dashboard/comments/arrivals
staff      POST      /dashboard/comments/decide-all
staff      POST      /dashboard/comments/empty-trash
staff      GET POST  /dashboard/comments/<number:comment_id>/answer
staff      GET POST  /dashboard/comments/<number:comment_id>/correct
staff      GET POST  /dashboard/comments/<number:comment_id>/person
staff      POST      /dashboard/comments/<number:comment_id>/person/rule
staff      POST      /dashboard/comments/<number:comment_id>/reject-all
staff      POST      /dashboard/decisions/<number:bulk_id>/undo
staff      GET       /dashboard/articles
staff      POST      /dashboard/articles/<slug:slug>/discussion
staff      GET POST  /dashboard/blocks
staff      POST      /dashboard/blocks/<number:block_id>/lift
staff      GET       /dashboard/log
staff      GET       /dashboard/log.csv
staff      POST      /dashboard/log/undo
admin      POST      /dashboard/log/settings/undo
admin      POST      /dashboard/team/<number:staff_id>/second-factor
admin      GET POST  /dashboard/people
admin      POST      /dashboard/people/export
admin      POST      /dashboard/people/erase
admin      GET POST  /dashboard/settings
admin      GET       /dashboard/team
admin      POST      /dashboard/team/invite
admin      POST      /dashboard/team/invitations/<number:invitation_id>/withdraw
admin      POST      /dashboard/team/<number:staff_id>/role
admin      POST      /dashboard/team/<number:staff_id>/active
admin      POST      /dashboard/team/<number:staff_id>/sessions
link       GET POST  /account/join/<token:token>
"""

# What stands in an address to try it.
EXAMPLES = {
    "<year:year>": "2026", "<month:month>": "03",
    "<slug:slug>": "the-tide-table", "<number:comment_id>": "1", "<number:block_id>": "1", "<number:number>": "1",
    "<number:bulk_id>": "1", "<number:invitation_id>": "1", "<number:staff_id>": "1",
    "<number:session_id>": "1",
    "<path:filename>": "icon.svg", "<path:_anything>": "nothing/here",
    "<token>": "forged", "<token:token>": "forged",
}  # fmt: skip

Table = set[tuple[str, str, str]]


def _table() -> Table:
    """Role, method and rule of every line."""
    lines = [line.split() for line in ROUTES.splitlines() if line]
    return {(role, method, rule) for role, *methods, rule in lines for method in methods}


def _example(rule: str) -> str:
    """An address that the rule fits."""
    for placeholder, example in EXAMPLES.items():
        rule = rule.replace(placeholder, example)
    return rule


def _tries(*roles: str) -> list[tuple[str, str]]:
    """Method and an example of the address for every route of these roles."""
    return [(method, _example(rule)) for role, method, rule in sorted(_table()) if role in roles]


def test_the_table_names_every_route(app: Flask) -> None:
    there = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert {(method, rule) for _, method, rule in _table()} == there


def test_every_room_of_the_dashboard_is_the_staffs() -> None:
    rooms = {(role, rule) for role, _, rule in _table() if rule.startswith("/dashboard")}
    assert {role for role, _ in rooms} == {"staff", "admin", "link"}
    assert [rule for role, rule in rooms if role == "link"] == ["/dashboard/by-mail/<token:token>"]


def _nobody(app: Flask, client: CheckingClient) -> None:
    """A visitor who never signed in."""


def _left(app: Flask, client: CheckingClient) -> None:
    """A moderator whose sessions were ended, with the cookie of one."""
    with app.app_context():
        cast.moderator()
    cast.sign_in(client)
    with app.app_context(), writing():
        accounts.end_sessions(db.session.query(Staff).one())


def _without_a_role(app: Flask, client: CheckingClient) -> None:
    """Somebody who can sign in, with a role that opens nothing here."""
    with app.app_context():
        cast.moderator(role="reader")
    cast.sign_in(client)


@pytest.mark.parametrize(
    ("stranger", "status"), [(_nobody, 303), (_left, 303), (_without_a_role, 404)]
)
def test_every_staff_route_is_closed_whatever_the_method_to(
    app: Flask,
    client: CheckingClient,
    stranger: Callable[[Flask, CheckingClient], None],
    status: int,
) -> None:
    with app.app_context():
        cast.article()
    stranger(app, client)
    token = _token(client)
    for known, path in _tries("staff", "admin"):
        for method in (known, "HEAD", "OPTIONS"):
            answer = client.open(path, method=method, data={"csrf_token": token})
            assert answer.status_code == status, (method, path)
            assert status == 404 or answer.location.startswith("/account/sign-in"), path


def _token(client: CheckingClient) -> str:
    """The token that a session's own forms carry, so that nothing but the right is missing."""
    found = client.get(cast.PATH).page.query("input[name=csrf_token]")
    return str(found[0].attrs["value"]) if found else ""


def test_htmx_is_told_where_to_sign_in_and_nothing_else(client: CheckingClient) -> None:
    """The page stays, with whatever was typed into it."""
    for method, path in _tries("staff", "admin"):
        answer = client.open(path, method=method, htmx=True)
        assert (answer.status_code, answer.headers["HX-Retarget"]) == (401, "#notice"), path
        assert answer.page.one("a").attrs["href"] == "/account/sign-in", path


def test_a_forged_link_opens_nothing(client: CheckingClient) -> None:
    for method, path in _tries("link"):
        answer = client.open(path, method=method, data={"password": cast.PASSWORD})
        assert answer.status_code in (302, 400, 404, 410), path


@pytest.mark.parametrize("role", ["member", "code"])
def test_the_librarys_rooms_send_strangers_to_the_door(client: CheckingClient, role: str) -> None:
    for method, path in _tries(role):
        answer = client.open(path, method=method, data={"code": "123456", "name": "x"})
        assert answer.status_code in (302, 400), (method, path)
        assert (answer.location or "/account/sign-in").startswith("/account/sign-in"), path


def test_a_member_of_any_role_may_enter_the_rooms_of_the_own_account(
    app: Flask, client: CheckingClient
) -> None:
    with app.app_context():
        cast.moderator(role="author")
    cast.sign_in(client)
    statuses = {
        path: client.get(path).status_code for method, path in _tries("member") if method == "GET"
    }
    assert statuses.pop("/account/passkeys/remove") == 302
    assert statuses.pop("/account/recovery-codes") == 303, "of no use without a second factor"
    assert set(statuses.values()) == {200}


def test_closed_rooms_are_closed_for_everybody(
    app: Flask, client: CheckingClient, moderator: CheckingClient
) -> None:
    with app.app_context():
        cast.article()
    token = _token(moderator)
    for method, path in _tries("nobody"):
        for who in (client, moderator):
            assert who.open(path, method=method, data={"csrf_token": token}).status_code == 404


def test_the_staff_may_enter_the_staffs_rooms(app: Flask, moderator: CheckingClient) -> None:
    with app.app_context():
        cast.comment(cast.article())
    statuses = {
        path: moderator.get(path).status_code for method, path in _tries("staff") if method == "GET"
    }
    assert statuses == {
        "/dashboard/": 200,
        "/dashboard/account": 200,
        "/dashboard/articles": 200,
        "/dashboard/blocks": 200,
        "/dashboard/comments": 200,
        "/dashboard/comments/arrivals": 200,
        "/dashboard/comments/1/answer": 200,
        "/dashboard/comments/1/correct": 200,
        "/dashboard/comments/1/person": 200,
        "/dashboard/log": 200,
        "/dashboard/log.csv": 200,
        "/dashboard/nothing/here": 404,
    }


def test_an_administrators_room_does_not_exist_for_a_moderator(
    app: Flask, moderator: CheckingClient
) -> None:
    with app.app_context():
        cast.article()
    token = _token(moderator)
    for method, path in _tries("admin"):
        answer = moderator.open(path, method=method, data={"csrf_token": token})
        assert answer.status_code == 404, (method, path)


def test_an_administrator_may_enter_every_room(app: Flask, client: CheckingClient) -> None:
    with app.app_context():
        cast.moderator(role=ADMINISTRATOR)
        cast.comment(cast.article())
    cast.sign_in(client)
    statuses = {client.get(path).status_code for method, path in _tries("admin") if method == "GET"}
    assert statuses == {200}


# What asks for the password again, and what need not: whatever it changes can be changed back, or takes nothing out of anybody's hands. A new route that changes something gets a line in one of the two.
HARMLESS = """
accounts.join accounts.set_up
comments.confirm_address comments.create comments.delete comments.edit comments.like comments.preview comments.report comments.stop_mail
dashboard.answer dashboard.blocks dashboard.by_mail dashboard.change_discussion dashboard.correct dashboard.decide
dashboard.decide_all dashboard.empty_trash dashboard.end_other_sessions dashboard.end_session dashboard.end_sessions
dashboard.lift_block dashboard.note_person dashboard.notify dashboard.people dashboard.reject_all dashboard.rule_person
dashboard.undo dashboard.undo_all dashboard.undo_change dashboard.withdraw_invitation
security.change_password security.forgot_password security.login security.logout security.mf_recovery
security.reset_password security.tf_select security.two_factor_rescue security.two_factor_setup_validate
security.two_factor_token_validation security.wan_register_response security.wan_signin security.wan_signin_response
"""


def test_whatever_changes_something_is_dangerous_or_known_to_be_harmless(app: Flask) -> None:
    there = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    assert there - reauthentication.DANGEROUS == set(HARMLESS.split())
    assert there >= reauthentication.DANGEROUS


@pytest.mark.parametrize("endpoint", sorted(reauthentication.DANGEROUS))
def test_what_is_dangerous_asks_for_the_password_again(
    app: Flask, admin: CheckingClient, endpoint: str
) -> None:
    (path,) = {_example(each.rule) for each in app.url_map.iter_rules(endpoint)}
    with time_machine.travel(clock.now() + timedelta(seconds=reauthentication.FRESH_FOR + 1)):
        token = admin.get("/dashboard/account").page.fields(".rail__out")
        answer = admin.post(path, data=token)
    assert answer.status_code == 403
    assert answer.page.query(f"input[name={reauthentication.FIELD}]")


def test_head_is_answered_as_get_everywhere(app: Flask, admin: CheckingClient) -> None:
    with app.app_context():
        cast.comment(cast.article())
    for who in (app.test_client(), admin):
        for role in ("everybody", "author", "link", "code", "member", "nobody", "staff", "admin"):
            for method, path in _tries(role):
                if method == "GET":
                    found, asked = who.get(path), who.head(path)
                    assert asked.status_code == found.status_code, path
                    assert asked.headers.get("Location") == found.headers.get("Location"), path
                    assert asked.data == b""


def test_every_address_answers_everybody(app: Flask, client: CheckingClient) -> None:
    """With what is right for a stranger, and never with a fault of ours."""
    with app.app_context():
        article = cast.article(
            slug="the-tide-table",
            topic="The tide table",
            author="The tide table",
            tags="the tide table",
        )
        cast.comment(article)
    opened_again = [cast.COMMENTS, f"{cast.COMMENTS}/preview"]
    opened_again += [f"{cast.COMMENTS}/1/{what}" for what in ("like", "delete")]
    found = {
        path: client.get(path, buffered=True).status_code
        for method, path in _tries("everybody")
        if method == "GET"
    }
    assert {path: status for path, status in found.items() if status != 200} == {
        **dict.fromkeys(opened_again, 303),
        f"{cast.COMMENTS}/since": 303,  # a part of a page: without htmx it is the page itself
    }
    for method, path in _tries("everybody"):
        if method == "POST":
            assert 300 <= client.post(path).status_code < 500, path
