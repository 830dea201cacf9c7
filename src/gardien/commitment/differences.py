"""What differs between two versions, field by field, and how to apply one difference.

A difference stands as deep as both versions go: a field within a clause that both have, each language of a wording,
each entry of a mapping. What only one of them has stands whole. A period, a list and the layout of a notice are one
value. Where both have the same entries in another order, the order itself is a difference.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, TypeVar

from gardien.commitment.policy import Period, VersionFile
from gardien.commitment.policy.wording import Part

_UNORDERED = ("labels",)
_Version = TypeVar("_Version", bound=VersionFile)


@dataclass(frozen=True)
class Change:
    """One difference: the keys that lead to it, and its value in the old and in the new version.

    None or an empty tuple is absent. An order is the tuple of the keys that both mappings have.
    """

    path: tuple[str, ...]
    old: object
    new: object

    @property
    def clause(self) -> str | None:
        """The clause it stands in; None for parties, labels, notices, and what else no clause holds."""
        return self.path[1] if self.path[0] == "clauses" and len(self.path) > 1 else None

    @property
    def field(self) -> str | None:
        """The field, such as "retention.period" or "text.fr"; None for a clause that only one version has."""
        return ".".join(self.path[2:] if self.clause else self.path) or None

    def row(self) -> dict[str, Any]:
        """Return `{clause, field, from, to}` in plain JSON values, null for absent."""
        return {"clause": self.clause, "field": self.field, "from": plain(self.old), "to": plain(self.new)}


def diff(old: VersionFile, new: VersionFile) -> list[Change]:
    """Return every difference in the order of a file: parties, labels, clauses as the new version has them, notices.

    Clauses that only the old version has come after the others. Two files that differ by nothing but YAML's manner
    of writing (comments, quotes, a default written out) do not differ.
    """
    return [
        change
        for name in VersionFile.model_fields
        for change in _between((name,), getattr(old, name), getattr(new, name))
    ]


def apply(version: _Version, change: Change) -> _Version:
    """Return the version with the new value of one change. It is not checked again: it may promise nonsense."""
    changed: _Version = _put(version, change.path, change.new)
    return changed


def is_absent(value: object) -> bool:
    """Say whether a version does not have this."""
    return value is None or value == ()


def plain(value: object) -> Any:
    """Return a value of a version as a file says it, in JSON's types; what is absent is None."""
    if is_absent(value):
        return None
    if isinstance(value, Part):
        defaults = {
            name: field.get_default(call_default_factory=True) for name, field in type(value).model_fields.items()
        }
        return {name: plain(getattr(value, name)) for name in defaults if getattr(value, name) != defaults[name]}
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


def _between(path: tuple[str, ...], old: object, new: object) -> Iterator[Change]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _of_mappings(path, old, new)
    elif isinstance(old, Part) and isinstance(new, Part) and not isinstance(old, Period):
        for name in type(old).model_fields:
            yield from _between((*path, name), getattr(old, name), getattr(new, name))
    elif old != new:
        yield Change(path, old, new)


def _of_mappings(path: tuple[str, ...], old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Change]:
    was, now = tuple(key for key in old if key in new), tuple(key for key in new if key in old)
    if was != now and path != _UNORDERED:
        yield Change(path, was, now)
    for key in (*new, *(key for key in old if key not in new)):
        yield from _between((*path, key), old.get(key), new.get(key))


def _put(holder: Any, path: tuple[str, ...], value: object) -> Any:
    """Return a copy of a part or mapping in which the value stands at a path."""
    if not path:
        return _reordered(holder, value) if isinstance(holder, Mapping) and isinstance(value, tuple) else value
    key, *rest = path
    if isinstance(holder, Mapping):
        entry = _put(holder.get(key), tuple(rest), value)
        entries = {**holder, key: entry}
        return MappingProxyType({name: each for name, each in entries.items() if each is not None})
    return holder.model_copy(update={key: _put(getattr(holder, key), tuple(rest), value)})


def _reordered(mapping: Mapping[str, object], keys: tuple[str, ...]) -> Mapping[str, object]:
    """Return a mapping whose entries of these keys change places, the others staying where they are."""
    following = iter(keys)
    order = [next(following) if key in keys else key for key in mapping]
    return MappingProxyType({key: mapping[key] for key in order})
