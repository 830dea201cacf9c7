"""Every fault of a version file is shown at once, where it stands, with what to write instead."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from gardien.commitment import policy
from gardien.portal import cli

SECOND = policy.VERSIONS_FOLDER / "2026-11-22.yaml"


def changed(folder: Path, *changes: tuple[str, str]) -> Path:
    """Write the second version with passages changed, each of which must stand there."""
    text = SECOND.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = folder / SECOND.name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "message", "suggestion"),
    [
        ("start: receipt, ext", "strat: receipt, ext", "unknown key “strat”", "did you mean “start”?"),
        ("archive: intermediate}", "archive: intermediary}", "Input should be", "did you mean “intermediate”?"),
        ("start: last_activity", "start: last_activty", "has no words", "did you mean “last_activity”?"),
        ("by_post, at_counter]", "by_pots, at_counter]", "has no words", "did you mean “by_post”?"),
        ("purposes: [client.use.quote]", "purposes: [client.use.qoute]", "is no purpose", "“client.use.quote”?"),
        ("client.use.quote: contract", "client.use.quote: contrakt", "Input should be", "did you mean “contract”?"),
        ("client.use.quote: contract", "client.use.qoute: contract", "is no purpose", "“client.use.quote”?"),
        ("  user.rights.delay:", "  user.rights.delays:", "no type of clause", "“user.rights.delay”?"),
        ("  user.use.product:", "  users.use.product:", "cannot be a key", "words parted by dots"),
        ("    transfers: none", "    transfer: none", "unknown key “transfer”", "did you mean “transfers”?"),
        ("    transfers: none", "    recipients: [provider]", "is no field of “client.transfers”", "title, transfers"),
        ("    transfers: none\n", "", "“transfers” is missing", "add “transfers:”"),
        ("    content: service\n", "    content: offers\n", "offers need", "senders"),
        ("mandatory: [last_name]", "mandatory: [fax]", "has no words", "fax: {fr: …, en: …}"),
        ("mandatory: [last_name]", "mandatory: [quote]", "not among the categories", "last_name"),
        ("until: [end_of_services]", "until: [end_of_service]", "not a known word", "“end_of_services”?"),
        ("derived: [quote, ", "derived: [plate, quote, ", "not a known word", "write one of"),
        ("{records}. Une", "{record}. Une", "every language must name the same", "in each language, or in none"),
        ("client.rights.complaint\n", "client.rights.complain\n", "there is no clause", "“client.rights.complaint”?"),
        ("{months: 12}", "{months: twelve}", "valid integer", "a whole number without quotes"),
        ("is_named: true", 'is_named: "true"', "valid boolean", "true or false"),
        ("recipients: [provider]", "recipients: provider", "valid tuple", "[provider]"),
        ("start: departure, then", "until: [], then", "a period that has a start", "write"),
        ("start: departure, then", "start: departure, warning: {years: 3}, then", "within a period", "shorter"),
        (
            "until: [end_of_services], then",
            "until: [end_of_services], warning: {months: 1}, then",
            "within",
            "give a period",
        ),
        (
            "{period: {months: 12}, start",
            "{warning: {days: 3}, period: {months: 12}, start",
            "nobody is warned",
            "write",
        ),
        (
            "start: last_activity, then: erased}",
            "start: last_activity, warning: {months: 1}, then: erased}",
            "less than the end of their record",
            "client.retention.quotes",
        ),
        ("    website: www.cnil.fr\n", "", "“website” is missing", "add “website:"),
    ],
)
def test_each_fault_comes_with_what_to_write(tmp_path: Path, old: str, new: str, message: str, suggestion: str) -> None:
    found = policy.validate(changed(tmp_path, (old, new)))
    assert [fault for fault in found if not fault.suggestion] == []
    assert [fault for fault in found if message in fault.message and suggestion in fault.suggestion] != []


def test_all_faults_are_shown_in_the_order_of_the_lines(tmp_path: Path) -> None:
    path = changed(
        tmp_path,
        ("is_named: true", "is_named: maybe"),
        ("by_post, at_counter]", "by_pots, at_counter]"),
        ("start: receipt, ext", "strat: receipt, ext"),
        ("  user.rights.delay:", "  user.rights.delays:"),
    )
    found = policy.validate(path)
    assert [".".join(map(str, fault.place)) for fault in found] == [
        "clauses.client.controller.controller.is_named",
        "clauses.client.rights.channels.channels.2",
        "clauses.client.rights.delay.delay.start",
        "clauses.client.rights.delay.delay.strat",
        "clauses.user.rights.delays",
    ]
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [re.sub(r"\W.*", "", lines[fault.line - 1][fault.column - 1 :]) for fault in found] == [
        "maybe",
        "by_pots",
        "",
        "strat",
        "user",
    ]
    with pytest.raises(policy.VersionError) as first:
        policy.load(path)
    assert str(first.value) == str(found[0])


def test_the_command_prints_the_faults_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["commitment", "validate", str(SECOND), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    path = changed(tmp_path, ("start: receipt, ext", "start: reciept, ext"))
    assert cli.main(["commitment", "validate", str(path), "--json"]) == 1
    (fault,) = json.loads(capsys.readouterr().out)
    line = next(number for number, text in enumerate(path.read_text().splitlines(), 1) if "reciept" in text)
    assert fault == {
        "line": line,
        "column": path.read_text().splitlines()[line - 1].index("reciept") + 1,
        "path": "clauses.client.rights.delay.delay.start",
        "message": "“reciept” has no words: add it to labels",
        "suggestion": "did you mean “receipt”?",
    }


def test_the_command_speaks_plainly_and_refuses_what_is_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["commitment", "validate", str(tmp_path / "none.yaml"), "--json"]) == 2
    assert "cannot be read" in capsys.readouterr().err
    assert cli.main(["commitment", "validate", str(changed(tmp_path, ("[fr, en]", "[fr, eng]")))]) == 1
    assert "did you mean “en”?" in capsys.readouterr().out
    assert cli.main(["commitment", "validate", str(SECOND)]) == 0
    assert "nothing to mend" in capsys.readouterr().out


TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None)}


def refused(schema: dict[str, Any], node: Any, value: Any, place: str = "") -> Iterator[str]:
    """Yield the places of a value that a JSON Schema refuses: the words of the standard that our schema uses."""
    if "$ref" in node:
        node = schema["$defs"][node["$ref"].rpartition("/")[2]]
    if "anyOf" in node:
        if all(list(refused(schema, choice, value)) for choice in node["anyOf"]):
            yield place
    elif type(value) is not TYPES[node["type"]] or is_refused_word(node, value):
        yield place
    elif isinstance(value, list):
        for item in value:
            yield from refused(schema, node["items"], item, f"{place}[]")
    elif isinstance(value, dict):
        yield from (f"{place}/{name}" for name in node.get("required", ()) if name not in value)
        for name, part in value.items():
            inner = shape_of(node, name)
            yield from refused(schema, inner, part, f"{place}/{name}") if inner else [f"{place}/{name}"]


def is_refused_word(node: Any, value: Any) -> bool:
    if value not in node.get("enum", [value]) or value != node.get("const", value):
        return True
    return isinstance(value, str) and (
        not re.search(node.get("pattern", ""), value) or len(value) < node.get("minLength", 0)
    )


def shape_of(node: Any, name: str) -> Any:
    families = (shape for pattern, shape in node.get("patternProperties", {}).items() if re.search(pattern, name))
    return node.get("properties", {}).get(name) or next(families, node.get("additionalProperties"))


@pytest.mark.parametrize("version", policy.load_folder().all, ids=lambda version: version.id)
def test_the_json_schema_takes_the_shipped_versions(version: policy.Version) -> None:
    schema = policy.json_schema()
    data = plain(policy.VERSIONS_FOLDER / f"{version.id}.yaml")
    assert list(refused(schema, schema, data)) == []


def plain(path: Path) -> Any:
    data = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    data["effective_date"] = data["effective_date"].isoformat()
    return data


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("    transfers: none", "    recipients: [provider]", "/clauses/client.transfers/recipients"),
        ("    transfers: none\n", "", "/clauses/client.transfers/transfers"),
        ("  user.rights.delay:", "  user.rights.delays:", "/clauses/user.rights.delays"),
        ("start: receipt, ext", "start: postmark, ext", "/clauses/client.rights.delay/delay"),
        ("{months: 12}", "{months: twelve}", "/clauses/user.evidence.retention/records/security_log"),
        ("  user.retention.leavers:", "  user.retention.Leavers:", "/clauses/user.retention.Leavers"),
    ],
)
def test_the_json_schema_refuses_what_is_misshapen(tmp_path: Path, old: str, new: str, place: str) -> None:
    schema = policy.json_schema()
    found = list(refused(schema, schema, plain(changed(tmp_path, (old, new)))))
    assert [each for each in found if each.startswith(place)] != []


def test_the_command_prints_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["commitment", "schema"]) == 0
    assert json.loads(capsys.readouterr().out) == policy.json_schema()
