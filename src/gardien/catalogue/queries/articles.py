"""Finding tyres."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Min, OuterRef, QuerySet, Subquery

from gardien.base import text
from gardien.catalogue.models import Article, BrandTier
from gardien.catalogue.rules.designation import parse_size_query
from gardien.catalogue.rules.label import speed_kmh

LIMIT = 60
_GRADES = "ABCDEFG"


class NoSuchArticleError(LookupError):
    """The catalogue has no such article."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a tyre must have beside its size; what is empty, None or False asks for nothing.

    `load_index` and `speed_symbol` ask for at least that; `fuel_efficiency` and `wet_grip` for that class or a better
    one. `oe_mark` is a car maker's mark such as J.
    """

    load_index: int | None = None
    speed_symbol: str = ""
    season: str = ""
    brand: str = ""
    oe_mark: str = ""
    fuel_efficiency: str = ""
    wet_grip: str = ""
    is_labelled: bool = False
    has_snow_grip: bool = False
    is_run_flat: bool = False


NOTHING = Filters()


def article(identifier: UUID) -> Article:
    """Return an article; raise `NoSuchArticleError`."""
    found = Article.objects.filter(id=identifier).first()
    if found is None:
        raise NoSuchArticleError
    return found


def search(size: str, filters: Filters = NOTHING) -> list[Article]:
    """Return at most `LIMIT` tyres of a size typed in any spelling, the cheapest first, those in euros before others.

    Each bears its brand's tier as `brand_tier`, None where the network placed no such brand; all in one statement.

    A load index asks for at least that index, a speed symbol for at least that speed, any other word for a word of the
    brand, pattern or designation that begins so. A text that is no size finds nothing.
    """
    query = parse_size_query(size)
    if query is None:
        return []
    tier = BrandTier.objects.filter(brand_key=OuterRef("brand_key")).values("tier")
    found = _filtered(Article.objects.filter(size_key=query.size_key).annotate(brand_tier=Subquery(tier)), filters)
    found = _at_least(found, query.load_index, query.speed_symbol or "")
    for word in text.words(" ".join(query.words)):
        found = found.extra(where=["(' ' || words_key) LIKE %s"], params=[f"% {word}%"])
    euros, others = found.filter(currency="EUR"), found.exclude(currency="EUR")
    both = euros.order_by("price", "id")[:LIMIT].union(others.order_by("price", "id")[:LIMIT], all=True)
    return sorted(both, key=lambda each: (each.currency != "EUR", each.price, each.id))[:LIMIT]


def label(found: Article) -> str:
    """Return an article as a quote's line names it, at most 200 characters."""
    return " ".join(filter(None, (found.brand, found.pattern, found.designation)))[:200]


def brand_keys() -> Collection[str]:
    """Return the folded brands of the catalogue."""
    return set(Article.objects.order_by().values_list("brand_key", flat=True).distinct())


def brands() -> list[dict[str, object]]:
    """Return each brand once: `brand_key`, one spelling as `brand`, `count` of articles, `tier` or an empty text."""
    tiers = dict(BrandTier.objects.values_list("brand_key", "tier"))
    found = Article.objects.order_by().values("brand_key").annotate(count=Count("id"), brand=Min("brand"))
    return [{**row, "tier": tiers.get(row["brand_key"], "")} for row in found.order_by("brand_key")]


def _filtered(found: QuerySet[Article], filters: Filters) -> QuerySet[Article]:
    found = _at_least(found, filters.load_index, filters.speed_symbol)
    for name, wanted in (("fuel_efficiency", filters.fuel_efficiency), ("wet_grip", filters.wet_grip)):
        if wanted:
            found = found.filter(**{f"{name}__in": _GRADES.partition(wanted.upper())[0] + wanted.upper()[:1]})
    asked = {
        "season": filters.season,
        "brand_key": text.fold(filters.brand),
        "oe_marks__contains": [filters.oe_mark.upper()] if filters.oe_mark else [],
        "label_status": "graded" if filters.is_labelled else "",
        "has_snow_grip": filters.has_snow_grip,
        "is_run_flat": filters.is_run_flat,
    }
    return found.filter(**{name: value for name, value in asked.items() if value})


def _at_least(found: QuerySet[Article], load_index: int | None, speed_symbol: str) -> QuerySet[Article]:
    if load_index is not None:
        found = found.filter(load_index__gte=load_index)
    if speed_symbol:
        found = found.filter(speed_kmh__gte=speed_kmh(speed_symbol.upper()))
    return found
