"""What to write instead of a fault: the nearest known word, or the shape that belongs there."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

Place = tuple[str | int, ...]
"""Where something stands in a file: keys, and ranks in lists from 0."""

_FEW = 12


def did_you_mean(word: str, known: Iterable[str], *, otherwise: str = "") -> str:
    """Return "did you mean “x”?", else `otherwise`, else the known words."""
    words = list(known)
    near = get_close_matches(word, words, n=1) or get_close_matches(word.rpartition(".")[2], words, n=1)
    if near:
        return f"did you mean “{near[0]}”?"
    return otherwise or one_of(words)


def one_of(words: Iterable[str]) -> str:
    """Return "write one of: …"; of a long list, its beginning."""
    listed = sorted(words)
    if not listed:
        return "take it out"
    rest = ", …" if len(listed) > _FEW else ""
    return f"write one of: {', '.join(listed[:_FEW])}{rest}"


def for_shape(schema: Mapping[str, Any], place: Place, kind: str, value: object) -> str:
    """Return what to write where the JSON Schema refuses a value; `kind` is the error's type in pydantic's words."""
    if kind in {"extra_forbidden", "missing"}:
        parent = at(schema, place[:-1])
        known = list(parent.get("properties", {}))
        if kind == "extra_forbidden":
            return did_you_mean(str(place[-1]), known)
        return f"add “{place[-1]}: {example(schema, at(schema, place))}”"
    if place and place[-1] == "[key]":
        return "write small letters, words parted by dots or hyphens, such as client.rights.delay"
    expected = at(schema, place)
    if "enum" in expected or "const" in expected:
        return did_you_mean(str(value), [str(word) for word in expected.get("enum", [expected.get("const")])])
    return f"write {example(schema, expected)}"


def at(schema: Mapping[str, Any], place: Place) -> Mapping[str, Any]:
    """Return the part of a JSON Schema that speaks of a place; an empty one if none does."""
    node = _resolved(schema, schema)
    for step in place:
        listed, families = node.get("properties", {}), list(node.get("patternProperties", {}).values())
        if isinstance(step, int):
            inner = node.get("items")
        else:
            inner = listed.get(step) or node.get("additionalProperties") or (families[0] if families else None)
        node = _resolved(schema, inner or {})
    return node


def example(schema: Mapping[str, Any], node: Mapping[str, Any]) -> str:
    """Return a value of a part of the JSON Schema, as one would write it."""
    node = _resolved(schema, node)
    if node.get("examples"):
        return str(node["examples"][0])
    if node.get("enum"):
        return str(node["enum"][0])
    kind = node.get("type")
    if kind == "object":
        properties = node.get("properties", {})
        shown = node.get("required") or list(properties)[:1]
        return "{" + ", ".join(f"{name}: {example(schema, properties[name])}" for name in shown) + "}"
    if kind == "array":
        return f"[{example(schema, node.get('items', {}))}]"
    return {"integer": "a whole number without quotes, such as 2", "boolean": "true or false"}.get(str(kind), "words")


def _resolved(schema: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow references, and take the shape rather than the absence of an optional part."""
    if "$ref" in node:
        return _resolved(schema, schema["$defs"][node["$ref"].rpartition("/")[2]])
    for choice in node.get("anyOf", ()):
        if choice.get("type") != "null":
            return _resolved(schema, choice)
    return node
