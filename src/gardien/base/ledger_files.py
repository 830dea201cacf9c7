"""The ledger's files: a folder outside the database and its backups, in which lines are appended and never changed.

`2026-11.jsonl` is a segment: the lines begun in that month, one JSON object each. A line is told twice: as it is
intended, with all that it says, and how it ended: done, void or unknown. Of a person whose values a line keeps there is
`keys/<reference>.key`, a key of their own, sealed under the envelope; with it goes what it opens.
`removed.json` says up to where segments were removed. One process at a time writes, under a lock on `lock`.

A line whose text is no JSON was cut by a loss of power: its writer never went on, so it says nothing.
"""

import base64
import fcntl
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal
from uuid import UUID

from . import _ledger_keys, crypto

State = Literal["intended", "done", "void", "unknown"]
"""How a line ended: not told yet, committed, rolled back, or in a database that is no more before it was told."""

_NEWLINE: Final = b"\n"


class KeyGone(Exception):
    """The key of a person's line was destroyed: what the line keeps can no longer be read."""


@dataclass(frozen=True)
class Line:
    """One line: `subjects` are references or ids, `sealed` the values, empty for none; `begins`, `ended` positions.

    `transaction` is that of `database`, which names a cluster and a database in it.
    """

    id: UUID
    kind: str
    controller: UUID
    database: str
    transaction: int
    at: datetime
    subjects: tuple[str, ...]
    is_erasure: bool
    sealed: str
    begins: int
    state: State = "intended"
    ended: int = 0


@dataclass
class Book:
    """All lines, in the order in which they were intended; `strays` are ends of lines that are not there.

    `removed_mark` is the greatest id of what was done and removed since.
    """

    lines: list[Line] = field(default_factory=list)
    torn: int = 0
    strays: set[UUID] = field(default_factory=set)
    removed_mark: UUID | None = None


class LedgerFolder:
    """The files of one installation's ledger."""

    def __init__(self, folder: Path, keyring: crypto.Keyring) -> None:
        """Touch nothing yet: the folder is made by the first line."""
        self.folder = folder
        self._keys = _ledger_keys.PersonKeys(folder / "keys", keyring)

    def intend(self, line: Line, values: Mapping[str, Any] | None) -> None:
        """Append a line as intended, its values sealed under the key of its one subject; on the disk at return."""
        with self._locked(fcntl.LOCK_EX):
            sealed = self._sealed(line, values) if values is not None else ""
            self._append(line.id, {**_told(line), "sealed": sealed})

    def end(self, line_id: UUID, state: State) -> None:
        """Append how a line ended; on the disk at return."""
        with self._locked(fcntl.LOCK_EX):
            self._append(line_id, {"id": str(line_id), "state": state})

    def read(self) -> Book:
        """Return what the files say. A line that was told done is done, whatever else was told of it."""
        with self._locked(fcntl.LOCK_SH):
            return self._read()

    def position(self) -> int:
        """Return how many bytes were ever written, removed segments included."""
        with self._locked(fcntl.LOCK_SH):
            return int(self._removed()["position"]) + sum(path.stat().st_size for path in self._segments())

    def values(self, line: Line) -> dict[str, Any] | None:
        """Return what a line keeps of its subject, None if nothing. Refuses with `KeyGone`, `crypto.Unreadable`."""
        if not line.sealed:
            return None
        key = self._keys.key(line.subjects[0])
        if key is None:
            raise KeyGone
        opened = crypto.open_under(key, base64.b64decode(line.sealed), context=_context(line))
        values: dict[str, Any] = json.loads(opened)
        return values

    def forget(self, subjects: Iterable[str]) -> None:
        """Destroy the keys of persons who are erased: what lines keep of them is gone. Most have none."""
        self._keys.destroy(subjects)

    def prune(self, before: int) -> None:
        """Remove segments of which every line ended before a position, and keys that only such lines need.

        `before` is the position of the oldest backup that is kept: all these lines are in it, and in all later ones.
        The last segment always stays.
        """
        with self._locked(fcntl.LOCK_EX):
            book = self._read()
            self._remove_segments(book, before)
            needed = {line.subjects[0] for line in book.lines if line.sealed and not 0 < line.ended <= before}
            self._keys.destroy(self._keys.subjects() - needed)

    def _remove_segments(self, book: Book, before: int) -> None:
        end = int(self._removed()["position"])
        over: tuple[Path, int] | None = None
        for path in self._segments()[:-1]:
            end += path.stat().st_size
            if end > before or any(line.begins < end and not 0 < line.ended <= end for line in book.lines):
                break
            over = path, end
        if over is None:
            return
        done = [str(line.id) for line in book.lines if line.state == "done" and line.ended <= over[1]]
        mark = max([self._removed()["mark"], *done])
        removed = [path for path in self._segments() if path.name <= over[0].name]
        self._replace_removed({"position": over[1], "segment": over[0].stem, "mark": mark})
        for path in removed:
            path.unlink()

    def _append(self, line_id: UUID, told: Mapping[str, Any]) -> None:
        """Append to the last segment, or to a new one of the month in which the line's id was made."""
        begun = datetime.fromtimestamp((line_id.int >> 80) / 1000, UTC)  # RFC 9562, 5.7: 48 bits of milliseconds
        month = f"{begun:%Y-%m}"
        latest = max([month, self._removed()["segment"], *(path.stem for path in self._segments())])
        path = self.folder / f"{latest}.jsonl"
        is_new = not path.exists()
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "r+b", buffering=0) as file:
            text = json.dumps(told, separators=(",", ":")).encode() + _NEWLINE
            file.write((b"" if _ends_well(file.fileno()) else _NEWLINE) + text)
            os.fsync(file.fileno())
        if is_new:
            _ledger_keys.sync(self.folder)

    def _read(self) -> Book:
        removed = self._removed()
        book = Book(removed_mark=UUID(removed["mark"]) if removed["mark"] else None)
        lines: dict[UUID, dict[str, Any]] = {}
        for begins, ends, told in self._each(int(removed["position"])):
            if told is None:
                book.torn += 1
            elif told["state"] == "intended":
                lines[UUID(told["id"])] = {**told, "begins": begins, "ended": 0}
            elif (line := lines.get(UUID(told["id"]))) is None:
                book.strays.add(UUID(told["id"]))
            elif line["state"] != "done":
                line.update(state=told["state"], ended=ends)
        book.lines = [_line(told) for told in lines.values()]
        return book

    def _each(self, position: int) -> Iterator[tuple[int, int, dict[str, Any] | None]]:
        """Yield where each line begins and ends, and what it says, None for a torn one."""
        for path in self._segments():
            with path.open("rb") as file:
                for raw in file:
                    begins, position = position, position + len(raw)
                    yield begins, position, _parsed(raw)

    def _segments(self) -> list[Path]:
        removed = self._removed()["segment"]
        return sorted(path for path in self.folder.glob("[0-9]*.jsonl") if path.stem > removed)

    def _removed(self) -> dict[str, Any]:
        try:
            told: dict[str, Any] = json.loads((self.folder / "removed.json").read_text(encoding="ascii"))
        except FileNotFoundError:
            return {"position": 0, "segment": "", "mark": ""}
        return told

    def _replace_removed(self, told: Mapping[str, Any]) -> None:
        _ledger_keys.replace(self.folder / "removed.json", json.dumps(told).encode())

    def _sealed(self, line: Line, values: Mapping[str, Any]) -> str:
        (subject,) = line.subjects
        key = self._keys.key(subject) or self._keys.create(subject)
        sealed = crypto.seal_under(key, json.dumps(values).encode(), context=_context(line))
        return base64.b64encode(sealed).decode()

    @contextmanager
    def _locked(self, kind: int) -> Iterator[None]:
        """Let one writer, or any number of readers, be at the files at a time, over processes and threads."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, kind)
            yield
        finally:
            os.close(lock)


def _told(line: Line) -> dict[str, Any]:
    return {
        "id": str(line.id),
        "state": line.state,
        "kind": line.kind,
        "controller": str(line.controller),
        "database": line.database,
        "transaction": line.transaction,
        "at": line.at.isoformat(),
        "erasure": line.is_erasure,
        "sealed": line.sealed,
        "subjects": line.subjects,
    }


def _line(told: dict[str, Any]) -> Line:
    return Line(
        id=UUID(told["id"]),
        kind=told["kind"],
        controller=UUID(told["controller"]),
        database=told["database"],
        transaction=told["transaction"],
        at=datetime.fromisoformat(told["at"]),
        subjects=tuple(told["subjects"]),
        is_erasure=told["erasure"],
        sealed=told["sealed"],
        begins=told["begins"],
        state=told["state"],
        ended=told["ended"],
    )


def _parsed(raw: bytes) -> dict[str, Any] | None:
    try:
        told = json.loads(raw)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def _ends_well(descriptor: int) -> bool:
    size = os.fstat(descriptor).st_size
    return size == 0 or os.pread(descriptor, 1, size - 1) == _NEWLINE


def _context(line: Line) -> bytes:
    return f"ledger:{line.controller}:{line.id}".encode()
