"""What this room says of quotes, and the clause they keep."""

from dataclasses import replace

from gardien.commitment.registry import (
    Activity,
    Declaration,
    Defer,
    Exempt,
    Holding,
    Keeper,
    NotPersonal,
    Proof,
    Twin,
    Withdrawal,
)
from gardien.standing.rules import Event

from . import actions, queries
from .queries import twins
from .rules.vocabulary import PURPOSE


def _of(place: str, columns: tuple[str, ...], found_by: str) -> Holding:
    return Holding(place, columns, "derived:quote", ("client.use.quote",), "client.retention.quotes", found_by)


DECLARATION = Declaration(
    holdings=(
        _of(
            "quotes.Quote",
            (
                *("id", "draft_key", "customer_id", "vehicle_id", "mileage", "author_id", "state", "number", "rank"),
                *("drafted_at", "issued_at", "answered_at", "cancelled_at", "cancel_reason"),
                *("sent_at", "revises_id", "chosen_option", "refusal_reason", "late_reason", "reused_parts"),
                *("valid_until_date", "total_ht", "total_vat", "total_ttc"),
            ),
            "customer.reference",
        ),
        _of(
            "quotes.QuoteLine",
            (
                *("id", "quote_id", "line_key", "label", "detail", "quantity", "unit_price", "discount", "article_id"),
                *("option", "family", "label_excuse"),
            ),
            "quote.customer.reference",
        ),
        _of(
            "quotes.QuoteOption",
            ("id", "quote_id", "option", "total_ht", "total_vat", "total_ttc"),
            "quote.customer.reference",
        ),
        _of(
            "quotes.QuoteDocument",
            ("id", "quote_id", "sha256", "verso_sha256", "replaced", "made_at"),
            "quote.customer.reference",
        ),
        replace(_of("quotes.QuoteDocument", ("sealed",), "quote.customer.reference"), is_archived=False),
        _of("job:quotes.verify", ("quote",), "quote.customer.reference"),
    ),
    not_personal=(
        NotPersonal(
            "quotes.Quote",
            ("tenant_id", "site_id", "year", "rounding_policy", "revision"),
            "the repairer's, not a person's",
        ),
        NotPersonal("quotes.QuoteLine", ("tenant_id", "position", "kind", "vat_rate"), "the form of the line"),
        NotPersonal("quotes.QuoteOption", ("tenant_id",), "names the repairer"),
        NotPersonal("quotes.Counter", ("*",), "counts a repairer's quotes of a year"),
        NotPersonal(
            "quotes.QuoteDocument", ("tenant_id", "version", "verified_at"), "which commitment, and the store's health"
        ),
        NotPersonal("job:quotes.verify", ("tenant",), "names the repairer"),
        NotPersonal("job:quotes.expire", ("timestamp",), "when it was due"),
        NotPersonal("job:quotes.expire_of", ("tenant",), "names the repairer"),
    ),
    activity=(
        Activity(Event.QUOTE_ISSUED, actions.issue),
        Activity(Event.QUOTE_ACCEPTED, actions.accept),
        Activity(Event.QUOTE_ACCEPTED, actions.accept_late),
        Activity(Event.QUOTE_REFUSED, actions.refuse),
    ),
    exempt=(Exempt(actions.mark_verified, "looks after the stored bytes: storage goes on (GDPR, article 18(2))"),),
    defers=(Defer("contract", ("client.retention.quotes",), queries.on_contract, is_of_endings=True),),
    withdrawals=(Withdrawal((PURPOSE,), actions.end_use),),
    twins=(Twin("quote", "client", twins.rows),),
    keepers=(
        Keeper("client.notice.verso", actions.issue),
        Keeper("client.basis.consent", actions.end_use),
    ),
    proofs=(
        Proof("client.notice.verso", queries.issued_without_verso, is_scoped=True),
        Proof("client.basis.consent", queries.open_after_a_no, is_scoped=True),
    ),
)
