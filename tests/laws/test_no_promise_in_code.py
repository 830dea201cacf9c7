"""Law: what is promised stands in the version files alone: no period, address, mailbox or party of theirs is in code.

Searched: every Python file (strings that are not docstrings, and lengths of time written as numbers), template,
typesetting file, script, style sheet and translation. The law's own figures have their place, `policy/legal_time`;
the words of a unit, "un mois", theirs.
"""

import ast
import html
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from gardien.commitment import policy
from gardien.commitment.policy.wording import Part
from tests.laws.source import PACKAGE

TEXTS = (".html", ".txt", ".typ", ".po", ".js", ".css", ".svg")
LAW = "commitment/policy/legal_time/"
UNIT_WORDS = "commitment/policy/periods.py"
UNITS = {"years", "months", "weeks", "days"}
CLOCKS = {"timedelta", "relativedelta"}
NUMBERS = {
    "fr": {"2": "deux", "3": "trois", "5": "cinq", "12": "douze", "13": "treize", "15": "quinze", "25": "vingt-cinq"},
    "en": {
        "2": "two",
        "3": "three",
        "5": "five",
        "12": "twelve",
        "13": "thirteen",
        "15": "fifteen",
        "25": "twenty-five",
    },
}


def periods(value: object) -> Iterator[policy.Period]:
    """Yield every period of a version, wherever it stands."""
    if isinstance(value, policy.Period):
        yield value
    elif isinstance(value, Part):
        for name in type(value).model_fields:
            yield from periods(getattr(value, name))
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from periods(each)


def said(period: policy.Period) -> Iterator[str]:
    """Yield the ways to say a period: "2 ans", "deux ans", "2 years", "two years"."""
    for language in policy.LANGUAGES:
        words = period.text(language)
        yield words
        number, _, unit = words.partition(" ")
        if number in NUMBERS[language]:
            yield f"{NUMBERS[language][number]} {unit}"


def parties(version: policy.Version) -> Iterator[str]:
    """Yield names, lines of addresses, mailboxes and sites; the authority's name is the law's, not a promise."""
    known = version.parties
    for party in (known.network, known.provider):
        yield from (party.name, *party.address_lines)
    yield from (*known.customers_dpo.mailboxes, *known.users_dpo.mailboxes)
    if known.authority:
        yield from (*known.authority.address_lines, known.authority.website)


@cache
def promised() -> re.Pattern[str]:
    """Return the pattern of everything that is promised by any version, in words."""
    versions = policy.load_folder().all
    words = {words for version in versions for period in periods(version) for words in said(period)}
    words |= {words for version in versions for words in parties(version)}
    each = [r"\s+".join(map(re.escape, one.split())) for one in sorted(words, key=len, reverse=True)]
    return re.compile(rf"(?<!\w)(?:{'|'.join(each)})(?!\w)", re.IGNORECASE)


def found(path: str, content: str) -> list[str]:
    """Return what a file holds of the promise; `path` is from the package."""
    if not path.endswith(".py"):
        return promised().findall(html.unescape(content))
    tree = ast.parse(content)
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told
    ]
    words = [words for text in texts for words in promised().findall(text)]
    return words if path.startswith(LAW) else words + lengths(tree)


def lengths(tree: ast.Module) -> list[str]:
    """Return the calls that are given a length of time as a number, `Period(years=2)`; the next day is none."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [ast.unparse(call) for call in calls if any(is_written(given) for given in given_to(call))]


def given_to(call: ast.Call) -> list[ast.expr]:
    """Return the lengths that a call is given, by name or as the days of a clock's; one day is arithmetic."""
    named = [word.value for word in call.keywords if word.arg in UNITS and ast.unparse(word) != "days=1"]
    return named + (call.args if ast.unparse(call.func).rpartition(".")[2] in CLOCKS else [])


def is_written(number: ast.expr) -> bool:
    """Say whether a number is written out here, not read from somewhere."""
    return not any(isinstance(node, ast.Name | ast.Attribute | ast.Call) for node in ast.walk(number))


def files() -> list[Path]:
    return [
        file for file in sorted(PACKAGE.rglob("*")) if file.suffix in (".py", *TEXTS) and "migrations" not in file.parts
    ]


def test_no_promise_stands_in_code() -> None:
    searched = files()
    assert {file.suffix for file in searched} >= {".py", ".html", ".typ", ".po"}
    held = {str(file.relative_to(PACKAGE)): file.read_text(encoding="utf-8") for file in searched}
    assert {path: found(path, content) for path, content in held.items() if found(path, content)} == {
        UNIT_WORDS: ["un an", "un mois", "one year", "one month"]
    }


def test_every_promise_of_the_files_is_searched_for() -> None:
    for file in policy.VERSIONS_FOLDER.glob("*.yaml"):
        version = policy.load(file)
        assert list(periods(version)) != []
        content = file.read_text(encoding="utf-8")
        assert {words for words in parties(version) if not promised().search(words) or words not in content} == set()


@pytest.mark.parametrize(
    ("path", "content", "words"),
    [
        ("web/a.html", "<p>Gardé deux&nbsp;ans, puis 2 ans.</p>", ["deux\u00a0ans", "2 ans"]),
        ("web/a.html", "<p>within\n  One month</p>", ["One month"]),
        ("web/a.html", "<p>un moissonneur, 12 ans, 32 ans</p>", []),
        (
            "quotes/a.typ",
            "#text[Halvec Informatique, 27 quai des Registres]",
            ["Halvec Informatique", "27 quai des Registres"],
        ),
        ("locale/a.po", 'msgstr "Écrivez à dpo.clients@halvec.example"', ["dpo.clients@halvec.example"]),
        ("web/a.js", "const MAIL = 'donnees.personnelles@sarvane.example'", ["donnees.personnelles@sarvane.example"]),
        ("quotes/a.py", "_('Kept for two years')", ["two years"]),
        ("quotes/a.py", "f'{name} : 3 place de Fontenoy'", ["3 place de Fontenoy"]),
        ("quotes/a.py", '"""One month from receipt."""\nDAYS = 1\n"""2 years."""\n# 2 ans', []),
        ("quotes/a.py", "timedelta(days=365 * 2)", ["timedelta(days=365 * 2)"]),
        ("quotes/a.py", "at - dates.timedelta(730)", ["dates.timedelta(730)"]),
        ("quotes/a.py", "policy.Period(years=2)", ["policy.Period(years=2)"]),
        ("quotes/a.py", "relativedelta(months=clause.months), timedelta(days=days), timedelta(seconds=3)", []),
        (
            "quotes/a.py",
            "day + timedelta(days=1), policy.Period(months=1)",
            ["policy.Period(months=1)"],
        ),
        (f"{LAW}a.py", "Period(months=1)", []),
        (f"{LAW}a.py", "message = 'write within one month'", ["one month"]),
    ],
)
def test_a_planted_promise_is_found(path: str, content: str, words: list[str]) -> None:
    assert found(path, content) == words
