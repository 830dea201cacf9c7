"""Where the values of persons who are gone still lie, if anywhere: sought in every store, and told without the values.

`collect` before persons are deleted, `scan` after the run. What is sealed is not opened: its key decides who reads it.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.models import Session
from django.db import connection, models

from gardien.base import scope
from gardien.base.models import ControllerRow, TenantRow
from gardien.commitment.registry import Root, registry

from . import clocks, statements
from .forms import Reader, as_compared
from .statements import Members, Values

_ALONE = ("email", "phone", "mobile", "plate")
_LAST, _FIRST = "last_name", "first_name"
_SHORTEST, _LEAST_DIGITS = 5, 3
_SHORT_COLUMN = 40
_READ = {
    "text": """"{0}" ~ '[^[:alnum:]@.+_-]'""",
    "json": """"{0}"::text NOT IN ('{{}}', '[]')""",
    "bytes": """substring("{0}" FROM 1 FOR 1) <> '\\x01'""",
}
"""What is read of a column: texts of several words, JSON, and bytes that do not begin as the envelope does."""
_DIGEST_BYTES = 64
_SEPARATOR = "\x1f"


@dataclass(frozen=True)
class Sample:
    """What some persons of a controller bore that nobody else there bears; in memory only."""

    controller: UUID
    persons: int
    values: frozenset[str]


@dataclass
class _Seen:
    """What a scan has looked at, and where it found something."""

    looked_at: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)


def collect(root: Root, of: Members) -> Sample:
    """Return e-mail addresses, numbers, plates and full names of persons of the present scope who are there still.

    They are those that lie in the tables which go with a person's record, by the categories that rooms declare.
    Values that others bear as well are left out.
    """
    found: set[str] = set()
    for place, column in _bearing(root, _ALONE):
        values = Values()
        theirs = _theirs(place, root, of, values)
        told = {each for each in _distinct(place, column, theirs, values) if _is_telling(each)}
        found |= told - _others(place, column, root, of, told)
    for expression in _names(root):
        values = Values()
        told = _distinct(root.place, expression, _theirs(root.place, root, of, values), values)
        told = {each for each in told if " " in each.strip() and len(each) > _SHORTEST}
        found |= told - _others(root.place, expression, root, of, told)
    return Sample(scope.current(), len(of.ids), frozenset(found))


def scan(samples: Sequence[Sample], paths: Mapping[str, Path]) -> dict[str, Any]:
    """Look for the values of `samples` in all stores, and return what was looked at and where how much was found.

    A repairer's tables are read for its own persons, since others may be another's customers too; for all are read the
    tables of the network and the provider, who see no customer, tables of nobody's, with jobs and sessions, and the
    files and folders `paths`, by the place that a room declares as `file:…`.
    Call outside any scope, as a role that reads all tables.
    """
    seen, by_controller = _Seen(), dict[UUID, set[str]]()
    for sample in samples:
        by_controller.setdefault(sample.controller, set()).update(sample.values)
    every = set().union(*by_controller.values())
    own = [model for model in apps.get_models() if issubclass(model, ControllerRow | TenantRow)]
    if every:
        with scope.entered(_network()):
            elsewhere = every - _borne_by_users(every)
        for of in clocks.passes():
            told = by_controller.get(of.controller, set()) | (elsewhere if of.population == "user" else set())
            with scope.entered(of.controller):
                _tables(own if told else [], Reader(told), seen)
        with scope.entered(_network()):
            reader = Reader(elsewhere)
            _tables([model for model in apps.get_models() if model not in own], reader, seen)
            _sessions(reader, seen)
        for place, path in paths.items():
            _files(place, path, reader, seen)
    declared = {each.place for each in registry.holdings() if each.place.startswith("file:")}
    return {
        "looked_at": dict(seen.looked_at),
        "not_looked_at": sorted(declared - paths.keys()),
        "persons": sum(sample.persons for sample in samples),
        "values": len(every),
        "found": dict(seen.found),
    }


def _bearing(root: Root, categories: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the place and column of each text of these categories that goes with a person's record."""
    for holding in clocks.hanging_on(root):
        if holding.category in categories and clocks.is_table(holding.place):
            model = clocks.model(holding.place)
            texts = {key.attname for key in model._meta.local_fields if isinstance(key, models.CharField)}
            yield from ((holding.place, column) for column in holding.columns if column in texts)


def _names(root: Root) -> list[str]:
    """Return the expressions of a person's full name: each first name with each last name, either way round."""
    lasts, firsts = (
        [column for place, column in _bearing(root, (category,)) if place == root.place] for category in (_LAST, _FIRST)
    )
    pairs = [(first, last) for first in firsts for last in lasts]
    return [f"{one} || ' ' || {other}" for pair in pairs for one, other in (pair, pair[::-1])]


def _theirs(place: str, root: Root, of: Members, values: Values) -> str:
    holding = next(each for each in clocks.hanging_on(root) if each.place == place)
    return statements.theirs(holding, root, of, values)


def _distinct(place: str, expression: str, condition: str, values: Values) -> set[str]:
    rows = values.rows(f"SELECT DISTINCT {expression} FROM {statements.table(place)} WHERE {condition}")
    return {value for (value,) in rows if value}


def _others(place: str, expression: str, root: Root, of: Members, told: set[str]) -> set[str]:
    """Return which of these values are borne there by somebody else."""
    if not told:
        return set()
    values = Values()
    model = clocks.model(place)
    condition = f"{values.own(model)} AND ({_theirs(place, root, of, values)}) IS NOT TRUE"
    return _distinct(place, expression, f"{condition} AND {expression} = ANY({values(sorted(told))})", values)


def _borne_by_users(every: set[str]) -> set[str]:
    root, nobody = registry.root("user"), Members([], [])
    found: set[str] = set()
    for place, column in _bearing(root, _ALONE):
        found |= _others(place, column, root, nobody, every)
    for expression in _names(root):
        found |= _others(root.place, expression, root, nobody, every)
    return found


def _is_telling(value: str) -> bool:
    """Say whether a value stands for few: an address, or with digits enough for a number or a plate."""
    return len(value) >= _SHORTEST and ("@" in value or sum(map(str.isdigit, value)) >= _LEAST_DIGITS)


def _network() -> UUID:
    return next(each.controller for each in clocks.passes() if each.is_shared)


def _tables(tables: Iterable[type[models.Model]], reader: Reader, seen: _Seen) -> None:
    for model in tables:
        kinds = {key.column: _kind(key) for key in model._meta.local_fields}
        _compare(model, [column for column, kind in kinds.items() if kind in ("short", "text")], reader, seen)
        _read(
            model, {column: kind for column, kind in kinds.items() if kind in ("text", "json", "bytes")}, reader, seen
        )


def _kind(key: Any) -> str:
    """Return how a column is searched: `short` as a whole, `text` also word by word, the others word by word."""
    if isinstance(key, models.CharField | models.TextField):
        return "short" if key.max_length and key.max_length <= _SHORT_COLUMN else "text"
    if isinstance(key, models.JSONField | ArrayField):
        return "json"
    return "bytes" if isinstance(key, models.BinaryField) else ""


def _compare(model: type[models.Model], columns: list[str], reader: Reader, seen: _Seen) -> None:
    """Count the rows whose column is one of the values as a whole: a hash, in one pass over the table."""
    if not columns:
        return
    values = Values()
    counts = ", ".join(
        f'count(*) FILTER (WHERE lower("{each}"::text) IN (SELECT value FROM sought))' for each in columns
    )
    whole = values(_SEPARATOR.join(reader.whole))  # an array of thousands takes longer to write than to look for
    sought = f"WITH sought AS MATERIALIZED (SELECT unnest(string_to_array({whole}, {values(_SEPARATOR)})) AS value)"
    [(rows, *hits)] = values.rows(
        f'{sought} SELECT count(*), {counts} FROM "{model._meta.db_table}" WHERE {values.own(model)}'
    )
    seen.looked_at.update(columns=len(columns), rows=rows)
    seen.found += Counter({f"{model._meta.label}.{each}": hit for each, hit in zip(columns, hits, strict=True)})


def _read(model: type[models.Model], kinds: dict[str, str], reader: Reader, seen: _Seen) -> None:
    """Read what may hold a value among other words, row by row."""
    if not kinds:
        return
    conditions = {column: _READ[kind].format(column) for column, kind in kinds.items()}
    told = ", ".join(
        f'CASE WHEN {condition} THEN "{column}"{"::text" * (kinds[column] == "json")} END'
        for column, condition in conditions.items()
    )
    values = Values()
    any_of = " OR ".join(conditions.values())
    statement = f'SELECT {told} FROM "{model._meta.db_table}" WHERE {values.own(model)} AND ({any_of})'
    seen.looked_at["columns"] += sum(kind != "text" for kind in kinds.values())
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, values.given)
        for row in cursor:
            texts = ((column, _text(value)) for column, value in zip(kinds, row, strict=True) if value)
            hits = (column for column, text in texts if as_compared(text) not in reader.whole and reader.finds(text))
            seen.found.update(f"{model._meta.label}.{column}" for column in hits)


def _text(value: object) -> str:
    if not isinstance(value, bytes | memoryview):
        return str(value)
    raw = bytes(value)
    return raw.decode(errors="replace") + (f" {raw.hex()}" if len(raw) <= _DIGEST_BYTES else "")


def _sessions(reader: Reader, seen: _Seen) -> None:
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    for data in Session.objects.values_list("session_data", flat=True).iterator():
        seen.looked_at["sessions"] += 1
        if reader.finds(json.dumps(store.decode(data), ensure_ascii=False, default=str)):
            seen.found["sessions.Session.session_data"] += 1


def _files(place: str, path: Path, reader: Reader, seen: _Seen) -> None:
    """Read a file, or each below a folder: its name, and as a letter each of its parts."""
    for each in [path, *sorted(path.rglob("*"))]:
        with suppress(FileNotFoundError):
            if each.is_file():
                seen.looked_at["files"] += 1
                texts = (each.name, *_parts(each.read_bytes()))
                seen.found[place] += any(reader.finds(text) for text in texts)
    seen.found = +seen.found


def _parts(content: bytes) -> Iterator[str]:
    yield content.decode(errors="replace")
    for part in message_from_bytes(content).walk():
        decoded = part.get_payload(decode=True)
        if isinstance(decoded, bytes):
            yield decoded.decode(errors="replace")
