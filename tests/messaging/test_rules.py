"""The gate, asked by plain data, and the waits."""

from datetime import timedelta

import pytest

from gardien.commitment import policy
from gardien.commitment import queries as commitment
from gardien.consent.rules import Channel, Sender
from gardien.messaging import rules
from gardien.messaging.rules import Cause, Kind, Known, Question

FIRST, SECOND = "2020-01-25", "2026-11-22"
SERVICE, OFFER = Kind.SERVICE, Kind.OFFER
NOTHING = Known()
SILENT = Known(has_objected=False)
GIVEN = Known(has_objected=False, has_consented=True)


def version(id_: str, **clauses: policy.Clause | None) -> policy.Version:
    """Return a version with clauses added, or taken out by None; `__` stands for the dot, `_` for the hyphen."""
    found = commitment.versions().get(id_)
    named = {name.replace("__", "."): clause for name, clause in clauses.items()}
    kept = {id_: clause for id_, clause in {**found.clauses, **named}.items() if clause is not None}
    return found.model_copy(update={"clauses": kept})


def offering(channel: str, permission: str = "opt_out") -> policy.Clause:
    """Return a clause that lets the controller make offers by a channel."""
    like = commitment.versions().get(SECOND).clauses["user.messages.email"]
    return like.model_copy(update={"channels": (channel,), "permission": permission, "senders": ("controller",)})


@pytest.mark.parametrize(
    ("of", "purpose", "channel", "expected"),
    [
        (FIRST, "client.use.quote", Channel.EMAIL, None),
        (SECOND, "client.use.quote", Channel.EMAIL, None),
        (FIRST, "client.use.quote", Channel.SMS, None),
        (SECOND, "client.use.storage", Channel.SMS, None),
        (FIRST, "client.use.quote", Channel.POST, Cause.CHANNEL),
        (SECOND, "client.use.quote", Channel.PHONE, Cause.CHANNEL),
        (SECOND, "client.use.horoscope", Channel.EMAIL, Cause.PURPOSE),
        (SECOND, "client.rights", Channel.EMAIL, Cause.PURPOSE),
        (SECOND, "user.use.accounts", Channel.EMAIL, Cause.PURPOSE),
    ],
)
def test_a_service_to_customers_passes_where_the_version_lists_purpose_and_channel(
    of: str, purpose: str, channel: Channel, expected: Cause | None
) -> None:
    assert rules.refusal(Question("client", purpose, channel, SERVICE), version(of)) == expected


@pytest.mark.parametrize(
    ("of", "purpose", "channel", "expected"),
    [
        (FIRST, "user.use.accounts", Channel.EMAIL, None),
        (FIRST, "user.use.accounts", Channel.SMS, Cause.CHANNEL),
        (SECOND, "user.use.accounts", Channel.SMS, None),
        (SECOND, "user.messages.email", Channel.EMAIL, Cause.DISGUISED),
    ],
)
def test_a_service_to_users_needs_their_clauses(
    of: str, purpose: str, channel: Channel, expected: Cause | None
) -> None:
    assert rules.refusal(Question("user", purpose, channel, SERVICE), version(of)) == expected


def test_without_any_clause_on_messages_nothing_is_sent_to_customers() -> None:
    silent = version(FIRST, client__retention__messages=None)
    question = Question("client", "client.use.quote", Channel.EMAIL, SERVICE)
    assert rules.refusal(question, silent) == Cause.CHANNEL


@pytest.mark.parametrize("of", [FIRST, SECOND])
@pytest.mark.parametrize("purpose", ["client.use.offers", "client.use.quote", "client.messages.email"])
def test_an_offer_to_customers_is_refused_by_both_versions(of: str, purpose: str) -> None:
    assert rules.refusal(Question("client", purpose, Channel.EMAIL, OFFER), version(of), GIVEN) == Cause.OFFERS


def test_a_version_with_the_purpose_alone_still_lets_no_offer_to_customers_pass() -> None:
    use = commitment.versions().get(SECOND).clauses["client.use.quote"]
    question = Question("client", "client.use.offers", Channel.EMAIL, OFFER)
    assert rules.refusal(question, version(SECOND, client__use__offers=use), GIVEN) == Cause.OFFERS
    open_ = version(SECOND, client__use__offers=use, client__messages__news=offering("by_email"))
    assert rules.refusal(question, open_, GIVEN) is None
    assert rules.refusal(question, open_, SILENT) == Cause.NO_CONSENT
    service = Question("client", "client.use.offers", Channel.EMAIL, SERVICE)
    assert rules.refusal(service, open_, GIVEN) == Cause.DISGUISED


@pytest.mark.parametrize(
    ("channel", "sender", "known", "expected"),
    [
        (Channel.EMAIL, Sender.CONTROLLER, SILENT, None),
        (Channel.EMAIL, Sender.PARTNERS, SILENT, None),
        (Channel.EMAIL, Sender.CONTROLLER, NOTHING, Cause.UNKNOWN_OBJECTIONS),
        (Channel.EMAIL, Sender.CONTROLLER, Known(has_objected=True, has_consented=True), Cause.OBJECTED),
        (Channel.SMS, Sender.CONTROLLER, GIVEN, Cause.CHANNEL),
        (Channel.PHONE, Sender.CONTROLLER, SILENT, Cause.NO_CONSENT),
        (Channel.PHONE, Sender.CONTROLLER, GIVEN, None),
    ],
)
def test_an_offer_to_users_needs_a_clause_its_sender_and_the_persons_word(
    channel: Channel, sender: Sender, known: Known, expected: Cause | None
) -> None:
    purpose = f"user.messages.{'email' if channel is Channel.SMS else channel}"
    assert rules.refusal(Question("user", purpose, channel, OFFER, sender), version(SECOND), known) == expected


def test_an_offer_of_a_sender_that_the_version_does_not_list_is_refused() -> None:
    narrow = version(SECOND, user__messages__email=offering("by_email"))
    question = Question("user", "user.messages.email", Channel.EMAIL, OFFER, Sender.PARTNERS)
    assert rules.refusal(question, narrow, SILENT) == Cause.SENDER


def test_waits_double_up_to_half_an_hour_until_it_is_given_up() -> None:
    soon = timedelta(0)
    assert [rules.wait(number, soon) for number in (1, 2, 3, 4)] == [timedelta(seconds=s) for s in (5, 10, 20, 40)]
    assert rules.wait(10, soon) == rules.wait(10_000, soon) == timedelta(minutes=30)
    assert rules.wait(3, rules.GIVE_UP) is None
    assert rules.wait(3, rules.GIVE_UP - timedelta(seconds=1)) == timedelta(seconds=20)


def test_a_reference_tells_whose_it_is() -> None:
    assert (rules.population("C-7K3M9QXA"), rules.population("U-7K3M9QXA")) == ("client", "user")
