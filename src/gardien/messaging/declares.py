"""What this room says of its messages, and the clause that its gate keeps."""

from dataclasses import replace

from gardien.commitment.registry import Declaration, Exempt, Holding, Keeper, NotPersonal, Proof, Tidy, Withdrawal

from . import actions, queries


def _of(place: str, columns: tuple[str, ...], found_by: str, category: str = "derived:proof") -> Holding:
    uses, clock, also = (
        ("client.use.quote", "user.use.accounts"),
        "client.retention.messages",
        "user.retention.messages",
    )
    return Holding(place, columns, category, uses, clock, found_by, also=(also,))


DECLARATION = Declaration(
    holdings=(
        _of(
            "messaging.Message",
            (
                *("id", "subject", "purpose", "kind", "channel", "sender", "document_id", "document_sha256"),
                *("message_id", "state", "refused_cause", "attempts", "last_code"),
                *("prepared_at", "next_attempt_at", "ended_at"),
            ),
            "subject",
        ),
        replace(
            _of("messaging.Message", ("recipient", "recipient_digest", "letter"), "subject", "email"), is_archived=False
        ),
        _of(
            "messaging.Attempt",
            ("id", "message_id", "number", "started_at", "ended_at", "outcome", "code"),
            "message.subject",
        ),
        _of("job:messaging.send", ("message",), "message.subject"),
        _of("file:outbox", ("message.eml",), "message_id", "email"),
    ),
    not_personal=(
        NotPersonal(
            "messaging.Message", ("controller_id", "document_kind", "version"), "whose, what kind, which commitment"
        ),
        NotPersonal("messaging.Attempt", ("controller_id",), "names the controller"),
        NotPersonal("job:messaging.send", ("controller",), "names the controller"),
    ),
    exempt=(
        Exempt(actions.finish, "writes what became of a message that had left before its person was restricted"),
        Exempt(actions.stop, "what is stopped is not used: a restriction asks for no less (GDPR, article 18(2))"),
    ),
    withdrawals=(Withdrawal(("client.use.quote", "client.use.storage"), actions.end_purpose),),
    tidies=(Tidy("file:outbox", actions.remove_files),),
    keepers=(Keeper("client.messages.email", actions.prepare),),
    proofs=(Proof("client.messages.email", queries.offers_to_customers, is_scoped=True),),
)
