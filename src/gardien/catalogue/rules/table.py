"""The lines of a CSV file, with none lost and none swallowed by a stray quotation mark."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gardien.catalogue.rules.rejections import LineRefused, Reason, UnreadableList

LARGEST_FILE_MB = 20
MOST_LINES = 200_000
LONGEST_LINE = 4_000
_MOST_LINES_OF_A_RECORD = 20
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Record:
    """The cells that begin on a physical line (the first is 1), or why they cannot be told apart.

    `flaws` says which cells, by position, hold something that is no value; `text` is the line as it stands.
    """

    line: int
    cells: tuple[str, ...]
    refusal: LineRefused | None = None
    flaws: Mapping[int, Reason] = field(default_factory=dict)
    text: str = ""


def physical_lines(raw: bytes) -> list[str]:
    """Split the file into lines with their ends: UTF-8, with or without its mark, else Windows-1252.

    Raises UnreadableList for an empty file, one beyond 20 MB or 200 000 lines, UTF-16, bytes that no encoding
    explains, and a file where some lines are UTF-8 and some are not.
    """
    if not raw.strip():
        raise UnreadableList(Reason.EMPTY_FILE)
    if len(raw) > LARGEST_FILE_MB * 1_000_000:
        raise UnreadableList(Reason.FILE_TOO_LARGE, limit=LARGEST_FILE_MB)
    if raw.count(b"\n") + raw.count(b"\r") - raw.count(b"\r\n") > MOST_LINES:
        raise UnreadableList(Reason.TOO_MANY_LINES, limit=MOST_LINES)
    return io.StringIO(_decoded(raw), newline="").readlines()


def _decoded(raw: bytes) -> str:
    if raw.startswith(_UTF_16_MARKS):
        raise UnreadableList(Reason.UNKNOWN_ENCODING)
    text = _text(raw, "utf-8-sig")
    if text is not None:
        return text
    if any(not line.isascii() and _text(line, "utf-8") is not None for line in raw.splitlines()):
        raise UnreadableList(Reason.MIXED_ENCODING)
    text = _text(raw, "cp1252")
    if text is None:
        raise UnreadableList(Reason.UNKNOWN_ENCODING)
    return text


def _text(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None


def records(lines: Sequence[str], delimiter: str) -> Iterator[Record]:
    """Tell the records of a CSV apart, blank ones passed over.

    A quoted cell may hold line ends or the delimiter, not both: that is what a forgotten quotation mark looks like,
    and it would swallow the lines after it. Such a line is refused alone, and the reading goes on with the next.
    """
    position = 0
    while position < len(lines):
        length, cells, refusal = _record(lines[position : position + _MOST_LINES_OF_A_RECORD], delimiter)
        if refusal or any(cell.strip() for cell in cells):
            yield Record(position + 1, cells, refusal, text=lines[position])
        position += length


def _record(lines: Sequence[str], delimiter: str) -> tuple[int, tuple[str, ...], LineRefused | None]:
    if len(lines[0]) > LONGEST_LINE:
        return 1, (), LineRefused(Reason.LINE_TOO_LONG, limit=LONGEST_LINE)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        cells = tuple(next(reader))
    except csv.Error:
        cells = ("\n" + delimiter,)
    if any(delimiter in cell and ("\n" in cell or "\r" in cell) for cell in cells):
        return 1, (), LineRefused(Reason.BROKEN_QUOTES)
    return reader.line_num, cells, None
