"""The decision about a new comment, as a table."""

import re
from pathlib import Path

import pytest

from blog.models import Rule, Status
from blog.services.decision import Facts, Reason, Rules, decide

FIRST = Reason(Rule.FIRST)


@pytest.mark.parametrize(
    ("facts", "rules", "status", "reasons"),
    [
        pytest.param(Facts(), Rules(), Status.HELD, [FIRST], id="a first comment waits"),
        pytest.param(Facts(passed_before=True), Rules(), Status.PUBLISHED, [],
                     id="a browser that was approved once passes"),
        pytest.param(Facts(), Rules(hold_first_comment=False), Status.PUBLISHED, [],
                     id="a site may let first comments pass"),
        pytest.param(Facts(passed_before=True, links=1), Rules(), Status.PUBLISHED, [],
                     id="one link is no reason"),
        pytest.param(Facts(passed_before=True, links=2), Rules(), Status.HELD,
                     [Reason(Rule.LINKS, "2")], id="two links are"),
        pytest.param(Facts(passed_before=True, links=99), Rules(hold_links=0), Status.PUBLISHED, [],
                     id="0 switches the rule off"),
        pytest.param(Facts(links=3), Rules(), Status.HELD, [FIRST, Reason(Rule.LINKS, "3")],
                     id="every reason is kept"),
        pytest.param(Facts(passed_before=True, trapped=True), Rules(), Status.SPAM, [Reason(Rule.TRAP)],
                     id="who fills in what nobody sees is a machine"),
        pytest.param(Facts(trapped=True), Rules(), Status.SPAM, [Reason(Rule.TRAP), FIRST],
                     id="the worst effect counts, and every reason is kept"),
        pytest.param(Facts(passed_before=True, held_words=("casino", "pills")), Rules(), Status.HELD,
                     [Reason(Rule.HELD_WORD, "casino, pills")], id="a held word"),
        pytest.param(Facts(passed_before=True, refused_words=("casino",)), Rules(), Status.REJECTED,
                     [Reason(Rule.REFUSED_WORD, "casino")], id="a refused word"),
        pytest.param(Facts(passed_before=True, rejected=3, decided=10), Rules(), Status.HELD,
                     [Reason(Rule.RECORD, "3/10")], id="three of ten were rejected"),
        pytest.param(Facts(passed_before=True, rejected=2, decided=10), Rules(), Status.PUBLISHED, [],
                     id="two of ten are forgiven"),
        pytest.param(Facts(passed_before=True, rejected=9, decided=9), Rules(hold_rejected_percent=0),
                     Status.PUBLISHED, [], id="0 switches the record off"),
        pytest.param(Facts(passed_before=True, blocked=("192.0.2.0/24",)), Rules(), Status.REJECTED,
                     [Reason(Rule.BLOCKED, "192.0.2.0/24")], id="a blocked network"),
        pytest.param(Facts(passed_before=True, blocked=("",)), Rules(), Status.REJECTED,
                     [Reason(Rule.BLOCKED)], id="a blocked browser, whose number is shown to nobody"),
        pytest.param(Facts(passed_before=True, likeness=90), Rules(), Status.HELD,
                     [Reason(Rule.LIKENESS, "90")], id="as much like rejected comments as the bar"),
        pytest.param(Facts(passed_before=True, likeness=89), Rules(), Status.PUBLISHED, [],
                     id="a little less is no reason"),
        pytest.param(Facts(passed_before=True, likeness=None), Rules(), Status.PUBLISHED, [],
                     id="a filter that cannot tell says nothing"),
        pytest.param(Facts(passed_before=True, likeness=100), Rules(hold_likeness_percent=0),
                     Status.PUBLISHED, [], id="0 switches the filter off"),
        pytest.param(Facts(passed_before=True, article_holds=True), Rules(), Status.HELD,
                     [Reason(Rule.ARTICLE)], id="every comment under this article waits"),
        pytest.param(Facts(by_staff=True, blocked=("",), likeness=100, article_holds=True), Rules(),
                     Status.PUBLISHED, [], id="not the staff's own"),
        pytest.param(Facts(by_staff=True, links=9), Rules(), Status.PUBLISHED, [],
                     id="the staff is trusted"),
    ],
)  # fmt: skip
def test_the_decision(facts: Facts, rules: Rules, status: Status, reasons: list[Reason]) -> None:
    assert decide(facts, rules) == (status, reasons)


def test_the_docs_name_every_rule_with_its_default() -> None:
    docs = Path(__file__).parents[2].joinpath("docs/comments.md").read_text("utf-8")
    rules = re.findall(r"^\| `(\w+)` \| `(\w+) = (\w+)` \|", docs, re.MULTILINE)
    defaults = {"yes": True, "no": False}
    documented = {name: defaults.get(value, value) for _rule, name, value in rules}
    in_code = {name: value if isinstance(value, bool) else str(value)
               for name, value in vars(Rules()).items()}  # fmt: skip
    assert documented == in_code


def test_the_docs_have_the_rules_in_their_order() -> None:
    """In this order a moderator reads the reasons."""
    docs = Path(__file__).parents[2].joinpath("docs/comments.md").read_text("utf-8")
    named = re.findall(r"^\| `(\w+)` \| .* \| (?:hold|reject|spam) \|", docs, re.MULTILINE)
    one = ("one",)
    everything = Facts(
        links=9, trapped=True, blocked=one, always_held=one, held_words=one, refused_words=one,
        rejected=9, decided=9, likeness=99, article_holds=True,
    )  # fmt: skip
    assert [reason.rule for reason in decide(everything, Rules())[1]] == named
