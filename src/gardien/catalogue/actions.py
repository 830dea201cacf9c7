"""Importing price lists."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from gardien.base import scope
from gardien.base.actor import Actor
from gardien.journal import actions as journal
from gardien.network import queries as network
from gardien.network.rules import PartyKind

from .models import Article, PriceList, QuarantinedLine
from .rules.price_list import Row, read_price_list
from .rules.tags import Tag

_BATCH = 1_000
_FIELDS = tuple(
    field.name
    for field in Article._meta.local_fields
    if field.name not in {"id", "supplier", "source_id", "price_list"}
)


@transaction.atomic
def import_tyres(
    *, raw: bytes, file_name: str, supplier: str, currency: str | None, by: Actor, at: datetime
) -> PriceList:
    """Import a CSV price list; every line read is imported, updated, unchanged or in quarantine with its reason.

    `supplier` says whose article ids these are; `currency` names the currency of amounts without sign or
    column. Raises `rules.rejections.UnreadableList` when no line can be read; then nothing is written.
    """
    read = read_price_list(raw, currency)
    new, changed = _compared(read.rows, supplier)
    price_list = PriceList.objects.create(
        file_name=file_name[:100],
        sha256=hashlib.sha256(raw).hexdigest(),
        supplier=supplier,
        currency=currency or "",
        imported_at=at,
        read=read.read,
        imported=len(new),
        updated=len(changed),
        unchanged=len(read.rows) - len(new) - len(changed),
        quarantined=len(read.rejected),
    )
    _write(price_list, new, changed)
    QuarantinedLine.objects.bulk_create(
        (
            QuarantinedLine(
                price_list=price_list, line=each.line, reason=each.reason.value, parameters=_texts(each.params)
            )
            for each in read.rejected
        ),
        batch_size=_BATCH,
    )
    with scope.entered(network.central_party(PartyKind.NETWORK).id):
        journal.record(Tag.IMPORTED, by=by, at=at, price_list=price_list.id, file=price_list.sha256, read=read.read)
    return price_list


def _compared(rows: Iterable[Row], supplier: str) -> tuple[list[Article], list[Article]]:
    """Return the articles to add and the known ones that changed, with their new values; nothing is saved."""
    known = {article.source_id: article for article in Article.objects.filter(supplier=supplier)}
    new: list[Article] = []
    changed: list[Article] = []
    for row in rows:
        values = _values(row)
        article = known.get(row.source_id)
        if article is None:
            new.append(Article(supplier=supplier, source_id=row.source_id, **values))
        elif any(getattr(article, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(article, name, value)
            changed.append(article)
    return new, changed


def _write(price_list: PriceList, new: Iterable[Article], changed: Iterable[Article]) -> None:
    for article in (*new, *changed):
        article.price_list = price_list
    Article.objects.bulk_create(new, batch_size=_BATCH)
    Article.objects.bulk_update(changed, [*_FIELDS, "price_list"], batch_size=_BATCH)


def _texts(parameters: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in parameters.items()}


def _values(row: Row) -> dict[str, object]:
    tyre = row.designation
    return {
        "ean": row.ean,
        "brand": row.brand,
        "pattern": row.pattern,
        "designation": row.designation_text,
        "season": row.season or "",
        "size_key": tyre.size_key,
        "load_index": tyre.load_index,
        "load_index_twin": tyre.load_index_twin,
        "speed_symbol": tyre.speed_symbol or "",
        "load_version": tyre.load_version.value,
        "is_run_flat": tyre.is_run_flat,
        "oe_marks": " ".join(tyre.oe_marks)[:40],
        "price": row.price,
        "currency": row.currency,
    }
