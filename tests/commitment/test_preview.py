"""Changing only a version moves every derived place, in both languages, and the preview lists exactly those."""

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gardien.commitment import policy, preview
from gardien.portal import cli

from .preview_truth import PEOPLE, compare, places
from .test_moves import PLACES, holder_of
from .versions_made import FILES, Data, made, without

FIRST, SECOND = sorted(FILES)
VERSIONS = {id_: made(data) for id_, data in FILES.items()}


@cache
def between(old: str, new: str) -> list[preview.Move]:
    """Return the preview between two shipped versions: two seconds each."""
    return preview.preview(VERSIONS[old], VERSIONS[new])


def judged(old: policy.Version, new: policy.Version, old_data: Data, new_data: Data) -> list[preview.Move]:
    """Return the preview, after comparing it with everything rendered before and after."""
    moves = preview.preview(old, new)
    compare(moves, old, new, old_data, new_data)
    return moves


def after(id_: str, change: Callable[[Data], object]) -> list[preview.Move]:
    """Return the preview of a change to a shipped version, compared with the truth."""
    data = copy.deepcopy(FILES[id_])
    change(data)
    return judged(VERSIONS[id_], made(data), FILES[id_], data)


@pytest.mark.parametrize(("id_", "place"), PLACES, ids=lambda value: "-".join(map(str, value)) if value else "")
def test_each_period_and_each_line_of_a_party_moves_what_is_derived_from_it(id_: str, place: tuple[Any, ...]) -> None:
    def change(data: Data) -> None:
        holder = holder_of(data, place)
        held = holder[place[-1]]
        holder[place[-1]] = {"months": 47} if isinstance(held, dict) else f"autre.{held}"

    moves = after(id_, change)
    clause = place[1] if place[0] == "clauses" else None
    assert {move.change.clause for move in moves} == {clause}
    assert len({move.change.path for move in moves}) == 1
    french = {move.place[:-3] for move in moves if move.place.endswith(".fr")}
    assert french == {move.place[:-3] for move in moves if move.place.endswith(".en")}
    assert french != set()


def test_two_years_to_thirteen_months_moves_these_sentences() -> None:
    def change(data: Data) -> None:
        data["clauses"]["client.retention.quotes"]["retention"]["period"] = {"months": 13}

    for id_ in FILES:
        moves = after(id_, change)
        assert {(move.change.clause, move.change.field) for move in moves} == {
            ("client.retention.quotes", "retention.period")
        }
        documents_moved = {
            f"{name}.{language}" for name in ("verso", "reading", "notice.customers") for language in ("fr", "en")
        }
        assert places(moves) == documents_moved | {"retention.client.retention.quotes"}
        assert all("2 ans" in move.old and "13 mois" in move.new for move in moves if move.place.endswith(".fr"))
        assert all("2 years" in move.old and "13 months" in move.new for move in moves if move.place.endswith(".en"))


def test_one_month_to_fifteen_days_moves_these_sentences() -> None:
    def change(data: Data) -> None:
        data["clauses"]["client.rights.delay"]["delay"]["period"] = {"days": 15}

    for id_ in FILES:
        moves = after(id_, change)
        told = {f"{name}.{language}" for name in ("verso", "notice.customers") for language in ("fr", "en")}
        assert places(moves) == told | {"deadline.client.rights.delay"}
        (deadline,) = (move for move in moves if move.place == "deadline.client.rights.delay")
        assert (deadline.old["period"], deadline.new["period"]) == ({"months": 1}, {"days": 15})


def test_a_channel_moves_sentences_and_the_gate() -> None:
    def change(data: Data) -> None:
        data["labels"]["by_pigeon"] = {"fr": "pigeon voyageur", "en": "carrier pigeon"}
        data["clauses"]["user.messages.email"]["channels"].append("by_pigeon")

    for id_ in FILES:
        moves = after(id_, change)
        assert {(move.change.clause, move.change.field) for move in moves} == {("user.messages.email", "channels")}
        assert {"notice.users.fr", "notice.users.en", "channels.user.messages.email"} <= places(moves)


def test_a_purpose_moves_notice_consent_and_basis() -> None:
    def change(data: Data) -> None:
        words = {"fr": "Vos données servent à vous inviter.", "en": "Your data is used to invite you."}
        data["clauses"]["user.use.parties"] = {"title": {"fr": "Les fêtes", "en": "Parties"}, "text": words}
        if "user.basis-matrix" in data["clauses"]:
            data["clauses"]["user.basis-matrix"]["bases"]["user.use.parties"] = "consent"

    for id_ in FILES:
        told = {
            f"{name}.{language}" for name in ("notice.users", "consent.user.use.parties") for language in ("fr", "en")
        }
        moves = after(id_, change)
        assert places(moves) == told | ({"basis.user.use.parties"} if id_ == SECOND else set())
        asked = {move.new for move in moves if move.place == "consent.user.use.parties.fr"}
        assert {"Les fêtes", "Vos données servent à vous inviter."} < asked


def test_a_mandatory_field_moves_its_asterisk() -> None:
    def change(data: Data) -> None:
        data["clauses"]["client.categories"]["mandatory"].append("plate")

    moves = after(SECOND, change)
    (asterisk,) = (move for move in moves if move.place.startswith("form."))
    assert asterisk.row() == {
        "clause": "client.categories",
        "field": "mandatory",
        "place": "form.customers.plate",
        "from": False,
        "to": True,
    }
    assert {"verso.fr", "verso.en"} < places(moves)


def test_wording_moves_in_its_own_language_only() -> None:
    def change(data: Data) -> None:
        data["clauses"]["user.persons"]["text"]["en"] = "The users."

    for id_ in FILES:
        assert places(after(id_, change)) == {"notice.users.en"}


def test_a_field_that_no_document_reads_moves_nothing() -> None:
    def change(data: Data) -> None:
        data["clauses"]["client.rights.identity-proof"]["identity"] = {"when": "recorded_doubt", "proof": "any_means"}

    assert after(FIRST, change) == []


def test_a_sentence_moved_by_two_fields_is_told_for_each() -> None:
    def change(data: Data) -> None:
        data["clauses"]["client.rights.delay"]["delay"]["period"] = {"days": 15}
        data["clauses"]["client.rights.delay"]["text"]["fr"] = "Réponse en {delay.period} après {delay.start}."
        data["clauses"]["client.rights.delay"]["text"]["en"] = "Answer in {delay.period} from {delay.start}."

    told = [move for move in after(FIRST, change) if move.place == "verso.fr"]
    assert [move.change.field for move in told] == ["text.fr", "delay.period"]
    assert {move.new for move in told} == {"Réponse en 15 jours après la réception de votre demande."}


def test_a_new_clause_on_the_verso_is_told_for_the_clause() -> None:
    moves = between(FIRST, SECOND)
    told = [move for move in moves if move.place == "verso.fr" and move.old is None and "Union" in move.new]
    assert [(move.change.clause, move.change.field) for move in told] == [("client.transfers", None)]
    back = between(SECOND, FIRST)
    told = [move for move in back if move.place == "verso.fr" and move.new is None and "Union" in move.old]
    assert [(move.change.clause, move.change.field) for move in told] == [("client.transfers", None)]


@pytest.mark.parametrize(("old", "new"), [(FIRST, SECOND), (SECOND, FIRST), (FIRST, FIRST)])
def test_between_the_shipped_versions_exactly_what_differs_is_told(old: str, new: str) -> None:
    moves = between(old, new)
    compare(moves, VERSIONS[old], VERSIONS[new], FILES[old], FILES[new])
    assert json.loads(json.dumps([move.row() for move in moves])) == [move.row() for move in moves]
    assert (len(moves) > 300) is (old != new)


def test_the_way_back_tells_the_same_moves_the_other_way() -> None:
    there, back = between(FIRST, SECOND), between(SECOND, FIRST)
    assert {(move.place, json.dumps([move.old, move.new])) for move in there} == {
        (move.place, json.dumps([move.new, move.old])) for move in back
    }


def test_sentences_in_another_order_are_one_move_of_their_place() -> None:
    def change(data: Data) -> None:
        data["clauses"] = dict(reversed(data["clauses"].items()))

    moves = after(FIRST, change)
    assert [(move.change.field, move.place) for move in moves] == [
        ("clauses", f"notice.{people}.{language}") for language in ("fr", "en") for people in ("customers", "users")
    ]
    assert "user.persons" in moves[1].old


def optional(data: Data) -> list[str]:
    """Return the clauses without which a version can still be rendered."""
    needed = {f"{population}.{name}" for population in PEOPLE for name in ("persons", "categories")}
    return sorted(id_ for id_ in data["clauses"] if id_ not in needed and ".basis." not in id_)


def mutated(draw: st.DrawFn) -> tuple[policy.Version, Data]:
    """Draw a shipped version with clauses gone, periods and channels moved, and clauses in another order."""
    data = copy.deepcopy(FILES[draw(st.sampled_from([FIRST, SECOND]))])
    without(data, *draw(st.sets(st.sampled_from(optional(data)), max_size=8)))
    for id_ in draw(st.sets(st.sampled_from(sorted(data["clauses"])), max_size=10)):
        clause = data["clauses"][id_]
        for timed in (clause.get("retention", {}), clause.get("delay", {}), *clause.get("records", {}).values()):
            if "period" in timed:
                timed["period"] = {"months": draw(st.integers(1, 40))}
        if len(clause.get("channels", [])) > 1:
            clause["channels"] = clause["channels"][1:]
    if draw(st.booleans()):
        data["clauses"] = dict(draw(st.permutations(list(data["clauses"].items()))))
    return made(data), data


@settings(max_examples=8, deadline=None)
@given(st.data())
def test_between_any_two_versions_exactly_what_differs_is_told(drawn: st.DataObject) -> None:
    (old, old_data), (new, new_data) = (drawn.draw(st.composite(mutated)()) for _ in range(2))
    judged(old, new, old_data, new_data)


def test_a_preview_that_forgets_or_invents_is_caught() -> None:
    data = copy.deepcopy(FILES[FIRST])
    data["clauses"]["client.retention.quotes"]["retention"]["period"] = {"months": 13}
    given = VERSIONS[FIRST], made(data), FILES[FIRST], data
    moves = judged(*given)
    spoilt = [
        [move for move in moves if move.place != "reading.en"],
        [move for move in moves if not (move.place == "verso.fr" and "2 ans" in move.old)],
        [*moves, replace(moves[0], place="notice.users.fr")],
        [replace(move, new="2 ans") for move in moves],
    ]
    for each in spoilt:
        with pytest.raises(AssertionError):
            compare(each, *given)


def test_the_command_takes_two_versions_or_one_file_against_the_version_in_force(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    held, drafts = tmp_path / "held", tmp_path / "drafts"
    for folder in (held, drafts):
        folder.mkdir()
    text = (policy.VERSIONS_FOLDER / f"{FIRST}.yaml").read_text(encoding="utf-8")
    (held / f"{FIRST}.yaml").write_text(text, encoding="utf-8")
    draft = drafts / f"{FIRST}.yaml"
    draft.write_text(text.replace("delay: {period: {months: 2}", "delay: {period: {months: 1}"), encoding="utf-8")
    monkeypatch.setenv("GARDIEN_VERSIONS", str(held))
    assert cli.main(["commitment", "preview", FIRST, str(draft), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["place"] for row in rows] == ["notice.users.fr", "notice.users.en", "deadline.user.rights.delay"]
    assert rows[1] == {
        "clause": "user.rights.delay",
        "field": "delay.period",
        "place": "notice.users.en",
        "from": "You get an answer within 2 months of your complete request.",
        "to": "You get an answer within one month of your complete request.",
    }
    assert cli.main(["commitment", "preview", str(draft), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == rows
    assert cli.main(["commitment", "preview", str(draft)]) == 0
    assert capsys.readouterr().out.startswith("user.rights.delay delay.period notice.users.fr\n  - La réponse")
    assert cli.main(["commitment", "preview", "2019-01-01"]) == 2
