"""Law 8: public actions take `by` and `at`, by keyword; only doors, jobs and the portal read the clock."""

import ast

from tests.laws.source import modules

READERS = {"now", "today", "utcnow", "localdate", "localtime", "Now", "CurrentTimestamp"}
SELF_DATING = {"auto_now", "auto_now_add"}


def may_read(file: str) -> bool:
    """Say whether a file is a door, a job, of the portal, or the clock itself."""
    return file.startswith(("web/", "portal/")) or file.endswith("/jobs.py") or file == "base/clock.py"


def is_of_actions(file: str) -> bool:
    """Say whether a file holds a room's public actions: the shelf, or a public module of it where it is a package."""
    return file.endswith("/actions.py") or ("/actions/" in file and "/_" not in file)


def readings(tree: ast.Module) -> list[str]:
    """Return what reads the clock in a file: calls, database functions, fields that date themselves."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    found = [ast.unparse(call.func) for call in calls if ast.unparse(call.func).rpartition(".")[2] in READERS]
    found += [ast.unparse(call.func) for call in calls if ast.unparse(call.func) in ("time.time", "time.time_ns")]
    return found + [keyword.arg for call in calls for keyword in call.keywords if keyword.arg in SELF_DATING]


def dateless(tree: ast.Module) -> list[str]:
    """Return the public functions that lack `by` or `at` among their keyword-only arguments."""
    public = [node for node in tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]
    return [node.name for node in public if not {"by", "at"} <= {argument.arg for argument in node.args.kwonlyargs}]


def test_only_doors_jobs_and_the_portal_read_the_clock() -> None:
    found = {file: readings(tree) for file, tree in modules()}
    assert {file: calls for file, calls in found.items() if calls and not may_read(file)} == {}
    assert "clock.now" in found["web/repairer/quoting.py"]


def test_every_public_action_takes_by_and_at() -> None:
    actions = {file: dateless(tree) for file, tree in modules() if is_of_actions(file)}
    assert {file: names for file, names in actions.items() if names} == {}
    assert {"quotes/actions/issuing.py", "consent/actions.py", "network/actions/roles.py"} <= set(actions)


def test_what_breaks_the_law_is_found() -> None:
    planted = (
        "def draft(at, *, by): return datetime.now(UTC), timezone.now(), time.time(), DateTimeField(auto_now=True)"
    )
    assert readings(ast.parse(planted)) == ["datetime.now", "timezone.now", "time.time", "auto_now"]
    assert dateless(ast.parse(planted)) == ["draft"]
