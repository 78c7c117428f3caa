"""Settings that are changed in the dashboard: when they count, and when the server's do."""

from dataclasses import fields
from typing import Any

import pytest

from blog.config import EDITABLE, Settings
from blog.models import ChangeEntry, SettingRow, Staff
from blog.services import site_settings
from tests import cast

BASE = Settings(site_name="From the file", hold_links=2)


@pytest.fixture
def mo(session: Any) -> Staff:
    return cast.moderator()


def test_there_are_at_most_fourteen_and_each_is_a_setting() -> None:
    assert len(EDITABLE) <= 14
    assert set(EDITABLE) <= {field.name for field in fields(Settings)}


def test_without_a_change_the_servers_count(session: Any) -> None:
    assert site_settings.effective(BASE) == BASE


def test_a_change_counts_and_is_in_the_log(mo: Staff, session: Any) -> None:
    values = {"site_name": "The Tide", "hold_links": 2}
    assert [each.subject for each in site_settings.change(BASE, values, mo)] == ["site_name"]
    assert site_settings.effective(BASE).site_name == "The Tide"
    line = session.query(ChangeEntry).one()
    assert (line.by, line.subject, line.before, line.after) == (
        "Mo Derator", "site_name", "From the file", "The Tide",
    )  # fmt: skip


def test_the_servers_own_value_follows_the_server_again(mo: Staff, session: Any) -> None:
    site_settings.change(BASE, {"hold_links": 5}, mo)
    site_settings.change(BASE, {"hold_links": 2}, mo)
    assert session.query(SettingRow).count() == 0
    assert site_settings.effective(Settings(hold_links=7)).hold_links == 7


def test_the_same_value_again_changes_nothing(mo: Staff, session: Any) -> None:
    site_settings.change(BASE, {"hold_links": 5}, mo)
    assert site_settings.change(BASE, {"hold_links": 5}, mo) == []
    assert session.query(ChangeEntry).count() == 1


def test_a_row_that_is_no_setting_any_more_is_left_alone(session: Any) -> None:
    session.add(SettingRow(name="gone", value=1))
    session.add(SettingRow(name="secret_key", value="stolen"))
    session.flush()
    assert site_settings.effective(BASE) == BASE
