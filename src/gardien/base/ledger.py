"""The ledger of what a restored backup must give up again: erasures, corrections, objections, holds.

A line is written in the transaction of what it tells: to the files (`ledger_files`) as intended, before anything is
destroyed, and as a mark to the database. The commit is then told to the files. So of each line one can say:

- the mark is there: it was committed. If its end was not told (the process was killed after the commit), `reconcile`
  tells it.
- the mark is not there, and its transaction is over in this very database: it was rolled back, and is void for ever.
- the file says done, and the mark is not there: the database was restored from before it. It must be done again.
- its end was never told, and its database is gone: nobody knows. It is shown, and not done again.

That is a difference of two sets, whatever was committed while a backup was made: what the backup's snapshot saw has
its mark in it. Lines are done again in the order in which they were intended: each is written once its rows are locked,
so that of two about one person the later intended is the later committed.
"""

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from . import ids, scope
from .ledger_files import KeyGone, LedgerFolder, Line
from .models import LedgerMark

Apply = Callable[[Line, dict[str, Any] | None], None]
"""Does a line again with its values, None if it keeps none."""

_again: ContextVar[Line | None] = ContextVar("gardien_ledger_again", default=None)
"""The line that is being done again: what is done then is told already."""

_HERE = """
    SELECT system_identifier || '/' || (SELECT oid FROM pg_database WHERE datname = current_database()),
           pg_current_xact_id()::text
    FROM pg_control_system()"""
_STATUS = """
    SELECT t, CASE WHEN t::xid8 < pg_current_xact_id() THEN pg_xact_status(t::xid8) ELSE 'to come' END
    FROM unnest(%s::text[]) t"""


class NoTransactionError(RuntimeError):
    """A line is written in the transaction of what it tells."""


class KeyLostError(Exception):
    """A line cannot be done again: its key is gone, and no line tells that its person was erased."""

    def __init__(self, line: Line) -> None:
        """Name the line."""
        super().__init__(
            f"Line {line.id} of the ledger cannot be done again: its key is gone, and nobody was erased. The backup is "
            f"older than those that the ledger is kept for, or the folder of the ledger is not whole: restore it, or "
            f"take a later backup"
        )


@dataclass(frozen=True)
class Standing:
    """How the ledger and the database stand to each other; all is well if there is nothing but `torn` and `unknown`.

    `unreplayed` must be done again. `lacking` are marks of lines that the files should have, and `strays` ends of lines
    that they do not have. `is_too_old` if lines were removed that this database has not seen.
    """

    unreplayed: tuple[Line, ...]
    unknown: tuple[Line, ...]
    lacking: int
    strays: int
    torn: int
    is_too_old: bool


def write(
    kind: str,
    *,
    controller: UUID,
    subjects: Sequence[str],
    at: datetime,
    values: dict[str, Any] | None = None,
    is_erasure: bool = False,
) -> UUID:
    """Write a line in the present transaction, in which the rows that it is about are locked; return its id.

    `subjects` are references or ids, never a name. `values`, of a line about one subject, are sealed under that
    subject's key. An erasure destroys, at the commit, the keys of its subjects. A line that cannot be written is an
    `OSError`: nothing may be destroyed then. While a line is done again, none is written. Raises `NoTransactionError`.
    """
    if not connection.in_atomic_block:
        raise NoTransactionError
    if (again := _again.get()) is not None:
        return again.id
    files, line_id = _files(), ids.new()
    database, present = _here()
    line = Line(line_id, kind, controller, database, present, at, tuple(subjects), is_erasure, sealed="", begins=0)
    files.intend(line, values)
    LedgerMark.objects.create(id=line_id)

    def told() -> None:
        _done(files, line)

    transaction.on_commit(told, robust=True)
    return line_id


def forget(subjects: Sequence[str]) -> None:
    """Destroy the keys of persons: what lines keep of them can no longer be read."""
    _files().forget(subjects)


def position() -> int:
    """Return how many bytes of the ledger were ever written."""
    return _files().position()


def reconcile() -> None:
    """Tell the ends that were not told: of processes killed after their commit, and of what was rolled back."""
    files = _files()
    pending = [line for line in files.read().lines if line.state == "intended"]
    if not pending:
        return
    with transaction.atomic():
        here, _ = _here()
        theirs = [line.transaction for line in pending if line.database == here]
        status = _statuses(theirs)  # before the marks: who commits in between has theirs
        committed = _marks(line.id for line in pending)
    for line in pending:
        fate = status.get(line.transaction) if line.database == here else "to come"
        if line.id in committed:
            _done(files, line)
        elif fate == "to come":
            files.end(line.id, "unknown")
        elif fate != "in progress":
            files.end(line.id, "void")


def standing() -> Standing:
    """Return how ledger and database stand to each other, after a `reconcile`; others may write meanwhile."""
    marks = set(LedgerMark.objects.values_list("id", flat=True))
    book = _files().read()  # after the marks: each of them has its line by now
    since = _marks(line.id for line in book.lines if line.id not in marks)
    told = {line.id for line in book.lines}
    removed = book.removed_mark
    return Standing(
        unreplayed=tuple(line for line in book.lines if line.state == "done" and line.id not in marks | since),
        unknown=tuple(line for line in book.lines if line.state == "unknown"),
        lacking=sum(removed is None or mark > removed for mark in marks - told),
        strays=len(book.strays),
        torn=book.torn,
        is_too_old=removed is not None and removed not in marks,
    )


def replay(apply: Apply) -> int:
    """Do again what a restored database has not seen, each line in its controller's scope; return how many lines.

    A line and its mark are one transaction, so that it may be cut short and begun again, and done by two at once. A
    correction of a person whom a line erases is left out once its key is gone. Raises `KeyLostError`.
    """
    lines = standing().unreplayed
    for line in lines:
        with scope.entered(line.controller):
            _, is_new = LedgerMark.objects.get_or_create(id=line.id)
            if is_new:
                _do_again(line, apply)
    return len(lines)


def prune(before: int) -> None:
    """Remove what every backup that is kept has seen: `before` is the position of the oldest."""
    files = _files()
    files.prune(before)
    book = files.read()
    if book.removed_mark is not None:
        kept = [line.id for line in book.lines if line.id < book.removed_mark]
        LedgerMark.objects.filter(id__lt=book.removed_mark).exclude(id__in=kept).delete()


def _do_again(line: Line, apply: Apply) -> None:
    files = _files()
    if line.is_erasure:
        transaction.on_commit(lambda: files.forget(line.subjects))
    try:
        values = files.values(line)
    except KeyGone:
        erasures = (each for each in files.read().lines if each.is_erasure and each.state in ("done", "unknown"))
        if any(line.subjects[0] in each.subjects for each in erasures):
            return
        raise KeyLostError(line) from None
    token = _again.set(line)
    try:
        apply(line, values)
    finally:
        _again.reset(token)


def _done(files: LedgerFolder, line: Line) -> None:
    """Tell that a line was committed; keys go first, so that a line that is done has destroyed what it had to."""
    if line.is_erasure:
        files.forget(line.subjects)
    files.end(line.id, "done")


def _here() -> tuple[str, int]:
    """Return which database this is, and the number of the present transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_HERE)
        database, present = cursor.fetchone()
    return database, int(present)


def _statuses(transactions: Sequence[int]) -> dict[int, str | None]:
    with connection.cursor() as cursor:
        cursor.execute(_STATUS, [[str(each) for each in transactions]])
        return {int(number): status for number, status in cursor.fetchall()}


def _marks(line_ids: Any) -> set[UUID]:
    return set(LedgerMark.objects.filter(id__in=list(line_ids)).values_list("id", flat=True))


def _files() -> LedgerFolder:
    files: LedgerFolder = settings.GARDIEN_LEDGER
    return files
