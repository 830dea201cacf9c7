"""Two records that are one person's: joined under the one that is kept, and parted again.

An absorbed record keeps its reference and all that is its own; `merged_into` names the record that is kept in the end,
and the merges in force say who absorbed whom. No other room repoints anything.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from gardien.base.actor import Actor
from gardien.journal import actions as journal

from .. import queries
from ..models import Customer, Merge
from ..rules import Tag, kept
from . import _locks, _search


class SamePersonError(ValueError):
    """A record is merged with another one, not with itself."""


@transaction.atomic
def merge(*, kept_id: UUID, absorbed_id: UUID, by: Actor, at: datetime) -> Merge:
    """Join two persons' records, and all that were merged into either, under the record kept for the first.

    Records that are one person's already stay as they are, and the merge that joined them is returned: of two advisers
    who merge the same two at once, either way round, the first is followed. Raises `SamePersonError` for one record
    twice, and `NoSuchCustomerError`.
    """
    assert by.id is not None  # noqa: S101 -- only people know who is who; narrows the type
    if kept_id == absorbed_id:
        raise SamePersonError
    _locks.groups()
    kept_group, absorbed_group = queries.group(kept_id), queries.group(absorbed_id)
    _locks.records(record.id for record in (*kept_group, *absorbed_group))
    into, absorbed = kept_group[0], absorbed_group[0]
    if into.id == absorbed.id:
        in_force = Merge.objects.filter(undone_at=None, absorbed__in=[kept_id, absorbed_id])
        joined = {each.absorbed_id: each for each in in_force}
        return joined.get(absorbed_id) or joined[kept_id]
    done = Merge.objects.create(kept=into, absorbed=absorbed, merged_at=at, merged_by_id=by.id)
    Customer.objects.filter(id__in=[record.id for record in absorbed_group]).update(merged_into=into)
    _search.write(into)
    journal.record(Tag.MERGED, by=by, at=at, subject=into.reference, absorbed=absorbed.reference, merge=done.id)
    return done


@transaction.atomic
def undo_merge(*, merge_id: UUID, by: Actor, at: datetime) -> Merge:
    """Part what a merge joined; what other merges joined stays joined, and a merge undone stays undone.

    Raises `NoSuchMergeError`, as of a person who is restricted.
    """
    assert by.id is not None  # noqa: S101 -- as for a merge
    _locks.groups()
    undone = Merge.objects.select_related("kept", "absorbed").filter(id=merge_id).first()
    if undone is None:
        raise queries.NoSuchMergeError
    if undone.undone_at is not None:
        return undone
    records = _locks.records(record.id for record in queries.group(undone.kept_id))
    undone.undone_at, undone.undone_by_id = at, by.id
    undone.save(update_fields=["undone_at", "undone_by_id"])
    _point_to_kept(records)
    references = {"subject": undone.kept.reference, "absorbed": undone.absorbed.reference}
    journal.record(Tag.MERGE_UNDONE, by=by, at=at, merge=undone.id, **references)
    return undone


@transaction.atomic
def part_again(*, subjects: Sequence[str], by: Actor, at: datetime) -> None:
    """Part the records of these references from all others of their groups, as they were parted after a backup.

    The merges between the two are gone: they go with a record, and these records are erased next. Whoever is left of a
    group stays joined as the other merges say.
    """
    _locks.groups()
    going = dict(Customer.objects.filter(reference__in=subjects).values_list("id", "merged_into_id"))
    ends = {into or each for each, into in going.items()}
    of_groups = Customer.objects.filter(Q(id__in=ends) | Q(merged_into__in=ends))
    split = {each.merged_into_id or each.id for each in of_groups.exclude(id__in=going)}
    records = _locks.records(of_groups.filter(Q(id__in=split) | Q(merged_into__in=split)).values_list("id", flat=True))
    in_force = Merge.objects.select_related("kept", "absorbed").filter(undone_at=None, absorbed__in=records)
    for merge in in_force.order_by("id"):
        if (merge.kept_id in going) != (merge.absorbed_id in going):
            references = {"subject": merge.kept.reference, "absorbed": merge.absorbed.reference}
            journal.record(Tag.MERGE_UNDONE, by=by, at=at, merge=merge.id, **references)
            merge.delete()
    _point_to_kept(records)


def _point_to_kept(records: dict[UUID, Customer]) -> None:
    """Let each of the records name the one that is kept by the merges in force."""
    in_force = Merge.objects.filter(undone_at=None, absorbed__in=records)
    ends = kept(dict(in_force.values_list("absorbed_id", "kept_id")))
    for record in records.values():
        record.merged_into_id = ends.get(record.id)
        record.save(update_fields=["merged_into"])
    for record in records.values():
        if record.merged_into_id is None:
            _search.write(record)
