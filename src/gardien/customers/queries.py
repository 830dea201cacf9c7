"""Named reads of customers. Each sees the present repairer's customers only."""

from contextlib import suppress
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from gardien.base import text as base_text
from gardien.base.ids import parse_reference
from gardien.consent.models import Reading

from .models import Customer, SearchToken
from .rules import parse_email, parse_phone, parse_plate

LIMIT = 50
MOST_WORDS = 12


class NoSuchCustomerError(LookupError):
    """The present repairer has no such customer; another one's is none."""


def by_id(identifier: UUID) -> Customer:
    """Return a customer with their vehicles; raise `NoSuchCustomerError`."""
    found = Customer.objects.prefetch_related("vehicles").filter(id=identifier).first()
    if found is None:
        raise NoSuchCustomerError
    return found


def search(text: str) -> list[Customer]:
    """Return at most `LIMIT` customers, sorted by name, that bear every word of `text`.

    A word is the beginning of a name, or a phone, an e-mail address or a reference in any spelling; the whole
    text may also be the beginning of a plate, in groups or not. A text without a word finds nobody; of a long one
    the first `MOST_WORDS` words count.
    """
    whole, words = _whole(text), base_text.words(text)[:MOST_WORDS]
    found = _bearers(*whole) or _bearing_all(words) or _bearing_all(("".join(words),))
    return list(
        Customer.objects.filter(id__in=list(found)).prefetch_related("vehicles").order_by("sort_key", "id")[:LIMIT]
    )


def _whole(text: str) -> set[str]:
    """Return the tokens that `text` is when it is one plate, phone, e-mail address or reference."""
    tokens = {parse_reference(text) or ""}
    with suppress(base_text.Refused):
        tokens.add(parse_plate(text).canonical)
    with suppress(base_text.Refused):
        tokens.add(parse_phone(text).e164)
    with suppress(base_text.Refused):
        tokens.add(parse_email(text))
    return {token.lower() for token in tokens if token}


def _bearers(*tokens: str) -> set[UUID]:
    return set(SearchToken.objects.filter(token__in=tokens).values_list("customer_id", flat=True)[:LIMIT])


def _bearing_all(prefixes: tuple[str, ...]) -> set[UUID]:
    found: QuerySet[SearchToken, UUID] | None = None
    for prefix in filter(None, prefixes):
        bearers = SearchToken.objects.filter(_begins(prefix)).values_list("customer_id", flat=True)
        found = bearers if found is None else bearers.filter(customer_id__in=found)
    return set() if found is None else set(found.distinct()[:LIMIT])


def _begins(prefix: str) -> Q:
    """Return the range of tokens that begin with `prefix`, in the collation C."""
    return Q(token__gte=prefix, token__lt=f"{prefix}\U0010ffff")


def told_without_reading() -> tuple[int, int]:
    """Return how many customers the repairer has, and how many were recorded without the wording being read first."""
    readings = Reading.objects.filter(id=OuterRef("reading_id"), read_at__lte=OuterRef("told_at"))
    everyone = Customer.objects.all()
    return everyone.count(), everyone.filter(~Exists(readings)).count()
