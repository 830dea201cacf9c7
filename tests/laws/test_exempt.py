"""An action may touch a restricted person only if its room says so with a reason, and nothing else passes the walls."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module
from typing import Any

from gardien.base import scope
from gardien.commitment.registry import Exempt, registry
from gardien.quotes import actions as quotes
from gardien.standing import actions as standing
from tests.laws.source import modules

ITS_NAME = "gardien.exempt"
MAY_NAME_IT = {"base/scope.py", "base/_restriction.py"}


def decorated() -> set[Callable[..., Any]]:
    """Return every function of the house that `scope.exempt` decorates."""
    return {function for file, _ in modules() for function in _exempt_of(file)}


def _exempt_of(file: str) -> Iterator[Callable[..., Any]]:
    module = import_module(f"gardien.{file.removesuffix('.py').removesuffix('/__init__').replace('/', '.')}")
    yield from (each for each in vars(module).values() if getattr(each, "is_exempt", False) is True)


def undeclared() -> set[str]:
    """Return the actions that are decorated and not declared, or declared and not decorated."""
    declared = {each.action for each in registry.exempt()}
    return {f"{each.__module__}.{each.__qualname__}" for each in declared ^ decorated()}


def namers(trees: dict[str, ast.Module]) -> set[str]:
    """Return the files that name the setting in a text, docstrings left out."""
    found = set()
    for file, tree in trees.items():
        told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        texts = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in told]
        found |= {file for text in texts if ITS_NAME in str(text.value)}
    return found


def test_the_exempt_actions_are_those_that_the_rooms_declare(database: None) -> None:
    assert undeclared() == set()
    assert [each for each in registry.exempt() if len(each.reason) < 20] == []
    assert {standing.announce_lift, standing.lift} <= decorated()


def test_an_exempt_action_that_nobody_declared_is_found_and_a_declared_one_that_is_none(database: None) -> None:
    word = registry.rooms["standing"]
    silent = tuple(each for each in word.exempt if each.action is not standing.lift)
    try:
        registry.register("standing", replace(word, exempt=(*silent, Exempt(quotes.accept, "planted"))))
        assert undeclared() == {"gardien.standing.actions.lift", "gardien.quotes.actions.answering.accept"}
    finally:
        registry.register("standing", word)
    assert undeclared() == set()


def test_the_setting_is_named_where_the_walls_are_and_nowhere_else() -> None:
    assert namers(dict(modules())) == MAY_NAME_IT
    planted = ast.parse("def lift(cursor): cursor.execute(\"SELECT set_config('gardien.exempt', 'x', true)\")")
    assert namers({"planted": planted}) == {"planted"}
    assert scope.exempt.__doc__
