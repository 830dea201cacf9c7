"""What is left of the quotes of persons who are forgotten."""

from typing import Any

from django.db.models import DateField, F, FilteredRelation, Q, QuerySet, Value
from django.db.models.functions import Coalesce, TruncMonth

from gardien.base.clock import PARIS
from gardien.customers.queries.departments import department

from ..models import Quote, QuoteLine
from ..rules.vocabulary import State

_NOT_OFFERED = (State.DRAFT, State.SUPERSEDED, State.CANCELLED)
_OF_THE_AMOUNT = Q(lines__option=0) | Q(chosen_option=None) | Q(lines__option=F("chosen_option"))


def rows() -> QuerySet[Quote, Any]:
    """Return subject, month of issue in Paris, department, tyre size and amount of each quote that was offered.

    A quote counts once: by its last revision, and not if that was cancelled. Where it has options, size and amount are
    those of the one accepted, else of the first. The size is that of the most numerous tyres, empty without tyres.
    """
    tyres = Q(lines__kind=QuoteLine.Kind.TYRE)
    offered = Quote.objects.exclude(state__in=_NOT_OFFERED)
    joined = offered.annotate(tyre=FilteredRelation("lines", condition=tyres & _OF_THE_AMOUNT))
    ordered = joined.order_by("customer__reference", "id", "tyre__option", "-tyre__quantity", "tyre__position")
    # The reference comes first, so that the database looks at the persons asked for only.
    return ordered.distinct("customer__reference", "id").values(
        subject=F("customer__reference"),
        month=TruncMonth("issued_at", tzinfo=PARIS, output_field=DateField()),
        department=department("customer__"),
        size=Coalesce("tyre__article__size_key", Value("")),
        amount=F("total_ttc"),
    )
