"""Everything stands on its floor, and nothing on a floor does what is forbidden there."""

import ast
import re
import statistics
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

from tests.house import source

ARCHITECTURE = (source.ROOT / "docs" / "architecture.md").read_text("utf-8")
_PURE = re.search(r"((?:`\w+`(?:, | and )?)+) touch no database", ARCHITECTURE)
PURE = re.findall(r"`(\w+)`", _PURE[1] if _PURE else "")
MOST_LINES_OF_A_FILE = 320
MOST_LINES_OF_A_VIEW = 20
MEDIAN_LINES = 8


def _in(folder: str) -> dict[str, ast.Module]:
    found = {path: tree for path, tree in source.modules().items() if path.startswith(f"{folder}/")}
    assert found, f"blog/{folder}/ is not there"
    return found


def test_imports_point_down_only(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The linter would switch off every other logger of the process that runs the tests.
    monkeypatch.setattr("logging.config.dictConfig", lambda _config: None)
    broken = lint_imports(str(source.ROOT / "pyproject.toml"), no_cache=True, no_logo=True)
    assert not broken, capfd.readouterr().out


def test_every_room_of_the_package_stands_on_a_floor() -> None:
    contract = (source.ROOT / "pyproject.toml").read_text("utf-8").split("layers = [")[1]
    rooms = {Path(path).parts[0].removesuffix(".py") for path in source.modules()}
    content = {"__init__", "demo", "migrations"}
    assert [room for room in rooms - content if f"blog.{room}" not in contract] == []


def test_the_web_floor_has_what_several_rooms_use() -> None:
    """What one blueprint alone uses lives with it; create_app binds what serves all of them."""
    users: dict[str, set[str]] = {}
    for path, tree in source.modules().items():
        room = path if path.startswith("web/") else path.split("/")[0]
        for name in source.imported(tree):
            if name.startswith("blog.web."):
                users.setdefault(name.split(".")[2], set()).add(room)
    blueprints = {"articles", "comments", "dashboard", "accounts", "feeds"}
    rooms = {name: found - {"__init__.py"} for name, found in users.items()}
    alone = {name for name, found in rooms.items() if len(found) == 1 and found <= blueprints}
    assert alone == {"errors", "filters"}, "create_app binds these to all rooms"


def test_select_stands_in_queries_only() -> None:
    elsewhere = {
        path
        for path, tree in source.modules().items()
        if not path.startswith("queries/")
        and (
            "sqlalchemy.select" in source.imported(tree) or source.calls(tree) & {"select", "query"}
        )
    }
    assert elsewhere == set()


@pytest.mark.parametrize("floor", ["models", "queries", "services"])
def test_the_lower_floors_never_see_a_request(floor: str) -> None:
    web = {"flask", "flask_wtf", "flask_babel", "werkzeug", "wtforms"}
    seen = {
        (path, name)
        for path, tree in _in(floor).items()
        for name in source.imported(tree)
        if name.split(".")[0] in web
    }
    assert seen == set()


@pytest.mark.parametrize("floor", ["models", "queries", "services"])
def test_the_lower_floors_never_commit(floor: str) -> None:
    endings = {"commit", "rollback", "writing"}
    assert {
        path: found for path, tree in _in(floor).items() if (found := source.calls(tree) & endings)
    } == {}


def test_queries_change_nothing() -> None:
    changes = {"add", "add_all", "delete", "merge", "flush", "insert", "update"}
    assert {
        path: found
        for path, tree in _in("queries").items()
        if (found := source.calls(tree) & changes)
    } == {}


def test_the_architecture_names_what_is_pure() -> None:
    assert PURE == ["text", "markup", "decision", "bayes", "words", "manuscript"]


@pytest.mark.parametrize("name", PURE)
def test_a_pure_service_knows_no_database(name: str) -> None:
    imported = source.imported(source.modules()[f"services/{name}.py"])
    forbidden = ("sqlalchemy", "flask", "blog.extensions", "blog.queries", "blog.config")
    assert [each for each in imported if each.startswith(forbidden)] == []


def test_a_name_is_imported_from_the_module_that_makes_it() -> None:
    """No module hands on what another one makes: `import X as X` is how one would."""
    handed_on = [
        f"{path}: {alias.name}"
        for path, tree in source.modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname == alias.name
    ]
    assert handed_on == []


def test_nothing_is_written_twice() -> None:
    """Two functions that do the same in the same words are one, on the floor below both."""
    written: dict[str, set[str]] = {}
    for path, tree in source.modules().items():
        for function in source.functions(tree):
            body = function.body[ast.get_docstring(function) is not None :]
            words = "\n".join(map(ast.dump, (function.args, *body)))
            if body:
                written.setdefault(words, set()).add(path)
    assert [sorted(paths) for paths in written.values() if len(paths) > 1] == []


def test_who_may_see_a_discussion_is_asked_in_few_places() -> None:
    """The loaders of web/stories.py, the page of an article, which shows the rest, and mail."""
    asking = {
        path
        for path, tree in source.modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare) and "attr='HIDDEN'" in ast.dump(node)
    }
    assert asking == {
        "web/stories.py", "web/article_page.py", "queries/comments.py", "services/discussions.py",
    }  # fmt: skip


def test_what_somebody_typed_becomes_a_number_in_one_place_only() -> None:
    """The front reads a header before there is Flask; everything else asks web/converters.py."""
    asking = {path for path, tree in source.modules().items() if "isdigit" in source.calls(tree)}
    assert asking == {"web/converters.py", "front/wish.py"}


def test_a_comment_changes_its_status_in_one_place_only() -> None:
    places = {
        path
        for path, tree in source.modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AugAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Attribute) and target.attr == "status"
    }
    assert places == {"services/moderation.py"}


def _asks_the_time(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and f"{node.value.id}.{node.attr}"
        in {"datetime.now", "datetime.utcnow", "date.today", "time.time", "time.monotonic"}
    )


def test_there_is_one_clock() -> None:
    """A test that stops the clock stops all of the site."""
    asking = {
        path for path, tree in source.modules().items() if any(map(_asks_the_time, ast.walk(tree)))
    }
    assert asking == {"clock.py"}


def _is_view(function: ast.FunctionDef) -> bool:
    verbs = {"get", "post", "route"}
    return any(
        isinstance(each, ast.Call)
        and isinstance(each.func, ast.Attribute)
        and each.func.attr in verbs
        for each in function.decorator_list
    )


def test_a_view_is_short_enough_to_be_read_at_once() -> None:
    views = {
        f"{path}:{function.name}": source.length(function)
        for path, tree in source.modules().items()
        for function in source.functions(tree)
        if _is_view(function)
    }
    assert len(views) > 15
    assert {name: lines for name, lines in views.items() if lines > MOST_LINES_OF_A_VIEW} == {}


def test_most_functions_are_short() -> None:
    lengths = [
        source.length(each) for tree in source.modules().values() for each in source.functions(tree)
    ]
    assert statistics.median(lengths) <= MEDIAN_LINES


def test_a_file_that_grows_is_split() -> None:
    lengths = {
        path: len((source.PACKAGE / path).read_text("utf-8").splitlines())
        for path in source.modules()
    }
    assert {path: lines for path, lines in lengths.items() if lines > MOST_LINES_OF_A_FILE} == {}


def test_what_a_form_says_is_marked_for_translation() -> None:
    """A sentence for a person is never a bare string in the calls that show it."""
    saying = {"flash", "StopValidation", "ValidationError"}
    bare = [
        f"{path}:{node.lineno}"
        for path, tree in source.modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and (isinstance(node.func, ast.Name) and node.func.id in saying)
        and any(isinstance(argument, ast.Constant | ast.JoinedStr) for argument in node.args)
    ]
    messages = [
        f"{path}:{node.lineno}"
        for path, tree in source.modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword)
        and node.arg == "message"
        and isinstance(node.value, ast.Constant | ast.JoinedStr)
    ]
    assert bare + messages == []
