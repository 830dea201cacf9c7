"""Users go with the end of services or some time after they left, by a slow model over generated lives."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from allauth.account.models import EmailAddress
from hypothesis import given
from hypothesis import strategies as st

from gardien.base import ids, scope
from gardien.base.actor import Actor
from gardien.commitment import policy
from gardien.commitment import queries as commitment
from gardien.messaging.models import Message
from gardien.network import queries as network
from gardien.network.models import Membership, Site, User
from gardien.network.rules import PartyKind
from gardien.standing import actions as standing
from gardien.standing.rules import EndReason, Event
from tests import rows
from tests.commitment.legal_time_model import retention_end
from tests.commitment.versions_made import FILES, Data, changed, made
from tests.rows import empty_tables

from .histories import INSTANTS, LATE_HOURS, SPANS, When
from .worlds import FEW, counted, ids_of, seen, swept

ORDERS, CONTACT, LEAVERS, MESSAGES = (f"user.retention.{name}" for name in ("orders", "contact", "leavers", "messages"))
PURPOSES = ("user.use.accounts", "user.use.product")
BY = Actor.program("tests")
WHENS = st.builds(When, st.integers(-2, 1), st.sampled_from(LATE_HOURS))
LATELY = When(0, time(10), is_late=True)


@dataclass(frozen=True)
class Life:
    """A user: when each of their roles ended or is to end, whether services did, when they signed in, and a letter."""

    ends: tuple[When | None, ...]
    has_services_ended: bool
    signed_in: tuple[When, ...]
    has_letter: bool


@dataclass(frozen=True)
class Lives:
    """Users under a version that keeps leavers, and messages, for some time."""

    as_of: datetime
    leavers: Data
    messages: Data
    users: tuple[Life, ...]

    def versions(self) -> policy.Versions:
        """Return the first version, and the second with these periods."""

        def change(data: Data) -> None:
            data["clauses"][LEAVERS]["retention"]["period"] = self.leavers
            data["clauses"][MESSAGES]["retention"]["period"] = self.messages

        return policy.Versions((made(FILES["2020-01-25"]), changed("2026-11-22", change)))


LIVES = st.builds(
    Lives,
    as_of=INSTANTS,
    leavers=st.sampled_from(SPANS),
    messages=st.sampled_from(SPANS),
    users=st.lists(
        st.builds(
            Life,
            ends=st.lists(st.none() | WHENS | WHENS | st.just(LATELY), max_size=2).map(tuple),
            has_services_ended=st.sampled_from([False, False, True]),
            signed_in=st.lists(WHENS, max_size=2).map(tuple),
            has_letter=st.booleans(),
        ),
        min_size=3,
        max_size=6,
    ).map(tuple),
)


def write(lives: Lives) -> None:
    """Write the users and what the network knows of them."""
    site = Site.objects.order_by("id")[0]
    with scope.entered(network.central_party(PartyKind.NETWORK).id):
        for number, life in enumerate(lives.users):
            write_one(lives, life, f"u{number}@exemple.example", site)


def write_one(lives: Lives, life: Life, email: str, site: Site) -> None:
    """Write one user; call in the network's scope."""
    long_ago = datetime(2020, 2, 1, tzinfo=UTC)
    user = User.objects.create(email=email, opened_at=long_ago)
    EmailAddress.objects.create(user=user, email=email)
    for role, end in zip(("workshop", "storekeeper"), life.ends, strict=False):
        until_at = end.before(lives.as_of, lives.leavers) if end else None
        Membership.objects.create(user=user, role=role, site=site, from_at=long_ago, until_at=until_at)
    told: dict[str, Any] = {"subject": user.reference, "by": BY}
    for when in life.signed_in:
        at = when.before(lives.as_of, lives.messages)
        standing.record_activity(event=Event.SIGNED_IN, source_id=ids.new(), at=at, **told)
    for purpose in PURPOSES if life.has_services_ended else ():
        at = LATELY.before(lives.as_of, lives.leavers)
        standing.end(purpose=purpose, reason=EndReason.END_OF_SERVICES, at=at, **told)
    if life.has_letter:
        letter(user.reference, long_ago)


def letter(reference: str, at: datetime) -> None:
    """Write a message that was sent."""
    about = {"purpose": "user.use.accounts", "document_kind": "account", "document_id": ids.new()}
    sealed = {"recipient": b"sealed", "recipient_digest": ids.new().hex, "message_id": f"<{ids.new()}@x.example>"}
    ended = {"state": "sent", "version": "2020-01-25", "prepared_at": at, "ended_at": at}
    Message.objects.create(subject=reference, document_sha256="0" * 64, **about, **sealed, **ended)


def over(lives: Lives) -> dict[str, dict[UUID, datetime]]:
    """Return when each user's time is over under each clause, walked one by one: with its purposes at the latest."""
    found: dict[str, dict[UUID, datetime]] = {clause: {} for clause in (ORDERS, CONTACT, LEAVERS, MESSAGES)}
    held = seen()
    for user in held["network.User"]:
        roles = [row["until_at"] for row in held["network.Membership"] if row["user_id"] == user["id"]]
        if roles and None not in roles:
            found[LEAVERS][user["id"]] = retention_end(max(roles), policy.Period(**lives.leavers))
        ends = [row["ended_at"] for row in held["standing.Ending"] if row["subject"] == user["reference"]]
        for clause in (ORDERS, CONTACT, LEAVERS) if ends else ():
            found[clause][user["id"]] = min(*ends, found[clause].get(user["id"], max(ends)))
        active = [row["happened_at"] for row in held["standing.Fact"] if row["subject"] == user["reference"]]
        letters = [row for row in held["messaging.Message"] if row["subject"] == user["reference"]]
        if active and letters:
            found[MESSAGES][user["id"]] = retention_end(max(active), policy.Period(**lives.messages))
    return found


@FEW
@given(LIVES)
def test_users_go_as_the_model_says(cast: Any, at: datetime, monkeypatch: pytest.MonkeyPatch, lives: Lives) -> None:
    versions, as_of = lives.versions(), lives.as_of
    empty_tables()
    rows.cast(at, lambda: None)
    monkeypatch.setattr(commitment, "_versions", lambda _: versions)
    write(lives)
    ends, before = over(lives), seen()
    due = {clause: {id_ for id_, end in held.items() if end <= as_of} for clause, held in ends.items()}
    told = counted(as_of)
    assert {clause: told[clause]["due"] for clause in ends} == {clause: len(held) for clause, held in due.items()}
    late = {clause: sum(end + timedelta(days=1) <= as_of for end in held.values()) for clause, held in ends.items()}
    assert {clause: told[clause]["overdue"] for clause in ends} == late
    run, gone = swept(as_of), due[ORDERS] | due[CONTACT] | due[LEAVERS]
    assert [(row["clause"], row["cause"]) for row in seen()["retention.Quarantined"]] == []
    assert [each for each in ends if run[each]["done"] != len(due[each])] == []
    after = seen()
    assert ids_of(before["network.User"]) - ids_of(after["network.User"]) == gone
    named = {row["reference"] for row in before["network.User"] if row["id"] in gone}
    for table, column in (("network.Membership", "user_id"), ("account.EmailAddress", "user_id")):
        assert {row[column] for row in after[table]} == {row[column] for row in before[table]} - gone
    for table in ("standing.Fact", "standing.Ending", "consent.Acknowledgement"):
        assert {row["subject"] for row in after[table]} == {row["subject"] for row in before[table]} - named
    quiet = {row["reference"] for row in before["network.User"] if row["id"] in due[MESSAGES]}
    assert {row["subject"] for row in before["messaging.Message"]} - quiet == {
        row["subject"] for row in after["messaging.Message"]
    }
