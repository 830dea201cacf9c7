"""Importing price lists."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from gardien.base import scope
from gardien.base.actor import Actor
from gardien.catalogue.models import PriceList, QuarantinedLine
from gardien.catalogue.rules.price_list import read_price_list
from gardien.catalogue.rules.rejections import Rejected
from gardien.catalogue.rules.tags import Tag
from gardien.journal import actions as journal
from gardien.network import queries as network
from gardien.network.rules import PartyKind

from ._merging import Merge

_BATCH = 1_000


@transaction.atomic
def import_tyres(
    *, raw: bytes, file_name: str, supplier: str, currency: str | None, by: Actor, at: datetime
) -> PriceList:
    """Import a CSV or XLSX price list; every line read is imported, updated, unchanged or quarantined with its reason.

    `supplier` says whose article ids these are; `currency` names the currency of amounts without sign or
    column. Raises `rules.rejections.UnreadableList` when no line can be read; then nothing is written.
    """
    read = read_price_list(raw, currency)
    merge = Merge(supplier, read.rows)
    outcomes = Counter(merge.put(row).value for row in read.rows)
    price_list = PriceList.objects.create(
        file_name=file_name[:100],
        sha256=hashlib.sha256(raw).hexdigest(),
        supplier=supplier,
        currency=(currency or "").upper(),
        imported_at=at,
        read=read.read,
        quarantined=len(read.rejected),
        **{name: outcomes[name] for name in ("imported", "updated", "unchanged")},
    )
    merge.save(price_list)
    QuarantinedLine.objects.bulk_create((_quarantined(price_list, each) for each in read.rejected), batch_size=_BATCH)
    with scope.entered(network.central_party(PartyKind.NETWORK).id):
        journal.record(Tag.IMPORTED, by=by, at=at, price_list=price_list.id, file=price_list.sha256, read=read.read)
    return price_list


def _quarantined(price_list: PriceList, each: Rejected) -> QuarantinedLine:
    return QuarantinedLine(
        price_list=price_list,
        line=each.line,
        reason=each.reason.value,
        parameters=_texts(each.params),
        values=dict(each.values),
        text=each.text,
    )


def _texts(parameters: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in parameters.items()}
