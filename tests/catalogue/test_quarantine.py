"""Mending and replaying quarantined lines: the figures of the list follow, and nothing is guessed."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from gardien.base import scope
from gardien.base.actor import Actor
from gardien.catalogue import actions, queries
from gardien.catalogue.models import Article, PriceList, QuarantinedLine
from gardien.catalogue.rules.rejections import LineRefused, UnreadableList
from gardien.journal.models import Entry
from gardien.network import queries as network
from gardien.network.rules import PartyKind
from tests.catalogue.workbooks import HEADER, listed, tyre
from tests.web.counter import rows

BY = Actor(id=UUID(int=1), role="network_administrator")
GOOD = "A0;;Kestrane;Rivage 3;205/55 R16 91V;été;72,90;EUR"
ABSENT = UUID("01890a5d-ac96-774b-bcce-b302099a8057")

Import = Callable[..., PriceList]


@pytest.fixture
def imported(cast: Any, at: datetime) -> Import:
    """Return a function that imports lines, or a whole file, of the supplier north."""

    def done(*lines: str, raw: bytes = b"", currency: str | None = None) -> PriceList:
        content = raw or "\n".join((";".join(HEADER), *lines)).encode()
        return actions.import_tyres(
            raw=content, file_name="north.csv", supplier="north", currency=currency, by=BY, at=at
        )

    return done


def figures(found: PriceList) -> tuple[int, ...]:
    found.refresh_from_db()
    return found.read, found.imported, found.updated, found.unchanged, found.quarantined


def waiting(found: PriceList) -> QuarantinedLine:
    return found.quarantine.get(state="waiting")


def test_a_line_keeps_its_cells_and_is_taken_once_they_are_corrected(imported: Import, at: datetime) -> None:
    found = imported(GOOD, "A1;;Kestrane;Rivage 3;205/55 R16 91X;été;72,90;EUR")
    line = waiting(found)
    assert line.values == {
        "source_id": "A1", "brand": "Kestrane", "pattern": "Rivage 3", "designation": "205/55 R16 91X",
        "season": "été", "price": "72,90", "currency": "EUR",
    }  # fmt: skip
    outcome = actions.mend(line_id=line.id, values={**line.values, "designation": "205/55 R16 91V"}, by=BY, at=at)
    assert (outcome, figures(found)) == ("imported", (2, 2, 0, 0, 0))
    assert Article.objects.get(source_id="A1").load_index == 91
    line.refresh_from_db()
    assert (line.state, line.settled_at) == ("mended", at)
    assert list(queries.quarantine(found)) == []
    with scope.entered(network.central_party(PartyKind.NETWORK).id):
        told = Entry.objects.get(tag="catalogue:line:mended").references
    assert told == {"price_list": str(found.id), "line": str(line.id)}
    with pytest.raises(queries.NoSuchLineError):
        actions.mend(line_id=line.id, values=line.values, by=BY, at=at)


def test_a_line_that_is_still_wrong_is_refused_and_nothing_moves(imported: Import, at: datetime) -> None:
    found = imported("A1;;Kestrane;Rivage 3;205/55 R16 91V;été;abc;EUR")
    before = rows()
    with pytest.raises(LineRefused) as refused:
        actions.mend(line_id=waiting(found).id, values={**waiting(found).values, "price": "-5"}, by=BY, at=at)
    assert (refused.value.code, rows(), figures(found)) == ("price_not_positive", before, (1, 0, 0, 0, 1))


def test_a_mended_line_that_is_already_known_counts_as_such(imported: Import, at: datetime) -> None:
    found = imported(GOOD, "A0;;;Rivage 3;205/55 R16 91V;été;72,90;EUR")
    line = waiting(found)
    outcome = actions.mend(line_id=line.id, values={**line.values, "brand": "Kestrane"}, by=BY, at=at)
    assert (outcome, figures(found)) == ("unchanged", (2, 1, 0, 1, 0))


def test_a_line_given_up_stays_in_quarantine_and_is_not_asked_for_again(imported: Import, at: datetime) -> None:
    found = imported("A1;;;Rivage 3;205/55 R16 91V;été;5;EUR")
    line = waiting(found)
    actions.drop(line_id=line.id, by=BY, at=at)
    assert (figures(found), found.quarantine.get().state) == ((1, 0, 0, 0, 1), "dropped")
    for act in (lambda: actions.drop(line_id=line.id, by=BY, at=at), lambda: queries.waiting_line(line.id)):
        with pytest.raises(queries.NoSuchLineError):
            act()
    assert actions.replay(price_list_id=found.id, currency=None, by=BY, at=at) == 0


def test_replaying_with_the_currency_takes_what_lacked_one_and_relabels_nothing(imported: Import, at: datetime) -> None:
    silent = "A{};;Kestrane;Rivage 3;205/55 R16 91V;été;{};"
    found = imported(silent.format(1, "72,90"), silent.format(2, "£70"), silent.format(3, "x"), silent.format(4, "80"))
    assert figures(found) == (4, 1, 0, 0, 3)
    assert actions.replay(price_list_id=found.id, currency="EUR", by=BY, at=at) == 2
    assert figures(found) == (4, 3, 0, 0, 1)
    assert sorted(Article.objects.values_list("source_id", "currency", "price")) == [
        ("A1", "EUR", Decimal("72.90")), ("A2", "GBP", Decimal("70.00")), ("A4", "EUR", Decimal("80.00")),
    ]  # fmt: skip
    assert actions.replay(price_list_id=found.id, currency=None, by=BY, at=at) == 0


def test_replaying_takes_no_line_that_contradicts_another(imported: Import, at: datetime) -> None:
    line = "A{};{};Kestrane;Rivage 3;205/55 R16 91V;été;{};{}"
    found = imported(
        line.format(1, "", "70", "EUR"), line.format(1, "", "71", "EUR"),
        line.format(2, "", "70", ""), line.format(2, "", "71", ""),
        line.format(3, "", "70", "EUR"), line.format(3, "", "71", ""),
        line.format(4, "2900000000018", "70", ""), line.format(5, "2900000000018", "71", ""),
        line.format(6, "", "70", ""),
    )  # fmt: skip
    assert figures(found) == (9, 1, 0, 0, 8)
    assert actions.replay(price_list_id=found.id, currency="EUR", by=BY, at=at) == 1
    assert set(Article.objects.values_list("source_id", "price")) == {("A3", Decimal(70)), ("A6", Decimal(70))}


def test_a_formula_is_never_taken_by_a_replay(imported: Import, at: datetime) -> None:
    raw = listed(tyre(), then=lambda _, sheet: sheet.write_formula("F2", "=A1", None, "hiver"))
    found = imported(raw=raw)
    assert waiting(found).reason == "formula"
    assert actions.replay(price_list_id=found.id, currency=None, by=BY, at=at) == 0
    values = {**waiting(found).values, "season": "été"}
    assert actions.mend(line_id=waiting(found).id, values=values, by=BY, at=at) == "imported"


def test_a_line_whose_cells_cannot_be_told_apart_keeps_its_text(imported: Import) -> None:
    found = imported('A1;;"Kestrane;Rivage 3;205/55 R16 91V;été;5;EUR')
    assert (waiting(found).values, waiting(found).text) == ({}, 'A1;;"Kestrane;Rivage 3;205/55 R16 91V;été;5;EUR')


def test_a_replay_of_nothing_or_in_no_currency_is_refused(imported: Import, at: datetime) -> None:
    with pytest.raises(queries.NoSuchListError):
        actions.replay(price_list_id=ABSENT, currency=None, by=BY, at=at)
    found = imported(GOOD)
    with pytest.raises(UnreadableList):
        actions.replay(price_list_id=found.id, currency="XYZ", by=BY, at=at)


def test_a_currency_in_a_columns_name_is_remembered_for_the_line(imported: Import, at: datetime) -> None:
    found = imported(raw="ref;marque;profil;taille;prix ttc (€)\nA1;Kestrane;R;rond;5\n".encode())
    values = {**waiting(found).values, "designation": "205/55 R16 91V"}
    assert actions.mend(line_id=waiting(found).id, values=values, by=BY, at=at) == "imported"
    assert Article.objects.get().currency == "EUR"
