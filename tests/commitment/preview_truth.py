"""The truth that a preview is compared with: everything printed, said and asked, and what a program applies."""

from collections import Counter
from typing import Any

from gardien.commitment import documents, policy, preview

from .versions_made import Data

PEOPLE = {"client": "customers", "user": "users"}


def printed(version: policy.Version) -> dict[str, str]:
    """Return every document of a version, whole: what the portal itself would print, say or ask."""
    found = {}
    for language in policy.LANGUAGES:
        found[f"verso.{language}"] = documents.verso(version, preview.REPAIRER, language)
        found[f"reading.{language}"] = documents.reading(version, preview.REPAIRER, language)
        found[f"notice.customers.{language}"] = documents.notice(version, "client", language, preview.REPAIRER)
        found[f"notice.users.{language}"] = documents.notice(version, "user", language)
        for purpose in documents.on_consent(version):
            found[f"consent.{purpose}.{language}"] = documents.consent(version, purpose, language)
        if "user.acknowledgement" in version.clauses:
            found[f"acknowledgement.{language}"] = documents.acknowledgement(version, language)
    return {place: document.text() for place, document in found.items()}


def applied(data: Data) -> dict[str, Any]:
    """Return what a program applies of a file, read from its YAML."""
    found: dict[str, Any] = {}
    for id_, clause in data["clauses"].items():
        named = {"retention": "retention", "delay": "deadline", "channels": "channels"}
        found |= {f"{place}.{id_}": clause[field] for field, place in named.items() if clause.get(field)}
        found |= {f"retention.{id_}.{record}": kept for record, kept in clause.get("records", {}).items()}
        found |= {f"basis.{purpose}": basis for purpose, basis in clause.get("bases", {}).items()}
    for population, people in PEOPLE.items():
        clause = data["clauses"][f"{population}.categories"]
        for category in clause["categories"]:
            found[f"form.{people}.{category}"] = category in clause.get("mandatory", [])
    return found


def moved(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {place for place in {**before, **after} if before.get(place) != after.get(place)}


def places(moves: list[preview.Move]) -> set[str]:
    return {move.place for move in moves}


def compare(
    moves: list[preview.Move], old: policy.Version, new: policy.Version, old_data: Data, new_data: Data
) -> None:
    """Assert that the moves are exactly what differs between everything rendered before and after."""
    was, now = printed(old), printed(new)
    values_before, values_after = applied(old_data), applied(new_data)
    assert places(moves) == moved(was, now) | moved(values_before, values_after)
    for move in moves:
        if move.place in values_before or move.place in values_after:
            assert (move.old, move.new) == (values_before.get(move.place), values_after.get(move.place))
        elif isinstance(move.old, list):
            assert sorted(move.old) == sorted(move.new)
            assert move.old != move.new
        else:
            assert move.old != move.new
            assert move.old is None or move.old in was[move.place].splitlines()
            assert move.new is None or move.new in now[move.place].splitlines()
    for place in moved(was, now):
        gone = Counter(was.get(place, "").splitlines()) - Counter(now.get(place, "").splitlines())
        come = Counter(now.get(place, "").splitlines()) - Counter(was.get(place, "").splitlines())
        told = [move for move in moves if move.place == place]
        assert set(gone) <= {move.old for move in told if isinstance(move.old, str)} | {""}
        assert set(come) <= {move.new for move in told if isinstance(move.new, str)} | {""}
