"""Who is on the staff: roles, invitations, keeping somebody out."""

from typing import Any

import pytest
import time_machine
from flask import Flask

from blog import clock
from blog.dashboard import template_filters
from blog.extensions import db, writing
from blog.models import Invitation, Staff
from blog.services import accounts
from blog.services.rights import MAY, Right
from blog.web.access import NEEDS
from tests import cast
from tests.conftest import POSTGRES, MakeApp, new_client
from tests.page import CheckingClient

TEAM = "/dashboard/team"
NEW = {"name": "Nell New", "email": "nell@example.org"}
NEW |= {"password": cast.PASSWORD, "password_confirm": cast.PASSWORD}


def _link(admin: CheckingClient, role: str = "moderator") -> str:
    token = admin.get(TEAM).page.fields("form.panel")["csrf_token"]
    answer = admin.post(f"{TEAM}/invite", data={"csrf_token": token, "role": role})
    return str(admin.get(answer.location).page.one("#address").attrs["value"]).removeprefix(
        "http://localhost"
    )


def _join(client: CheckingClient, link: str, **changed: str) -> Any:
    fields = client.get(link).page.fields(".staff-form")
    return client.post(link, data=fields | NEW | changed)


def _nell(app: Flask) -> Staff:
    with app.app_context():
        return db.session.query(Staff).filter_by(email="nell@example.org").one()


# --- The table ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "statuses"),
    [
        pytest.param("administrator", (200, 200, 200), id="an administrator enters everywhere"),
        pytest.param("editor", (200, 200, 404), id="an editor moderates"),
        pytest.param("moderator", (200, 200, 404), id="a moderator moderates"),
        pytest.param("author", (200, 404, 404), id="an author sees the overview"),
        pytest.param("reader", (404, 404, 404), id="an unknown role opens nothing"),
    ],
)
def test_what_a_role_may_enter(app: Flask, role: str, statuses: tuple[int, ...]) -> None:
    with app.app_context():
        cast.moderator(role=role)
    client = new_client(app)
    cast.sign_in(client)
    paths = ("/dashboard/", "/dashboard/comments", TEAM)
    assert tuple(client.get(path).status_code for path in paths) == statuses


def test_every_list_of_roles_is_the_same(admin: CheckingClient) -> None:
    offered = [each.attrs["value"] for each in admin.get(TEAM).page.query("#role option")]
    assert offered == list(reversed(MAY[Right.ENTER])) == list(accounts.ROLES)
    assert set(template_filters.ROLES) == set(accounts.ROLES), "and each has a name"


def test_every_room_of_the_table_exists(app: Flask) -> None:
    assert {name for name in NEEDS if name not in app.view_functions} == set()
    assert set(MAY) == set(Right)


def test_the_page_shows_the_table_that_is_enforced(admin: CheckingClient) -> None:
    page = admin.get(TEAM).page
    said = [tuple(cell.lower().split(", ")) for cell in page.texts(".days td")]
    assert said == [MAY[right] for right in Right]


def test_no_page_leads_a_role_to_where_it_may_not_go(app: Flask) -> None:
    with app.app_context():
        cast.article()
        cast.moderator(role="author")
    client = new_client(app)
    cast.sign_in(client)
    for path in ("/dashboard/", "/dashboard/account"):
        links = {str(each.attrs["href"]) for each in client.get(path).page.query("main a")}
        assert links
        statuses = {link: client.get(link).status_code for link in links if link[0] == "/"}
        assert {link for link, status in statuses.items() if status == 404} == set()


def test_the_rail_shows_what_may_be_entered(app: Flask) -> None:
    with app.app_context():
        cast.moderator(role="author")
    client = new_client(app)
    cast.sign_in(client)
    links = [each.attrs["href"] for each in client.get("/dashboard/").page.query(".rail a")]
    assert links == ["/dashboard/", "/", "/dashboard/account"]


@pytest.mark.parametrize(
    "path", ["/account/password", "/account/second-factor", "/account/passkeys"]
)
def test_the_rail_stays_beside_the_own_account(admin: CheckingClient, path: str) -> None:
    page = admin.get(path).page
    assert page.text(".rail [aria-current]") == "Mo Derator your account"
    assert not page.query(".topics")


# --- Invitations -------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["moderator", "author", "editor", "administrator"])
def test_an_invitation_lets_one_person_join_with_its_role(
    admin: CheckingClient, client: CheckingClient, app: Flask, role: str
) -> None:
    link = _link(admin, role)
    assert _join(client, link).status_code == 303
    cast.sign_in(client, email="nell@example.org")
    assert client.get("/dashboard/").status_code == 200
    with app.app_context():
        nell = db.session.query(Staff).filter_by(email="nell@example.org").one()
        assert [each.name for each in nell.roles] == [role]
    assert client.get(link).status_code == 410, "it works once"
    assert client.post(link, data=NEW | {"email": "eve@example.org"}).status_code in (400, 410)


def test_a_dead_invitation_says_so_and_the_way_on(
    admin: CheckingClient, client: CheckingClient
) -> None:
    link = _link(admin)
    _join(client, link)
    used, forged = client.get(link), client.get("/account/join/forged")
    assert used.page.text("main") == forged.page.text("main")
    assert "This invitation was used or withdrawn, or is too old." in used.page.text("main")
    assert used.page.one("main a").attrs["href"] == "/account/sign-in"


def test_a_link_is_shown_once_and_a_reload_invites_nobody(
    admin: CheckingClient, client: CheckingClient, app: Flask
) -> None:
    link = _link(admin)
    assert not admin.get(TEAM).page.query("#address")
    with app.app_context():
        assert db.session.query(Invitation).count() == 1
    assert client.get(link).page.text("title").startswith("Join the staff")


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"name": " "}, id="no name"),
        pytest.param({"email": "nobody"}, id="no address"),
        pytest.param({"email": cast.EMAIL}, id="an address of the staff"),
        pytest.param({"password": "short", "password_confirm": "short"}, id="too short"),
        pytest.param({"password_confirm": "another one entirely"}, id="two passwords"),
    ],
)
def test_bad_input_keeps_the_invitation(
    admin: CheckingClient, client: CheckingClient, app: Flask, changed: dict[str, str]
) -> None:
    link = _link(admin)
    answer = _join(client, link, **changed)
    assert answer.status_code == 422
    assert answer.page.query(".field__error")
    assert _join(client, link).status_code == 303


def test_an_invitation_ends(admin: CheckingClient, client: CheckingClient) -> None:
    link = _link(admin)
    with time_machine.travel(clock.now() + accounts.INVITED):
        assert client.get(link).status_code == 410
    page = admin.get(TEAM).page
    action = page.one(".blocks form")
    admin.post(str(action.attrs["action"]), data=page.fields(".blocks form"))
    assert client.get(link).status_code == 410


if POSTGRES:  # SQLite locks no rows

    def test_whoever_only_looks_at_an_invitation_holds_nobody_up(
        admin: CheckingClient, client: CheckingClient, app: Flask
    ) -> None:
        link = _link(admin)
        with cast.counting(app) as looking:
            assert client.get(link).status_code == 200
        with cast.counting(app) as joining:
            assert _join(client, link).status_code == 303
        assert [sum("FOR UPDATE" in each for each in seen) for seen in (looking, joining)] == [0, 1]


def test_what_is_stored_of_an_invitation_opens_nothing(
    admin: CheckingClient, client: CheckingClient, app: Flask
) -> None:
    _link(admin)
    with app.app_context():
        stored = db.session.query(Invitation).one().token
    assert client.get(f"/account/join/{stored}").status_code == 410


def test_links_are_tried_at_a_rate(make_app: MakeApp, admin: CheckingClient) -> None:
    client = new_client(make_app(sign_in_rate="2 per hour"))
    found = [client.post("/account/join/forged", data=NEW).status_code for _ in range(3)]
    assert found[-1] == 429


# --- Those who are there -----------------------------------------------------------------------


@pytest.fixture
def nell(admin: CheckingClient, app: Flask) -> CheckingClient:
    """The browser of a moderator beside the administrator, signed in."""
    client = new_client(app)
    _join(client, _link(admin))
    cast.sign_in(client, email="nell@example.org")
    return client


def _change(admin: CheckingClient, number: int, what: str, **data: str) -> str:
    token = admin.get(TEAM).page.fields("form.panel")["csrf_token"]
    answer = admin.post(f"{TEAM}/{number}/{what}", data={"csrf_token": token, **data})
    return admin.get(answer.location).page.text(".toast")


def test_who_is_kept_out_is_out_at_once_and_can_come_back(
    admin: CheckingClient, nell: CheckingClient, app: Flask
) -> None:
    number = _nell(app).id
    assert _change(admin, number, "active") == "Saved."
    assert nell.get("/dashboard/").status_code == 303
    assert cast.sign_in(nell, email="nell@example.org").status_code != 302
    _change(admin, number, "active", active="y")
    assert cast.sign_in(nell, email="nell@example.org").status_code == 302


def test_a_large_staff_costs_the_same_number_of_statements(
    admin: CheckingClient, app: Flask
) -> None:
    def asked() -> int:
        with cast.counting(app) as seen:
            admin.get(TEAM)
        return len(seen)

    admin.get(TEAM)  # the first page of a process reads what is kept in memory then
    few = asked()
    with app.app_context():
        for number, role in enumerate(accounts.ROLES * 2):
            cast.sign_up(f"{number}@example.org", role=role)
    assert asked() == few


def test_a_role_counts_at_once(admin: CheckingClient, nell: CheckingClient, app: Flask) -> None:
    _change(admin, _nell(app).id, "role", role="author")
    assert nell.get("/dashboard/comments").status_code == 404
    _change(admin, _nell(app).id, "role", role="administrator")
    assert nell.get(TEAM).status_code == 200


def test_sessions_end_everywhere(admin: CheckingClient, nell: CheckingClient, app: Flask) -> None:
    assert "signed out everywhere" in _change(admin, _nell(app).id, "sessions")
    assert nell.get("/dashboard/").status_code == 303


@pytest.mark.parametrize(("what", "data"), [("active", {}), ("role", {"role": "moderator"})])
def test_the_last_administrator_stays(
    admin: CheckingClient, app: Flask, what: str, data: dict[str, str]
) -> None:
    assert "Somebody has to stay" in _change(admin, 1, what, **data)
    with app.app_context():
        mo = db.session.get_one(Staff, 1)
        assert mo.active
        assert mo.has_role("administrator")


def test_an_administrator_who_cannot_sign_in_does_not_count(
    admin: CheckingClient, nell: CheckingClient, app: Flask
) -> None:
    number = _nell(app).id
    _change(admin, number, "role", role="administrator")
    with app.app_context(), writing():
        db.session.get_one(Staff, number).active = False
    assert "Somebody has to stay" in _change(admin, 1, "active")


def test_the_log_says_who_joined_and_who_was_changed(
    admin: CheckingClient, nell: CheckingClient, app: Flask
) -> None:
    _change(admin, _nell(app).id, "role", role="editor")
    log = admin.get("/dashboard/log?of=site").page.texts(".log__what")
    assert "Mo Derator changed the role of Nell New." in log
    assert "Nell New joined the staff." in log
    assert "Mo Derator invited somebody to the staff." in log


def test_what_is_not_there_is_a_404(admin: CheckingClient) -> None:
    token = admin.get(TEAM).page.fields("form.panel")["csrf_token"]
    for what in ("role", "active", "sessions"):
        answer = admin.post(f"{TEAM}/99/{what}", data={"csrf_token": token, "role": "editor"})
        assert answer.status_code == 404
    bad = admin.post(f"{TEAM}/1/role", data={"csrf_token": token, "role": "bishop"})
    assert bad.status_code == 422
