"""Versions made in memory from the shipped files, with something changed."""

import copy
from collections.abc import Callable
from typing import Any

from ruamel.yaml import YAML

from gardien.commitment import policy

Data = dict[str, Any]
FILES: dict[str, Data] = {
    path.stem: YAML(typ="safe", pure=True).load(path.read_bytes()) for path in policy.VERSIONS_FOLDER.glob("*.yaml")
}


def made(data: Data) -> policy.Version:
    """Return the version that a file of these data would be, without its digest; the shape is checked."""
    file = policy.VersionFile.model_validate(_fixed(data))
    return policy.Version.model_construct(**dict(file), sha256="")


def changed(id_: str, change: Callable[[Data], object]) -> policy.Version:
    """Return a shipped version after `change` has been at its data."""
    data = copy.deepcopy(FILES[id_])
    change(data)
    return made(data)


def warning_of(period: Data | None) -> policy.Versions:
    """Return the shipped versions, of which the last one promises customers, and users who left, a warning."""

    def promise(data: Data) -> None:
        for id_ in ("client.retention.quotes", "user.retention.leavers"):
            data["clauses"][id_]["retention"]["warning"] = period

    return policy.Versions((policy.load_folder().all[0], changed("2026-11-22", promise)))


def without(data: Data, *gone: str) -> None:
    """Take clauses out of a file's data, and out of all that names them."""
    for notice in data["notices"].values():
        for section in notice["sections"]:
            section["clauses"] = [id_ for id_ in section.get("clauses", []) if id_ not in gone]
    data["clauses"] = {id_: clause for id_, clause in data["clauses"].items() if id_ not in gone}
    for clause in data["clauses"].values():
        for name in ("purposes",):
            clause[name] = [id_ for id_ in clause.get(name, []) if id_ not in gone]
        if "bases" in clause:
            clause["bases"] = {id_: basis for id_, basis in clause["bases"].items() if id_ not in gone}


def _fixed(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _fixed(value) for key, value in data.items()}
    return tuple(map(_fixed, data)) if isinstance(data, list) else data
