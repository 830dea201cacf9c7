"""Named reads of the catalogue."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext

from .models import Article, PriceList, QuarantinedLine
from .rules import rejections
from .rules.designation import parse_size_query

LIMIT = 60


class NoSuchArticleError(LookupError):
    """The catalogue has no such article."""


def article(identifier: UUID) -> Article:
    """Return an article; raise `NoSuchArticleError`."""
    found = Article.objects.filter(id=identifier).first()
    if found is None:
        raise NoSuchArticleError
    return found


def search(size: str) -> list[Article]:
    """Return at most `LIMIT` tyres of a size typed in any spelling, the cheapest first, those in euros before others.

    A load index asks for at least that index, a speed symbol for that symbol. A text that is no size finds nothing.
    """
    query = parse_size_query(size)
    if query is None:
        return []
    found = Article.objects.filter(size_key=query.size_key)
    if query.load_index is not None:
        found = found.filter(load_index__gte=query.load_index)
    if query.speed_symbol is not None:
        found = found.filter(speed_symbol=query.speed_symbol)
    euros = list(found.filter(currency="EUR").order_by("price", "id")[:LIMIT])
    others = found.exclude(currency="EUR").order_by("price", "id")[: LIMIT - len(euros)]
    return euros + list(others)


def label(found: Article) -> str:
    """Return an article as a quote's line names it, at most 200 characters."""
    return " ".join(filter(None, (found.brand, found.pattern, found.designation)))[:200]


def price_lists() -> QuerySet[PriceList]:
    """Return the imports with their quarantined lines, the latest first."""
    return PriceList.objects.prefetch_related("quarantine").order_by("-imported_at", "id")


def quarantine(price_list: PriceList) -> QuerySet[QuarantinedLine]:
    """Return the quarantined lines of an import, in the file's order."""
    return price_list.quarantine.order_by("line")


def reason(line: QuarantinedLine) -> str:
    """Return why a line was set aside and what to do, in the reader's language."""
    sentence: str = gettext(rejections.LineRefused(line.reason).msgid) % line.parameters
    return sentence
