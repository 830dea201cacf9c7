"""How rows become articles and listings: which is the same tyre, whose facts count, whose price stands in front."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

from django.db import connection, models

from gardien.base import text
from gardien.catalogue.models import Article, Listing, PriceList
from gardien.catalogue.rules.label import LabelStatus, speed_kmh
from gardien.catalogue.rules.price_list import Lifecycle, Row

_BATCH = 1_000
_LABEL = (
    "fuel_efficiency", "wet_grip", "noise_class", "noise_db", "has_snow_grip", "has_ice_grip",
    "regulation", "label_status", "label_exemption", "eprel_id",
)  # fmt: skip
_TERMS = ("price", "currency", "lifecycle", "valid_from_date", "eco_fee")
_FRONT = ("supplier", "source_id", *_TERMS)


class Outcome(StrEnum):
    """What a row was: a tyre not known so far, a known one with something new, or nothing new."""

    IMPORTED = "imported"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


class Merge:
    """The rows of one supplier, laid beside what is known; nothing is saved before `save`.

    A row is the article of its EAN; without one, or where that EAN is new, the article that the supplier listed under
    the same id, unless that one bears another EAN. An article that its last supplier leaves behind is ended.
    """

    def __init__(self, supplier: str, rows: Sequence[Row]) -> None:
        with connection.cursor() as cursor:  # two imports at once would both find a tyre new
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('catalogue_article'))")
        self.supplier = supplier
        own = Listing.objects.filter(supplier=supplier, source_id__in=[row.source_id for row in rows])
        self.own = {listing.source_id: listing for listing in own}
        named = Article.objects.filter(ean__in=[row.ean for row in rows if row.ean])
        listed = Article.objects.filter(id__in=[listing.article_id for listing in self.own.values()])
        self.articles = {article.id: article for article in (*listed, *named)}
        self.by_ean = {article.ean: article for article in self.articles.values() if article.ean}
        self.listings: defaultdict[Any, dict[Any, Listing]] = defaultdict(dict)
        own_ids = {listing.id: listing for listing in self.own.values()}
        for listing in Listing.objects.filter(article_id__in=list(self.articles)):
            self.listings[listing.article_id][listing.id] = own_ids.get(listing.id, listing)
        self.new_articles: list[Article] = []
        self.new_listings: list[Listing] = []
        self.changed_articles: dict[Any, Article] = {}
        self.changed_listings: dict[Any, Listing] = {}
        self.seen: list[Any] = []

    def put(self, row: Row) -> Outcome:
        """Take one row in, and say what it was."""
        listing = self.own.get(row.source_id)
        held = self.articles[listing.article_id] if listing else None
        article = self._meant(row, held)
        if article is None:
            article = Article(described_by=self.supplier)
            self.articles[article.id] = article
            self.new_articles.append(article)
            outcome = Outcome.IMPORTED
        else:
            outcome = Outcome.UNCHANGED
        is_changed = self._describe(article, row)
        is_changed |= self._list(listing, article, row)
        is_changed |= _put_in_front(article, self.listings[article.id].values())
        if held is not None and held is not article and _put_in_front(held, self.listings[held.id].values()):
            self.changed_articles[held.id] = held
        if outcome is Outcome.UNCHANGED and is_changed:
            self.changed_articles[article.id] = article
            outcome = Outcome.UPDATED
        return outcome

    def save(self, price_list: PriceList) -> None:
        """Write what is new and what changed, as of this list."""
        for each in (*self.new_articles, *self.changed_articles.values()):
            each.price_list = price_list
        for listing in (*self.new_listings, *self.changed_listings.values()):
            listing.price_list = price_list
        Article.objects.bulk_create(self.new_articles, batch_size=_BATCH)
        _overwrite(Article, list(self.changed_articles.values()))
        Listing.objects.bulk_create(self.new_listings, batch_size=_BATCH)
        _overwrite(Listing, list(self.changed_listings.values()))
        Listing.objects.filter(id__in=self.seen).update(price_list=price_list)

    def _meant(self, row: Row, held: Article | None) -> Article | None:
        if not row.ean:
            return held
        known = self.by_ean.get(row.ean)
        if known is None and held is not None and not held.ean:
            known = held
        return known

    def _describe(self, article: Article, row: Row) -> bool:
        """Write the row's facts: all of them if this supplier describes the article, else those that are missing."""
        facts = _facts(row)
        if article.described_by != self.supplier:
            is_unlabelled = article.label_status == LabelStatus.MISSING != facts["label_status"]
            wanted = {"ean", "season"} | (set(_LABEL) if is_unlabelled else set())
            facts = {name: value for name, value in facts.items() if name in wanted}
            facts = {name: value for name, value in facts.items() if name in _LABEL or not getattr(article, name)}
        if not row.ean:
            facts.pop("ean", None)
        else:
            self.by_ean[row.ean] = article
        return _write(article, facts)

    def _list(self, listing: Listing | None, article: Article, row: Row) -> bool:
        terms = {name: getattr(row, name) for name in ("price", "currency", "valid_from_date", "eco_fee")}
        terms["lifecycle"] = row.lifecycle.value if row.lifecycle else ""
        if listing is None:
            listing = Listing(article=article, supplier=self.supplier, source_id=row.source_id, **terms)
            self.own[row.source_id] = self.listings[article.id][listing.id] = listing
            self.new_listings.append(listing)
            return True
        if listing.article_id != article.id:
            del self.listings[listing.article_id][listing.id]
            self.listings[article.id][listing.id] = listing
            terms["article"] = article
        is_changed = _write(listing, terms)
        if is_changed:
            self.changed_listings[listing.id] = listing
        else:
            self.seen.append(listing.id)
        return is_changed


def _put_in_front(article: Article, listings: Iterable[Listing]) -> bool:
    front = min(listings, key=lambda each: (each.currency != "EUR", each.price, each.supplier, each.id), default=None)
    if front is None:
        return _write(article, {"lifecycle": Lifecycle.ENDED.value})
    return _write(article, {name: getattr(front, name) for name in _FRONT})


def _write(row: models.Model, values: dict[str, Any]) -> bool:
    """Set the values that differ, and say whether one did."""
    different = {name: value for name, value in values.items() if getattr(row, name, None) != value}
    for name, value in different.items():
        setattr(row, name, value)
    return bool(different)


def _overwrite(model: type[models.Model], rows: list[Any]) -> None:
    names = [field.name for field in model._meta.local_fields if not field.primary_key]
    if rows:
        model._default_manager.bulk_create(
            rows, batch_size=_BATCH, update_conflicts=True, unique_fields=["id"], update_fields=names
        )


def _facts(row: Row) -> dict[str, Any]:
    tyre, label = row.designation, row.label
    return {
        "ean": row.ean,
        "brand": row.brand,
        "brand_key": text.fold(row.brand)[:200],
        "pattern": row.pattern,
        "designation": row.designation_text,
        "words_key": text.fold(f"{row.brand} {row.pattern} {row.designation_text}"),
        "season": row.season.value if row.season else "",
        "size_key": tyre.size_key,
        "rim_inch": tyre.rim_inch,
        "load_index": tyre.load_index,
        "load_index_twin": tyre.load_index_twin,
        "speed_symbol": tyre.speed_symbol or "",
        "speed_kmh": speed_kmh(tyre.speed_symbol),
        "load_version": tyre.load_version.value,
        "is_run_flat": tyre.is_run_flat,
        "run_flat_text": tyre.run_flat_text[:60],
        "has_mud_snow_mark": tyre.has_mud_snow_mark,
        "oe_marks": list(tyre.oe_marks),
        "tyre_class": label.tyre_class,
        "label_status": label.status.value,
        "label_exemption": (label.exemption or "") if label.status is LabelStatus.EXEMPT else "",
        **{name: getattr(label, name) for name in _LABEL if not name.startswith("label_")},
    }
