"""Mutations of version files for the linter: for every rule those that make the mended version collide, and back.

They are made on the YAML data, wordings muted (no rule may read one), and generated from what the files hold.
"""

import copy
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML

from gardien.commitment import policy

Data = dict[str, Any]
Found = set[tuple[str, str]]
MUTE = {"fr": "Mots.", "en": "Words."}
LAYOUT = {"title": MUTE, "sections": [{"title": MUTE}]}


class Mutation(NamedTuple):
    """A change of a file's data, and the findings (rule, clause) that it makes, or ends."""

    rule: str
    label: str
    change: Callable[[Data], object]
    moves: Found


def muted(name: str) -> Data:
    """Return a shipped file's data without its words; labels stand for any id."""
    data: Data = YAML(typ="safe", pure=True).load((policy.VERSIONS_FOLDER / f"{name}.yaml").read_bytes())
    data["notices"] = {"verso": LAYOUT, "reading": LAYOUT}
    data["labels"] = dict.fromkeys([*data["labels"], "fax", "cookie", "by_form", "complete_request", "departure"], MUTE)
    for clause in data["clauses"].values():
        clause.update({word: MUTE for word in ("title", "text", "spoken", "ask") if word in clause})
    return data


def write(data: Data, folder: Path) -> Path:
    """Write a version file: YAML 1.2 takes JSON."""
    path = folder / f"{data['effective_date']}.yaml"
    path.write_text(json.dumps(data, default=str), encoding="utf-8")
    return path


def changed(data: Data, *changes: Callable[[Data], object]) -> Data:
    result = copy.deepcopy(data)
    for change in changes:
        change(result)
    return result


def put(clause: str, **fields: object) -> Callable[[Data], object]:
    """Set fields of a clause, which is made if it is not there; None takes a field out."""

    def change(data: Data) -> None:
        holder = data["clauses"].setdefault(clause, {"title": MUTE, "text": MUTE})
        for name, value in fields.items():
            if value is None:
                holder.pop(name, None)
            elif isinstance(value, dict) and name != "bases":
                merged = {**holder.get(name, {}), **value}
                holder[name] = {key: part for key, part in merged.items() if part is not None}
            else:
                holder[name] = value

    return change


def drop(*clauses: str) -> Callable[[Data], object]:
    """Take clauses out, and what names them or rests on them."""

    def change(data: Data) -> None:
        for id_ in clauses:
            del data["clauses"][id_]
        for id_, clause in list(data["clauses"].items()):
            clause["purposes"] = [purpose for purpose in clause.get("purposes", ()) if purpose in data["clauses"]]
            if not clause["purposes"]:
                del clause["purposes"]
            if "bases" in clause:
                own = id_.partition(".")[0]
                rests = clause["bases"].items()
                clause["bases"] = {
                    use: base for use, base in rests if {use, f"{own}.basis.{base}"} <= {*data["clauses"]}
                }
            if clause.get("bases") == {}:
                del data["clauses"][id_]

    return change


def together(*changes: Callable[[Data], object]) -> Callable[[Data], object]:
    return lambda data: [change(data) for change in changes]


def matching(data: Data, pattern: str) -> list[str]:
    return [id_ for id_ in data["clauses"] if fnmatch(id_, pattern)]


def set_fields(data: Data, table: Sequence[tuple[str, str, Sequence[Mapping[str, Any]]]]) -> Iterator[Mutation]:
    """Yield, for (rule, pattern, fields), each clause of that pattern with each of the fields: it alone moves."""
    for rule, pattern, variants in table:
        ids = matching(data, pattern)
        assert ids, pattern
        for id_ in ids:
            for fields in variants:
                yield Mutation(rule, f"{id_} {fields}", put(id_, **fields), {(rule, id_)})


def one_by_one(data: Data, who: str) -> Iterator[tuple[str, Data]]:
    """Yield each purpose of a population's matrix with what is left of the matrix without it."""
    bases = data["clauses"][f"{who}.basis-matrix"]["bases"]
    for use in bases:
        yield use, {name: basis for name, basis in bases.items() if name != use}
