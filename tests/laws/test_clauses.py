"""Law 4: a clause has a keeper and a proof or is counted as "not yet"; each names a living clause, and each proof can fail.

`not_yet.json` holds, per version, the counts of clauses not yet kept since the commit that added the version, the
present one last: whoever keeps one more clause appends the new count, and no count is ever taken out.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.db import transaction

from gardien.base import clock, ids, scope
from gardien.commitment import queries as commitment
from gardien.commitment import status
from gardien.commitment.registry import Keeper, Proof, registry
from gardien.consent.models import Acknowledgement, Decision
from gardien.customers.models import Customer
from gardien.messaging.models import Message
from gardien.network import queries as network
from gardien.network.rules import PartyKind
from gardien.quotes.models import Quote, QuoteDocument
from gardien.retention.models import Backup
from gardien.standing.models import Archived, Hold
from tests.conftest import as_role

COUNTS: dict[str, list[int]] = json.loads(Path(__file__).with_name("not_yet.json").read_text())


def strangers(clauses: set[str]) -> list[str]:
    """Return the keepers and proofs of clauses that are not in the version."""
    words = (*registry.keepers(), *registry.proofs())
    return sorted(word.clause for word in words if word.clause not in clauses)


def test_every_keeper_and_proof_names_a_living_clause() -> None:
    clauses = {clause for version in commitment.versions().all for clause in version.clauses}
    assert strangers(clauses) == []
    held = registry.rooms["portal"]
    registry.register("portal", replace(held, keepers=(*held.keepers, Keeper("client.horoscope", print))))
    try:
        assert strangers(clauses) == ["client.horoscope"]
    finally:
        registry.register("portal", held)


def test_a_kept_clause_has_a_keeper_and_a_proof_and_all_others_are_not_yet() -> None:
    kept = {keeper.clause for keeper in registry.keepers()}
    assert kept == {proof.clause for proof in registry.proofs()}
    for version in commitment.versions().all:
        assert set(status.not_yet(version)) == set(version.clauses) - kept


def test_the_count_of_clauses_not_yet_kept_only_falls() -> None:
    assert {version.id: len(status.not_yet(version)) for version in commitment.versions().all} == {
        version: counts[-1] for version, counts in COUNTS.items()
    }
    assert [counts for counts in COUNTS.values() if counts != sorted(set(counts), reverse=True)] == []


def measured(adviser: Any) -> dict[str, tuple[int, int]]:
    """Run every proof on behalf of one repairer, those about users of the network; return what each found, by its name."""
    found = {}
    for proof in registry.proofs():
        with scope.entered(controller(proof, adviser)):
            found[name(proof)] = proof.taken(clock.now())
    return found


def controller(proof: Proof, adviser: Any) -> UUID:
    """Return on whose behalf a proof counts something here."""
    is_users = proof.clause.startswith("user.")
    return network.central_party(PartyKind.NETWORK).id if is_users else network.controller(adviser)


def name(proof: Proof) -> str:
    return f"{proof.clause} {proof.measure.__name__}"


def wrong(found: dict[str, tuple[int, int]]) -> set[str]:
    return {proof for proof, (count, faults) in found.items() if not count or faults}


def no_document(_: SimpleNamespace) -> None:
    QuoteDocument.objects.all().delete()


def no_reading(played: SimpleNamespace) -> None:
    Customer.objects.filter(id=played.customer.id).update(reading_id=ids.new())


def no_word_of_quotes(_: SimpleNamespace) -> None:
    registry.rooms.pop("quotes")


def an_offer(_: SimpleNamespace) -> None:
    Message.objects.filter(state="sent").update(kind="offer")


def other_words(_: SimpleNamespace) -> None:
    decision = Decision.objects.all()[0]
    told = {field.attname: getattr(decision, field.attname) for field in Decision._meta.local_fields}
    Decision.objects.create(**{**told, "id": ids.new(), "wording_sha256": "0" * 64})


def other_notice(_: SimpleNamespace) -> None:
    read = {"subject": "U-AAAAAAAA", "version": "2020-01-25", "language": "fr", "notice_sha256": "0" * 64}
    Acknowledgement.objects.create(**read, acknowledged_at=clock.now())


def no_end(_: SimpleNamespace) -> None:
    cancelled = Quote.objects.filter(cancel_reason="consent_withdrawn")
    assert cancelled.update(state="issued", cancelled_at=None, cancel_reason="") == 1


def an_old_hold(_: SimpleNamespace) -> None:
    held = Archived.objects.values("hold_id")
    assert Archived.objects.update(due_at=clock.now() - timedelta(days=90)) == 1
    assert Hold.objects.filter(id__in=held).update(until_date=clock.legal_day(clock.now() - timedelta(days=3))) == 1


def an_old_backup(_: SimpleNamespace) -> None:
    assert Backup.objects.update(made_at=clock.now() - timedelta(days=40)) == 1


HARMS: dict[str, Callable[[SimpleNamespace], object]] = {
    "client.notice.verso issued_without_verso": no_document,
    "client.collection told_without_reading": no_reading,
    "client.categories columns_classified": no_word_of_quotes,
    "client.basis.consent decided_on_other_words": other_words,
    "client.basis.consent open_after_a_no": no_end,
    "user.acknowledgement acknowledged_other_words": other_notice,
    "client.messages.email offers_to_customers": an_offer,
    "client.retention.derogations archive_of_customers": an_old_hold,
    "client.archive.intermediate archive_of_customers": an_old_hold,
    "user.retention.derogations archive_of_users": an_old_hold,
    "user.archive.intermediate archive_of_users": an_old_hold,
    "client.backup.retention overdue": an_old_backup,
}


def test_each_proof_counts_something_and_finds_nothing_wrong_until_harm_is_done(played: SimpleNamespace) -> None:
    assert wrong(measured(played.adviser)) == set()
    held = registry.rooms["quotes"]
    for harmed, harm in HARMS.items():
        proof = next(proof for proof in registry.proofs() if name(proof) == harmed)
        with scope.entered(controller(proof, played.adviser)):
            harm(played)
            count, faults = proof.taken(clock.now())
            transaction.set_rollback(True)
            registry.register("quotes", held)
        assert (harmed, count > 0, faults > 0) == (harmed, True, True)
    with as_role("owner") as connection:
        connection.execute("ALTER TABLE customers_customer NO FORCE ROW LEVEL SECURITY")
    try:
        assert wrong(measured(played.adviser)) == {"client.controller walls_standing"}
    finally:
        with as_role("owner") as connection:
            connection.execute("ALTER TABLE customers_customer FORCE ROW LEVEL SECURITY")
    assert wrong(measured(played.adviser)) == set()
