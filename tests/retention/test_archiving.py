"""The intermediate archive: exactly what a hold's category bears, sealed, until the hold ends, and not a field more."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gardien.base import scope
from gardien.customers import actions as customers
from gardien.customers.models import Customer
from gardien.journal.models import Entry
from gardien.quotes import actions as quotes
from gardien.retention.queries import archive, proofs
from gardien.standing import actions as standing
from gardien.standing.models import Archived, Closure, Hold
from gardien.standing.rules import Ground
from tests import scene
from tests.conftest import as_role
from tests.retention import archive_scene, worlds
from tests.retention.archive_scene import AT, CLAUSE, DAY, DUE, INVOICED, LAST, TOLD, Repairer

AFTER = LAST + timedelta(days=1)


@pytest.fixture
def garage(cast: SimpleNamespace) -> Repairer:
    return Repairer(cast.membership("counter.adviser@tilleul.example"))


@pytest.fixture
def other(cast: SimpleNamespace) -> Repairer:
    return Repairer(cast.membership("counter.adviser@canal.example"))


def test_an_invoice_keeps_name_and_address_and_never_phone_plate_or_notes(garage: Repairer) -> None:
    one = garage.customer()
    with scope.entered(garage.id):
        customers.write_note(customer_id=one.id, text="rappeler Zoé", note_key=one.id, by=garage.by, at=AT)
    garage.hold(one.reference, *INVOICED)
    garage.keep((one.reference,))
    place = "customers.Customer"
    address = {name: TOLD.get(name, "") for name in ("delivery", "building", "street", "locality", "postcode", "city")}
    assert garage.kept() == {
        "address": {place: [address | {"country": "FR"}]},
        "first_name": {place: [{"first_name": "Zoé"}]},
        "last_name": {place: [{"last_name": "Lhôte"}]},
    }
    assert {(each.subject, each.clause, each.due_at, each.archived_at) for each in garage.archived()} == {
        (one.reference, CLAUSE, DUE, AT)
    }


def test_a_hold_of_quotes_keeps_their_figures_but_neither_the_document_nor_the_notes(garage: Repairer) -> None:
    one = garage.customer()
    with scope.entered(garage.id):
        customers.write_note(customer_id=one.id, text="rappeler Zoé", note_key=one.id, by=garage.by, at=AT)
        draft = scene.draft(garage.membership, one, AT, "99.99")
        quote = quotes.issue(quote_id=draft.id, by=garage.by, at=AT)
    garage.hold(one.reference, "derived:quote", ground=Ground.DISPUTE)
    garage.keep((one.reference,))
    kept = garage.kept()["derived:quote"]
    assert sorted(kept) == ["customers.Vehicle", "quotes.Quote", "quotes.QuoteDocument", "quotes.QuoteLine"]
    assert kept["customers.Vehicle"] == [{"make": "Sarvane", "model": "Altis"}]
    assert [(row["number"], row["total_ttc"]) for row in kept["quotes.Quote"]] == [(quote.number, "399.96")]
    assert "sealed" not in kept["quotes.QuoteDocument"][0]
    told = str(kept)
    assert [value for value in ("Zoé", "Lhôte", "GH482KL", *TOLD.values()) if value in told] == []


def test_each_of_two_holds_keeps_its_own_and_one_category_on_two_grounds_goes_with_the_later(garage: Repairer) -> None:
    one = garage.customer()
    soon = DAY + timedelta(days=30)
    garage.hold(one.reference, "last_name", "plate", until=soon)
    garage.hold(one.reference, "last_name", ground=Ground.DISPUTE)
    garage.keep((one.reference,))
    grounds = [(each.hold.ground, each.hold.category) for each in garage.archived()]
    assert sorted(grounds) == [("billing", "last_name"), ("billing", "plate"), ("dispute", "last_name")]
    assert garage.release(soon) == 0
    assert garage.release(soon + timedelta(days=1)) == 1
    assert [(each.hold.ground, garage.fields(each)) for each in garage.archived()] == [
        ("dispute", {"customers.Customer": [{"last_name": "Lhôte"}]})
    ]


def test_a_hold_of_a_merged_group_takes_the_rows_of_every_reference(garage: Repairer) -> None:
    one, two, stranger = (garage.customer(plate) for plate in ("GH-482-KL", "GH-483-KL", "GH-484-KL"))
    with scope.entered(garage.id):
        customers.merge(kept_id=one.id, absorbed_id=two.id, by=garage.by, at=AT)
    garage.hold(two.reference, "plate")
    garage.keep((one.reference, two.reference), (stranger.reference,))
    (archived,) = garage.archived()
    assert (archived.subject, archived.hold.subject) == (one.reference, two.reference)
    plates = [row["plate"] for row in garage.fields(archived)["customers.Vehicle"]]
    assert sorted(plates) == ["GH482KL", "GH483KL"]


def test_what_is_kept_twice_is_kept_once_even_when_the_rows_are_gone(garage: Repairer) -> None:
    one = garage.customer()
    garage.hold(one.reference, "last_name")
    garage.keep((one.reference,))
    first = garage.archived()
    garage.keep((one.reference,))
    assert [each.id for each in garage.archived()] == [each.id for each in first]
    gone = "C-7K3M9QXA"
    garage.hold(gone, "last_name")
    garage.keep((one.reference,), (gone,))
    assert [bytes(each.sealed) for each in garage.archived()] == [bytes(each.sealed) for each in first]


@pytest.mark.parametrize("ended", ["released", "past its day", "of another clause"])
def test_nothing_is_kept_by_a_hold_that_is(garage: Repairer, ended: str) -> None:
    one = garage.customer()
    (placed,) = garage.hold(one.reference, "last_name")
    if ended == "released":
        with scope.entered(garage.id):
            standing.release(hold_id=placed.id, by=garage.by, at=AT)
    clause = "client.retention.messages" if ended == "of another clause" else CLAUSE
    garage.keep((one.reference,), clause=clause, day=AFTER if ended == "past its day" else DAY)
    assert garage.archived() == []


def test_a_restricted_person_is_left_out_whichever_of_their_references_is_frozen(garage: Repairer) -> None:
    one, two = (garage.customer(plate) for plate in ("GH-482-KL", "GH-483-KL"))
    garage.hold(one.reference, "last_name")
    with scope.entered(garage.id):
        standing.restrict(subjects=[two.reference], by=garage.by, at=AT)
    garage.keep((one.reference, two.reference))
    assert garage.archived() == []


def test_what_is_archived_of_a_restricted_person_waits_for_the_lift(garage: Repairer) -> None:
    one = garage.customer()
    garage.hold(one.reference, "last_name")
    garage.keep((one.reference,))
    garage.close(one.reference)
    with scope.entered(garage.id):
        standing.restrict(subjects=[one.reference], by=garage.by, at=AT)
        assert (archive.held(CLAUSE, DAY), archive.deferred(CLAUSE)) == ({}, 1)
        assert (archive.next_due(CLAUSE, DAY), archive.unheld(AFTER).count()) == (None, 0)
    assert garage.release(AFTER) == 0
    with scope.entered(garage.id):
        standing.announce_lift(subjects=[one.reference], by=garage.by, at=AT)
        standing.lift(subjects=[one.reference], by=garage.by, at=AT)
    assert (garage.release(AFTER), garage.count(Archived), garage.count(Hold)) == (1, 0, 0)


def test_a_release_queues_what_was_kept_again_and_the_next_sweep_deletes_it(garage: Repairer) -> None:
    one = garage.customer()
    names, address = garage.hold(one.reference, "last_name", "address")
    garage.keep((one.reference,))
    garage.close(one.reference)
    with scope.entered(garage.id):
        assert list(archive.unheld(DAY)) == []
        standing.release(hold_id=names.id, by=garage.by, at=AT + timedelta(hours=3))
        due = archive.unheld(DAY).values_list("subject", "clause", "ended_at")
        assert list(due) == [(one.reference, CLAUSE, AT + timedelta(hours=3))]
        assert archive.held(CLAUSE, DAY) == {"billing": 1}
    assert (garage.release(DAY), garage.release(DAY)) == (1, 0)
    assert list(garage.kept()) == ["address"]
    assert garage.count(Hold) == 1
    with scope.entered(garage.id):
        standing.release(hold_id=address.id, by=garage.by, at=AT)
    assert garage.release(DAY) == 1
    assert (garage.count(Hold), garage.count(Archived)) == (0, 0)
    told = {"tag": "retention:archive:released", "subject": one.reference, "references": {"rows": "1"}}
    assert garage.count(Entry, **told) == 2


def test_a_hold_that_kept_nothing_goes_with_the_person_but_not_before(garage: Repairer) -> None:
    one = garage.customer()
    garage.hold(one.reference, "derived:siren")
    assert (garage.release(AFTER), garage.count(Hold)) == (0, 1)
    garage.close(one.reference)
    assert (garage.release(LAST), garage.count(Hold)) == (0, 1)
    assert (garage.release(AFTER), garage.count(Hold)) == (0, 0)


def test_the_figures_count_persons_by_ground_and_say_when_the_first_hold_ends(garage: Repairer) -> None:
    one, two = (garage.customer(plate) for plate in ("GH-482-KL", "GH-483-KL"))
    garage.hold(one.reference, "last_name", "address")
    garage.hold(one.reference, "last_name", ground=Ground.DISPUTE, until=date(2026, 10, 24))
    garage.hold(two.reference, "last_name", until=date(2027, 3, 1))
    garage.keep((one.reference,), (two.reference,))
    with scope.entered(garage.id):
        assert archive.held(CLAUSE, DAY) == {"billing": 2, "dispute": 1}
        assert archive.held("client.retention.messages", DAY) == {}
        first = archive.next_due(CLAUSE, DAY)
        assert first is not None
        assert first.isoformat() == "2026-10-24T22:00:00+00:00"
        winter = archive.next_due(CLAUSE, date(2026, 10, 25))
        assert winter is not None
        assert winter.isoformat() == "2027-03-01T23:00:00+00:00"


def test_what_is_a_day_past_its_end_is_counted_as_wrong(garage: Repairer) -> None:
    one = garage.customer()
    garage.hold(one.reference, "last_name", until=DAY)
    garage.keep((one.reference,))
    with scope.entered(garage.id):
        ended = archive.next_due(CLAUSE, DAY)
        assert ended is not None
        late = ended + timedelta(days=1)
        assert proofs.archive_of_customers(at=late - timedelta(seconds=1)) == (1, 0)
        assert proofs.archive_of_customers(at=late) == (1, 1)
        assert proofs.archive_of_users(at=late) == (0, 0)


def test_a_hold_of_one_keeps_nothing_of_another(garage: Repairer) -> None:
    people = [garage.customer(f"GH-{number}-KL", last_name=f"Lhôte{number}") for number in range(500, 540)]
    held = people[7]
    garage.hold(held.reference, "last_name")
    garage.keep(*((each.reference,) for each in people))
    assert [each.subject for each in garage.archived()] == [held.reference]
    assert garage.kept() == {"last_name": {"customers.Customer": [{"last_name": "Lhôte507"}]}}


def test_a_batch_of_many_costs_the_statements_of_a_batch_of_one(garage: Repairer) -> None:
    people = [garage.customer(f"GH-{number}-KL") for number in range(500, 520)]
    for each in people:
        garage.hold(each.reference, *INVOICED)
    counted = []
    for batch in (people[:1], people[1:]):
        with CaptureQueriesContext(connection) as asked:
            garage.keep(*((each.reference,) for each in batch))
        counted.append(len(asked))
    garage.close(*(each.reference for each in people))
    assert (counted[0], len(garage.archived())) == (counted[1], 60)
    assert (garage.release(AFTER), garage.count(Archived), garage.count(Hold)) == (20, 0, 0)


def test_the_sealed_bytes_bear_no_value_and_open_under_their_own_row_alone(garage: Repairer, other: Repairer) -> None:
    one = garage.customer()
    garage.hold(one.reference, *INVOICED, "plate", "email", "mobile")
    garage.keep((one.reference,))
    with as_role("backup") as session:
        stored = session.execute("SELECT * FROM standing_archived").fetchall()
    raw = b"".join(bytes(value) if isinstance(value, bytes) else str(value).encode() for row in stored for value in row)
    assert [value for value in (*TOLD.values(), "GH482KL") if value.encode() in raw] == []
    first, second, *_ = garage.archived()
    first.sealed = second.sealed
    with pytest.raises(archive_scene.Unreadable):
        garage.fields(first)
    with pytest.raises(archive_scene.Unreadable):
        other.fields(second)


def test_another_controller_sees_nothing_and_releases_nothing(garage: Repairer, other: Repairer) -> None:
    one = garage.customer()
    garage.hold(one.reference, "last_name")
    garage.keep((one.reference,))
    other.keep((one.reference,))
    assert (other.archived(), other.release(AFTER), len(garage.archived())) == ([], 0, 1)


@pytest.mark.parametrize("role", ["app", "sweep"])
def test_a_role_sees_the_archive_of_its_controller_alone(garage: Repairer, other: Repairer, role: str) -> None:
    one = garage.customer()
    garage.hold(one.reference, "last_name")
    garage.keep((one.reference,))
    seen = {}
    for controller in (garage.id, other.id, None):
        with as_role(role) as session:
            if controller:
                session.execute("SELECT set_config('gardien.controller', %s, true)", [str(controller)])
            seen[controller] = session.execute("SELECT count(*) FROM standing_archived").fetchone()
    assert seen == {garage.id: (1,), other.id: (0,), None: (0,)}


def test_the_sweep_keeps_and_releases_and_a_consultation_is_nobodys_to_change(garage: Repairer) -> None:
    one = garage.customer()
    garage.hold(one.reference, "last_name")
    garage.keep((one.reference,))
    with as_role("sweep") as session:
        session.execute("SELECT set_config('gardien.controller', %s, true)", [str(garage.id)])
        assert session.execute("DELETE FROM standing_archived").rowcount == 1
    with as_role("app") as session, pytest.raises(psycopg.errors.InsufficientPrivilege):
        session.execute("UPDATE standing_consultation SET motive = 'billing'")
    with as_role("network") as session, pytest.raises(psycopg.errors.InsufficientPrivilege):
        session.execute("SELECT count(*) FROM standing_archived")


def test_one_invoice_keeps_its_columns_through_the_sweeps_and_blocks_no_record(garage: Repairer) -> None:
    """Neither does one invoice block a whole record (Dolibarr#38785), nor one hold an account (OpenTranscribe#442)."""
    held, free = (garage.customer(plate) for plate in ("GH-482-KL", "GH-483-KL"))
    garage.hold(held.reference, *INVOICED)
    two_years = datetime(2028, 6, 1, 10, tzinfo=UTC)
    figure = worlds.swept(two_years)[CLAUSE]
    assert (figure["held"], figure["overdue"], figure["quarantined"]) == ({"billing": 1}, 0, 0)
    assert (garage.count(Customer), garage.count(Closure, subject=free.reference)) == (0, 1)
    assert sorted(garage.kept()) == sorted(INVOICED)
    figure = worlds.swept(datetime(2031, 6, 1, 22, tzinfo=UTC))[CLAUSE]
    assert (figure["held"], figure["overdue"], garage.count(Archived), garage.count(Hold)) == ({}, 0, 0, 0)
