"""Imports, and what they left in quarantine."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext

from gardien.catalogue.models import Listing, PriceList, QuarantinedLine
from gardien.catalogue.rules import rejections


class NoSuchListError(LookupError):
    """There is no such import."""


class NoSuchLineError(LookupError):
    """There is no such line, or it no longer waits."""


def price_lists() -> QuerySet[PriceList]:
    """Return the imports, the latest first."""
    return PriceList.objects.order_by("-imported_at", "id")


def price_list(identifier: UUID) -> PriceList:
    """Return an import; raise `NoSuchListError`."""
    found = PriceList.objects.filter(id=identifier).first()
    if found is None:
        raise NoSuchListError
    return found


def quarantine(price_list: PriceList) -> QuerySet[QuarantinedLine]:
    """Return the quarantined lines of an import, in the file's order; mended ones are not among them."""
    return price_list.quarantine.exclude(state=QuarantinedLine.State.MENDED).order_by("line")


def waiting_line(identifier: UUID) -> QuarantinedLine:
    """Return a line that waits, with its import; raise `NoSuchLineError`."""
    found = QuarantinedLine.objects.select_related("price_list").filter(id=identifier, state="waiting").first()
    if found is None:
        raise NoSuchLineError
    return found


def brought_by(price_list: PriceList) -> Collection[str]:
    """Return the supplier's ids that this import was the last to bring."""
    return set(Listing.objects.filter(price_list=price_list).values_list("source_id", flat=True))


def reason(line: QuarantinedLine) -> str:
    """Return why a line was set aside and what to do, in the reader's language."""
    sentence: str = gettext(rejections.LineRefused(line.reason).msgid) % line.parameters
    return sentence
