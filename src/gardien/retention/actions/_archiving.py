"""The intermediate archive: what holds keep of people whose records go, field by field, and its end.

Field subtraction (privacy.md, rule 4): of a person whose time under a clause is over, a hold keeps the columns of its
one category that lie under this clause, sealed, and nothing else; the sweep then deletes every row. What a hold kept
goes when it ends, whatever the person's other holds keep.
"""

import json
from base64 import b64encode
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db.models import QuerySet

from gardien.base import ids, ledger, scope
from gardien.base.actor import Actor
from gardien.commitment.registry import registry
from gardien.journal import actions as journal
from gardien.standing import queries as standing
from gardien.standing.models import Archived, Closure, Hold

from ..queries import archive
from ..rules import Leaving, Tag

_REFERENCES: Final = ("reference", "subject")
"""The columns by which a row is some person's: a look-up that ends elsewhere leads to nobody by their reference."""
_BATCH: Final = 1000
LET_GO: Final = "retention.let_go"
"""The kind of the ledger's lines about holds of which all that they kept is gone."""
HOLDS_GONE: Final = "retention.holds_gone"
"""The kind of the ledger's lines about ended holds that are gone themselves; with them go the keys of their terms."""

Rows = dict[str, list[dict[str, Any]]]
"""Rows by place, with the columns of one category."""


def keep(people: Sequence[Leaving], *, clause: str, as_of: date, at: datetime) -> None:
    """Seal what live holds keep of people whose time under a clause is over, before their rows are deleted.

    Runs in the scope and the transaction that deletes, with at most 5,000 people; done twice, it is done once. Holds of
    a merged group take the rows of all its references. Of restricted people nothing is taken: their rows stay.
    """
    owners = {reference: person for person in people for reference in person.references}
    by_category: dict[str, list[Hold]] = defaultdict(list)
    for hold in _live(people, clause, as_of):
        by_category[hold.category].append(hold)
    for category, holds in by_category.items():
        held = {owners[hold.subject].head for hold in holds}
        heads = {reference: person.head for reference, person in owners.items() if person.head in held}
        found = _rows(clause, category, heads)
        archived = [
            _archived(hold, owner, clause, found[owner.head], at)
            for hold in holds
            if (owner := owners[hold.subject]).head in found
        ]
        Archived.objects.bulk_create(archived, batch_size=_BATCH, ignore_conflicts=True)


def release(*, as_of: date, by: Actor, at: datetime, only: Sequence[UUID] | None = None) -> int:
    """Delete what no hold keeps any more on a day in Paris, or some of it, and return of how many persons.

    The ended holds of people whose record is gone go too, once nothing archived hangs on them. Of restricted people
    all of it waits for the lift.
    """
    over = archive.unheld(as_of) if only is None else archive.unheld(as_of).filter(id__in=only)
    rows = list(over.order_by("id").select_for_update(of=("self",)).values_list("id", "subject", "hold_id"))
    heads = {hold_id: subject for _, subject, hold_id in rows}
    counted = _delete(Archived.objects.filter(id__in=[id_ for id_, _, _ in rows]), by, at)
    empty = heads.keys() - set(Archived.objects.filter(hold__in=heads).values_list("hold_id", flat=True))
    _tell(LET_GO, empty, at)
    _forget(heads, as_of, at)
    return counted


@scope.exempt
def let_go_again(subjects: Sequence[str], _: None, *, by: Actor, at: datetime) -> None:
    """Delete again, on a restored database, what holds had kept; a person may be restricted there who no more was."""
    _delete(Archived.objects.filter(hold__in=subjects), by, at)


@scope.exempt
def end_holds_again(subjects: Sequence[str], _: None, *, by: Actor, at: datetime) -> None:
    """Delete again, on a restored database, holds that were over, with what they keep there."""
    _delete(Archived.objects.filter(hold__in=subjects), by, at)
    Hold.objects.filter(id__in=subjects).delete()


def _delete(archived: QuerySet[Archived], by: Actor, at: datetime) -> int:
    """Delete what is archived, and return of how many persons."""
    counted = Counter(archived.values_list("subject", flat=True))
    archived.delete()
    journal.record_each(Tag.RELEASED, by=by, at=at, of=[(who, {"rows": rows}) for who, rows in counted.items()])
    return len(counted)


def _tell(kind: str, holds: Iterable[UUID], at: datetime) -> None:
    if subjects := sorted(str(each) for each in holds):
        ledger.write(kind, controller=scope.current(), subjects=subjects, at=at, is_erasure=kind == HOLDS_GONE)


def _forget(heads: Mapping[UUID, str], as_of: date, at: datetime) -> None:
    """Delete the ended holds of people whose record is gone and of whom they keep nothing any more.

    `heads` leads from holds that just let go to the reference under which they kept.
    """
    ended = Hold.objects.exclude(id__in=standing.live_holds(as_of).values("id")).values_list("id", "subject")
    theirs = {hold_id: {subject, heads.get(hold_id, subject)} for hold_id, subject in ended}
    subjects = set().union(*theirs.values())
    closed = set(Closure.objects.filter(subject__in=subjects).values_list("subject", flat=True))
    frozen = set(standing.restrictions().filter(subject__in=subjects).values_list("subject", flat=True))
    keeping = set(Archived.objects.filter(hold__in=theirs).values_list("hold_id", flat=True))
    gone = [each for each, who in theirs.items() if who & closed and not who & frozen and each not in keeping]
    _tell(HOLDS_GONE, gone, at)
    Hold.objects.filter(id__in=gone).delete()


def _live(people: Sequence[Leaving], clause: str, as_of: date) -> list[Hold]:
    """Return the holds that have not kept anything under this clause yet, but for those of restricted people."""
    references = [each for person in people for each in person.references]
    restricted = set(standing.restrictions().filter(subject__in=references).values_list("subject", flat=True))
    free = [each for person in people if restricted.isdisjoint(person.references) for each in person.references]
    holds = list(standing.live_holds(as_of).filter(subject__in=free).order_by("id"))
    kept = set(Archived.objects.filter(clause=clause, hold__in=holds).values_list("hold_id", flat=True))
    return [hold for hold in holds if hold.id not in kept]


def _rows(clause: str, category: str, heads: Mapping[str, str]) -> dict[str, Rows]:
    """Return the rows of one category under a clause by head and place; `heads` leads there from every reference."""
    found: dict[str, Rows] = defaultdict(lambda: defaultdict(list))
    for (place, found_by), columns in _columns(clause, category).items():
        manager = apps.get_model(place)._default_manager
        path = found_by.replace(".", "__")
        rows = manager.filter(**{f"{path}__in": heads}).order_by("pk").values_list(path, *columns)
        for reference, *values in rows.iterator(_BATCH):
            found[heads[reference]][place].append(dict(zip(columns, values, strict=True)))
    return found


def _columns(clause: str, category: str) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the columns of a category that may be archived under a clause, by place and look-up."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for holding in registry.holdings():
        leads = ":" not in holding.place and holding.found_by.rpartition(".")[2] in _REFERENCES
        if leads and holding.is_archived and holding.category == category and clause in holding.clocks:
            columns = tuple(each for each in holding.columns if "." not in each)
            key = holding.place, holding.found_by
            found[key] = (*found.get(key, ()), *columns)
    return found


def _archived(hold: Hold, owner: Leaving, clause: str, rows: Rows, at: datetime) -> Archived:
    id_ = ids.new()
    content = json.dumps(rows, default=_spelt, ensure_ascii=False).encode()
    return Archived(
        id=id_,
        subject=owner.head,
        hold=hold,
        clause=clause,
        sealed=settings.GARDIEN_KEYRING.seal(content, context=standing.archive_context(id_)),
        due_at=owner.due_at,
        archived_at=at,
    )


def _spelt(value: Any) -> str:
    """Spell what JSON has no form for: bytes in base64, instants and days as ISO 8601 has them, all else as text."""
    if isinstance(value, bytes | memoryview):
        return b64encode(value).decode()
    return value.isoformat() if isinstance(value, date) else str(value)
