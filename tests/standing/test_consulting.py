"""What is archived opens by a consultation alone, which is written with its motive; holds end, and grounds are listed."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from gardien.base import ids, scope
from gardien.base.actor import Actor
from gardien.base.crypto import Unreadable
from gardien.commitment import queries as commitment
from gardien.journal.models import Entry
from gardien.standing import actions, queries
from gardien.standing.models import Archived, Consultation, Hold
from gardien.standing.rules import Ground, Motive

AT = datetime(2026, 6, 1, 10, tzinfo=UTC)
BY, PROGRAM = Actor(ids.new(), "site_manager"), Actor.program("import")
ONE, TWO = "C-7K3M9QXA", "C-8K3M9QXA"
KEPT = b'{"customers.Customer": [{"last_name": "Lh\\u00f4te"}]}'
WHY: dict[str, Any] = {"motive": Motive.DISPUTE, "explanation": "R-118"}


@pytest.fixture
def controller(committed: None) -> Iterator[Any]:
    found = ids.new()
    with scope.entered(found):
        yield found


def held(**changed: Any) -> Hold:
    told = {"subject": ONE, "ground": Ground.DISPUTE, "category": "last_name", "legal_reference": "RG 26/118"}
    return actions.hold(**{**told, "until_date": date(2027, 1, 1), "by": BY, "at": AT, **changed})


def archived(subject: str = TWO) -> Archived:
    kept = Archived(subject=subject, hold=held(), clause="client.retention.quotes", due_at=AT, archived_at=AT)
    kept.sealed = settings.GARDIEN_KEYRING.seal(KEPT, context=queries.archive_context(kept.id))
    kept.save()
    return kept


def test_a_consultation_returns_the_fields_and_is_written_each_time(controller: Any) -> None:
    kept = archived()
    for count in (1, 2):
        fields = actions.consult(archived_id=kept.id, **WHY, by=BY, at=AT)
        assert fields == {"customers.Customer": [{"last_name": "Lhôte"}]}
        assert Consultation.objects.count() == count
    told = Entry.objects.filter(tag="standing:archive:consulted").values_list("subject", "references", "actor_id")
    assert list(told) == [(TWO, {"archived": str(kept.id)}, BY.id)] * 2
    written = queries.consultations().values_list("subject", "archived_id", "motive", "explanation", "consulted_by_id")
    assert set(written) == {(TWO, kept.id, "dispute", "R-118", BY.id)}


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"explanation": "  "}, actions.NoMotiveError),
        ({"archived_id": ids.new()}, actions.NoSuchArchivedError),
        ({"by": PROGRAM}, actions.NobodyDecidedError),
    ],
)
def test_nothing_is_opened_without_a_person_a_motive_or_a_row(
    controller: Any, changed: dict[str, Any], refusal: type[Exception]
) -> None:
    kept = archived()
    with pytest.raises(refusal):
        actions.consult(**{"archived_id": kept.id, **WHY, "by": BY, "at": AT, **changed})
    assert (Consultation.objects.count(), Entry.objects.filter(tag="standing:archive:consulted").count()) == (0, 0)


def test_what_was_altered_is_not_opened_and_no_opening_is_written(controller: Any) -> None:
    kept = archived()
    Archived.objects.update(sealed=bytes(kept.sealed)[:-1] + b"\0")
    with pytest.raises(Unreadable):
        actions.consult(archived_id=kept.id, **WHY, by=BY, at=AT)
    assert Consultation.objects.count() == 0


def test_the_database_takes_no_consultation_without_its_reason(controller: Any) -> None:
    told = {"subject": TWO, "archived_id": ids.new(), "consulted_at": AT, "consulted_by_id": BY.id}
    for empty in ("motive", "explanation"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Consultation.objects.create(**told, **{"motive": "dispute", "explanation": "R-118", empty: ""})


@pytest.mark.parametrize("subject", [ONE, TWO])
def test_what_is_archived_is_found_by_either_reference_and_hidden_under_either(controller: Any, subject: str) -> None:
    kept = archived()
    assert list(queries.archived_of(subject)) == [kept]
    assert list(queries.archived_of("C-9K3M9QXA")) == []
    actions.restrict(subjects=[subject], by=BY, at=AT)
    assert list(queries.archived()) == list(queries.archived_of(TWO)) == []
    with pytest.raises(actions.NoSuchArchivedError):
        actions.consult(archived_id=kept.id, **WHY, by=BY, at=AT)


def test_a_hold_ends_within_twenty_years(controller: Any) -> None:
    assert held(until_date=date(2046, 6, 1)).until_date == date(2046, 6, 1)
    for day in (date(2046, 6, 2), date.max):
        with pytest.raises(actions.TooLongError):
            held(category="plate", until_date=day)
    assert Hold.objects.count() == 1


def test_a_hold_is_of_its_person_alone(controller: Any) -> None:
    placed = held()
    assert queries.is_hold_of([TWO, ONE], placed.id)
    assert not queries.is_hold_of([TWO], placed.id)
    assert not queries.is_hold_of([ONE], ids.new())


def test_the_grounds_and_the_categories_are_those_of_the_version() -> None:
    first, second = commitment.versions().all
    derogations = (Ground.BILLING, Ground.WARRANTY, Ground.DISPUTE)
    assert (queries.grounds(first), queries.grounds(second)) == (derogations, (*derogations, Ground.CUSTODY))
    told = queries.holdable(second)
    assert (told["last_name"], told["derived:quote"][:5]) == ("nom", "devis")
    assert {"fax", "derived:account_security"}.isdisjoint(told)
