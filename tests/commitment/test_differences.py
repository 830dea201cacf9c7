"""What differs between two versions is told field by field, in the words of the files."""

import json
from collections.abc import Callable
from datetime import date
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from gardien.commitment import differences, policy
from gardien.portal import cli

from .versions_made import FILES, Data, changed, made, without

FIRST, SECOND = sorted(FILES)
VERSIONS = {id_: made(data) for id_, data in FILES.items()}


def rows(old: policy.Version, new: policy.Version) -> list[dict[str, Any]]:
    return [change.row() for change in differences.diff(old, new)]


def two_years_to_thirteen_months(data: Data) -> None:
    data["clauses"]["client.retention.quotes"]["retention"]["period"] = {"months": 13}


def one_month_to_fifteen_days(data: Data) -> None:
    data["clauses"]["client.rights.delay"]["delay"]["period"] = {"days": 15}


def another_channel(data: Data) -> None:
    data["clauses"]["client.rights"]["channels"] = ["by_email", "by_post"]


def another_mailbox(data: Data) -> None:
    data["parties"]["customers_dpo"]["mailboxes"] = ["droits@halvec.example"]


def other_french(data: Data) -> None:
    data["clauses"]["user.persons"]["text"]["fr"] = "Les utilisateurs."


def a_label(data: Data) -> None:
    data["labels"]["by_form"] = {"fr": "formulaire", "en": "form"}


def no_more_spoken(data: Data) -> None:
    del data["clauses"]["client.use.storage"]["spoken"]
    for section in data["notices"]["reading"]["sections"]:
        section["clauses"] = [id_ for id_ in section["clauses"] if id_ != "client.use.storage"]


def legal_periods_no_more(data: Data) -> None:
    data["clauses"]["client.retention.processors"]["retention"]["adds_legal_periods"] = False


def a_purpose(data: Data) -> None:
    data["clauses"]["user.use.parties"] = {
        "title": {"fr": "Fêtes", "en": "Parties"},
        "text": {"fr": "Oui", "en": "Yes"},
    }


PARTIES = {"title": {"fr": "Fêtes", "en": "Parties"}, "text": {"fr": "Oui", "en": "Yes"}}
STORAGE = FILES[FIRST]["clauses"]["client.use.storage"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            two_years_to_thirteen_months,
            ("client.retention.quotes", "retention.period", {"years": 2}, {"months": 13}),
        ),
        (one_month_to_fifteen_days, ("client.rights.delay", "delay.period", {"months": 1}, {"days": 15})),
        (another_channel, ("client.rights", "channels", ["by_email"], ["by_email", "by_post"])),
        (
            another_mailbox,
            (None, "parties.customers_dpo.mailboxes", ["dpo.clients@halvec.example"], ["droits@halvec.example"]),
        ),
        (
            other_french,
            ("user.persons", "text.fr", FILES[FIRST]["clauses"]["user.persons"]["text"]["fr"], "Les utilisateurs."),
        ),
        (a_label, (None, "labels.by_form", None, {"fr": "formulaire", "en": "form"})),
        (
            legal_periods_no_more,
            ("client.retention.processors", "retention.adds_legal_periods", True, False),
        ),
        (a_purpose, ("user.use.parties", None, None, PARTIES)),
    ],
)
def test_one_change_is_one_row(change: Callable[[Data], None], expected: tuple[Any, ...]) -> None:
    other = changed(FIRST, change)
    clause, field, was, now = expected
    assert rows(VERSIONS[FIRST], other) == [{"clause": clause, "field": field, "from": was, "to": now}]
    assert rows(other, VERSIONS[FIRST]) == [{"clause": clause, "field": field, "from": now, "to": was}]


def test_what_only_one_version_has_stands_whole() -> None:
    found = {(row["clause"], row["field"]): row for row in rows(VERSIONS[FIRST], changed(FIRST, no_more_spoken))}
    assert set(found) == {(None, "notices.reading.sections"), ("client.use.storage", "spoken")}
    assert found["client.use.storage", "spoken"]["from"] == STORAGE["spoken"]
    assert found["client.use.storage", "spoken"]["to"] is None
    gone = changed(FIRST, lambda data: without(data, "client.use.storage"))
    (row,) = (row for row in rows(VERSIONS[FIRST], gone) if row["clause"] == "client.use.storage")
    assert (row["field"], row["from"], row["to"]) == (None, STORAGE, None)


def test_another_order_is_a_difference_where_order_shows() -> None:
    def turned(data: Data) -> None:
        data["clauses"] = dict(reversed(data["clauses"].items()))
        data["labels"] = dict(reversed(data["labels"].items()))
        bases = data["clauses"]["client.basis-matrix"]["bases"]
        data["clauses"]["client.basis-matrix"]["bases"] = dict(reversed(bases.items()))

    clauses, bases = (
        list(each) for each in (FILES[SECOND]["clauses"], VERSIONS[SECOND].clauses["client.basis-matrix"].bases)
    )
    assert rows(VERSIONS[SECOND], changed(SECOND, turned)) == [
        {"clause": None, "field": "clauses", "from": clauses, "to": clauses[::-1]},
        {"clause": "client.basis-matrix", "field": "bases", "from": bases, "to": bases[::-1]},
    ]


def test_the_same_file_written_otherwise_does_not_differ(tmp_path: Path) -> None:
    path = policy.VERSIONS_FOLDER / f"{FIRST}.yaml"
    text = path.read_text(encoding="utf-8").replace("{years: 2}", "{months: 0, years: 2}")
    (tmp_path / path.name).write_text(
        "# Comment\n" + text.replace("archive: none}", "archive: none, adds_legal_periods: false}", 1)
    )
    other = policy.load(tmp_path / path.name)
    assert other.sha256 != policy.load(path).sha256
    assert rows(VERSIONS[FIRST], other) == []


def written(id_: str, path: tuple[str, ...]) -> Any:
    """Return what the YAML says at a path: nothing is null."""
    data: Any = FILES[id_]
    for step in path:
        data = data.get(step) if data else None
    return data.isoformat() if isinstance(data, date) else data


@pytest.mark.parametrize(("old", "new"), [(FIRST, SECOND), (SECOND, FIRST)])
def test_every_value_is_what_the_yaml_says(old: str, new: str) -> None:
    changes = differences.diff(VERSIONS[old], VERSIONS[new])
    assert len(changes) > 150
    ordered = {("clauses",)}
    said = [change for change in changes if change.path not in ordered and change.path[-1] != "adds_legal_periods"]
    for change in said:
        row = change.row()
        assert (row["from"], row["to"]) == (written(old, change.path), written(new, change.path))
    assert json.loads(json.dumps([change.row() for change in changes])) == [change.row() for change in changes]


@pytest.mark.parametrize(("old", "new"), [(FIRST, SECOND), (SECOND, FIRST), (FIRST, FIRST)])
def test_the_old_version_with_every_difference_applied_is_the_new_one(old: str, new: str) -> None:
    before, after = VERSIONS[old], VERSIONS[new]
    result = reduce(differences.apply, differences.diff(before, after), before)
    assert [change.path for change in differences.diff(result, after) if change.path != ("clauses",)] == []
    assert set(result.clauses) == set(after.clauses)
    assert differences.diff(before, VERSIONS[old]) == []


def test_rows_stand_in_the_order_of_the_new_version_and_what_is_gone_comes_last() -> None:
    found = rows(VERSIONS[FIRST], VERSIONS[SECOND])
    parts = [row["field"].partition(".")[0] if row["clause"] is None else "clauses" for row in found]
    assert list(dict.fromkeys(parts)) == ["effective_date", "parties", "labels", "clauses", "notices"]
    assert parts == sorted(parts, key=list(dict.fromkeys(parts)).index)
    clauses = [row["clause"] for row in found if row["clause"]]
    assert clauses == sorted(clauses, key=[*VERSIONS[SECOND].clauses, "user.retention.ads"].index)
    assert clauses[-1] == "user.retention.ads"


def test_the_command_says_it_as_json_and_in_lines(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    text = (policy.VERSIONS_FOLDER / f"{FIRST}.yaml").read_text(encoding="utf-8")
    file = tmp_path / f"{FIRST}.yaml"
    file.write_text(text.replace("delay: {period: {months: 2}", "delay: {period: {months: 1}"), encoding="utf-8")
    assert cli.main(["commitment", "diff", FIRST, str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [
        {"clause": "user.rights.delay", "field": "delay.period", "from": {"months": 2}, "to": {"months": 1}}
    ]
    assert cli.main(["commitment", "diff", FIRST, str(file)]) == 0
    assert capsys.readouterr().out == 'user.rights.delay delay.period\n  - {"months": 2}\n  + {"months": 1}\n'
    assert cli.main(["commitment", "diff", FIRST, FIRST]) == 0
    assert capsys.readouterr().out == "Nothing differs.\n"


def test_a_version_that_cannot_be_read_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    broken = tmp_path / f"{FIRST}.yaml"
    broken.write_text("effective_date: [", encoding="utf-8")
    for given, words in (
        ("1999-01-01", "There is no version “1999-01-01” of the commitment."),
        (str(tmp_path / "none.yaml"), f"{tmp_path / 'none.yaml'} cannot be read: No such file or directory."),
        (str(broken), f"{FIRST}.yaml:1:"),
    ):
        assert cli.main(["commitment", "diff", FIRST, given, "--json"]) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.startswith(words)
