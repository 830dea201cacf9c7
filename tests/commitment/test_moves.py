"""A version file changed in one place moves every derived document, in both languages, and no other population's."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from gardien.commitment import documents, policy

from .test_documents import GARAGE, VERSIONS

Place = tuple[str | int, ...]
PLAIN = {
    version.id: YAML(typ="safe", pure=True).load((policy.VERSIONS_FOLDER / f"{version.id}.yaml").read_bytes())
    for version in VERSIONS
}


def movable(data: object, place: Place = ()) -> Iterator[Place]:
    """Yield the place of every period and of every line of every party, wherever they stand."""
    if isinstance(data, dict) and data and set(data) <= {"years", "months", "days"}:
        yield place
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from movable(value, (*place, key))
    elif isinstance(data, list):
        for index, item in enumerate(data):
            yield from movable(item, (*place, index))
    elif place[0] == "parties":
        yield place


PLACES = [(version.id, place) for version in VERSIONS for place in movable(PLAIN[version.id])]


def hears(place: Place) -> set[str]:
    """Return the populations whose notice must carry the field."""
    if place[0] == "parties":
        return {"network": {"user"}, "users_dpo": {"user"}, "customers_dpo": {"client"}}.get(
            str(place[1]), {"client", "user"}
        )
    return {str(place[1]).partition(".")[0]}


def holder_of(data: Any, place: Place) -> Any:
    for step in place[:-1]:
        data = data[step]
    return data


def load(data: dict[str, Any], id_: str, folder: Path) -> policy.Version:
    path = folder / f"{id_}.yaml"
    with path.open("w", encoding="utf-8") as file:
        YAML().dump(data, file)
    return policy.load(path)


def before(id_: str) -> policy.Version:
    return next(version for version in VERSIONS if version.id == id_)


def written(version: policy.Version, population: policy.Population, language: str) -> dict[str, str]:
    """Return every derived document that speaks to a population, as text."""
    found = {"notice": documents.notice(version, population, language).text()}
    if population == "client":
        found["verso"] = documents.verso(version, GARAGE, language).text()
        found["own notice"] = documents.notice(version, "client", language, GARAGE).text()
    return found


def test_there_is_something_to_move() -> None:
    periods = [(id_, place[1]) for id_, place in PLACES if place[0] == "clauses"]
    assert [name for id_, name in periods if id_ == "2020-01-25"] == [
        "client.rights.delay",
        "client.retention.quotes",
        "client.retention.messages",
        "client.retention.processors",
        "user.rights.delay",
        "user.retention.messages",
        "user.retention.ads",
    ]
    assert len([name for id_, name in periods if id_ == "2026-11-22"]) == 11 + 12
    for version in VERSIONS:
        assert {place[1] for id_, place in PLACES if id_ == version.id and place[0] == "parties"} == set(
            PLAIN[version.id]["parties"]
        )


@pytest.mark.parametrize(("id_", "place"), PLACES, ids=lambda value: "-".join(map(str, value)) if value else "")
def test_every_document_follows_each_period_and_each_line_of_a_party(id_: str, place: Place, tmp_path: Path) -> None:
    data = copy.deepcopy(PLAIN[id_])
    holder = holder_of(data, place)
    news = ("47 mois", "47 months") if isinstance(holder[place[-1]], dict) else (f"autre.{holder[place[-1]]}",) * 2
    holder[place[-1]] = {"months": 47} if news[0] != news[1] else news[0]
    old, new = before(id_), load(data, id_, tmp_path)
    for language, words in zip(("fr", "en"), news, strict=True):
        for population in policy.POPULATIONS:
            was, now = written(old, population, language), written(new, population, language)
            is_told = population in hears(place)
            assert {kind: words in text for kind, text in was.items()} == dict.fromkeys(was, False)
            assert {kind: words in text for kind, text in now.items()} == dict.fromkeys(now, is_told)
            assert (now == was) is not is_told


@pytest.mark.parametrize(
    ("clause", "period", "french", "english"),
    [
        ("client.retention.quotes", {"months": 13}, "13 mois", "13 months"),
        ("client.rights.delay", {"days": 15}, "15 jours", "15 days"),
    ],
)
def test_a_shorter_promise_leaves_no_trace_of_the_longer(
    clause: str, period: dict[str, int], french: str, english: str, tmp_path: Path
) -> None:
    for version in VERSIONS:
        data = copy.deepcopy(PLAIN[version.id])
        timed = "delay" if clause.endswith("delay") else "retention"
        data["clauses"][clause][timed]["period"] = period
        changed = load(data, version.id, tmp_path)
        for language, words in (("fr", french), ("en", english)):
            told = {part["id"]: part["text"] for part in documents.outline(changed, language)}
            was = {part["id"]: part["text"] for part in documents.outline(version, language)}
            assert words in told[clause]
            assert {id_ for id_ in told if told[id_] != was[id_]} == {clause}


def test_the_reading_follows_the_retention_of_quotes(tmp_path: Path) -> None:
    for version in VERSIONS:
        data = copy.deepcopy(PLAIN[version.id])
        data["clauses"]["client.retention.quotes"]["retention"]["period"] = {"months": 13}
        changed = load(data, version.id, tmp_path)
        for language, words in (("fr", "13 mois"), ("en", "13 months")):
            assert words in documents.reading(changed, GARAGE, language).text()
            assert words not in documents.reading(version, GARAGE, language).text()


CHANNELS = [(version.id, id_) for version in VERSIONS for id_, clause in version.clauses.items() if clause.channels]
SILENT = {("2020-01-25", "client.basis.legitimate-interest"), ("2020-01-25", "user.basis.legitimate-interest")}


@pytest.mark.parametrize(("id_", "clause"), [case for case in CHANNELS if case not in SILENT])
def test_every_document_follows_a_new_channel(id_: str, clause: str, tmp_path: Path) -> None:
    data = copy.deepcopy(PLAIN[id_])
    data["labels"]["by_pigeon"] = {"fr": "pigeon voyageur", "en": "carrier pigeon"}
    data["clauses"][clause]["channels"].append("by_pigeon")
    changed = load(data, id_, tmp_path)
    population: policy.Population = "client" if clause.startswith("client.") else "user"
    for language, words in (("fr", "pigeon voyageur"), ("en", "carrier pigeon")):
        found = written(changed, population, language)
        assert {kind: words in text for kind, text in found.items()} == dict.fromkeys(found, True)


def test_a_new_purpose_is_told_and_asked_for_where_it_rests_on_consent(tmp_path: Path) -> None:
    for version in VERSIONS:
        data = copy.deepcopy(PLAIN[version.id])
        words = {"fr": "Vos données servent à vous inviter.", "en": "Your data is used to invite you."}
        data["clauses"]["user.use.parties"] = {"title": {"fr": "Les fêtes", "en": "Parties"}, "text": words}
        if "user.basis-matrix" in data["clauses"]:
            data["clauses"]["user.basis-matrix"]["bases"]["user.use.parties"] = "consent"
        changed = load(data, version.id, tmp_path)
        for language in policy.LANGUAGES:
            assert words[language] in documents.notice(changed, "user", language).text()
            assert words[language] in documents.consent(changed, "user.use.parties", language).text()
