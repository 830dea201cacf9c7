"""The language of a version file as a JSON Schema, for editors and for other programs."""

from functools import cache
from typing import Any

from gardien.commitment.policy import kinds
from gardien.commitment.policy.clauses import VersionFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a version file: every type of clause with its own fields and no other.

    What it cannot say (words that labels must give, fields that wording names) `validate` says.
    """
    schema = _shapes()
    properties = schema["$defs"]["Clause"]["properties"]
    required = schema["$defs"]["Clause"]["required"]
    listed: dict[str, Any] = {kinds.PUBLISHED: _clause(properties, required, kinds.Kind())}
    families: dict[str, Any] = {}
    for population in kinds.POPULATIONS:
        for name, kind in kinds.KINDS.items():
            shape = _clause(properties, required, kind)
            if name.endswith(".*"):
                families[_family(population, name.removesuffix("*"))] = shape
            else:
                listed[f"{population}.{name}"] = shape
    clauses = {"type": "object", "properties": listed, "patternProperties": families, "additionalProperties": False}
    defs = {name: shape for name, shape in schema["$defs"].items() if name != "Clause"}
    shapes = {**schema["properties"], "clauses": clauses}
    return {"$schema": DIALECT, "title": "A version of the commitment", **schema, "properties": shapes, "$defs": defs}


@cache
def shapes() -> dict[str, Any]:
    """Return the JSON Schema of the shapes alone, any field in any clause: what the first reading of a file checks."""
    return _shapes()


def _shapes() -> dict[str, Any]:
    return VersionFile.model_json_schema()


def _clause(properties: dict[str, Any], required: list[str], kind: kinds.Kind) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: properties[name] for name in kind.fields},
        "required": [*required, *kind.required],
        "additionalProperties": False,
    }


def _family(population: str, prefix: str) -> str:
    """Return the pattern of the ids of a family, without those that are types of their own."""
    begins = f"{population}.{prefix}"
    own = [f"{population}.{name}".removeprefix(begins) for name in kinds.KINDS]
    apart = "|".join(name for name in own if name and not name.startswith(f"{population}.") and not name.endswith("*"))
    escaped = begins.replace(".", r"\.")
    return rf"^{escaped}{f'(?!(?:{apart})$)' if apart else ''}[a-z]+(-[a-z]+)*$"
