"""Each activity is recorded in the one file whose actions its room declares, and nowhere else."""

import ast
from dataclasses import replace

from gardien.commitment.registry import Activity, registry
from gardien.quotes import actions as quotes
from gardien.standing.rules import Event
from tests.laws.source import modules


def recorded(trees: dict[str, ast.Module]) -> dict[str, set[str]]:
    """Return in which rooms' files each event is named, vocabulary, declarations and queries left out."""
    speaking = {
        file: tree for file, tree in trees.items() if not file.startswith("standing/") and "declares" not in file
    }
    named = [
        (file, node) for file, tree in speaking.items() for node in ast.walk(tree) if isinstance(node, ast.Attribute)
    ]
    found: dict[str, set[str]] = {}
    for file, node in named:
        if ast.unparse(node.value) == "Event":
            found.setdefault(node.attr, set()).add(file)
    return found


def declared() -> dict[str, set[str]]:
    """Return the file of the action that each declared event is recorded by."""
    found: dict[str, set[str]] = {}
    for each in registry.activity():
        file = each.action.__module__.removeprefix("gardien.").replace(".", "/") + ".py"
        found.setdefault(Event(each.event).name, set()).add(file)
    return found


def test_every_event_is_recorded_where_its_room_says_and_nowhere_else() -> None:
    assert recorded(dict(modules())) == declared()
    told = [(each.event, each.action) for each in registry.activity()]
    assert len(told) == len(set(told))
    assert {event: files for event, files in declared().items() if len(files) != 1} == {}


def test_an_event_recorded_elsewhere_and_one_recorded_by_nobody_are_found() -> None:
    planted = {"customers/actions.py": ast.parse("standing.record_activity(event=Event.WHEELS_IN)")}
    assert recorded(planted) == {"WHEELS_IN": {"customers/actions.py"}}
    word = registry.rooms["quotes"]
    try:
        registry.register("quotes", replace(word, activity=(*word.activity, Activity(Event.ORDERED, quotes.issue))))
        assert declared() != recorded(dict(modules()))
    finally:
        registry.register("quotes", word)
