"""The version file is complete, holds no digit in its wording, and says where it is wrong."""

import hashlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from gardien.commitment import policy

FIRST = policy.VERSIONS_FOLDER / "2020-01-25.yaml"

NOT_A_MAILBOX = r"String should match pattern '^[^@\s]+@[^@\s]+$'"
UNSPOKEN = "“client.source” has no spoken wording"
ONCE = "each key is a word, and stands once"

CLAUSES_2020 = [
    "commitment.published",
    "client.persons",
    "client.collection",
    "client.controller",
    "client.basis.consent",
    "client.basis.legitimate-interest",
    "client.basis.law",
    "client.use.quote",
    "client.use.storage",
    "client.source",
    "client.categories",
    "client.disclosure",
    "client.rights",
    "client.rights.executor",
    "client.rights.particulars",
    "client.rights.identity-proof",
    "client.rights.delay",
    "client.notice.verso",
    "client.retention.quotes",
    "client.retention.messages",
    "client.retention.processors",
    "client.retention.derogations",
    "user.definition",
    "user.persons",
    "user.controller",
    "user.collection",
    "user.source",
    "user.basis.consent",
    "user.basis.legitimate-interest",
    "user.basis.contract",
    "user.basis.law",
    "user.use.accounts",
    "user.use.product",
    "user.use.reporting",
    "user.use.audience",
    "user.categories",
    "user.mandatory-fields",
    "user.automatic-collection",
    "user.disclosure",
    "user.recipients",
    "user.messages.email",
    "user.messages.post",
    "user.messages.phone",
    "user.rights",
    "user.rights.particulars",
    "user.rights.identity-proof",
    "user.rights.delay",
    "user.retention.orders",
    "user.retention.contact",
    "user.retention.messages",
    "user.retention.ads",
    "user.retention.derogations",
]


def copy(folder: Path, old: str = "", new: str = "", *, name: str = FIRST.name) -> Path:
    """Write the first version with one passage changed, which must stand there."""
    text = FIRST.read_text(encoding="utf-8")
    assert old in text
    path = folder / name
    path.write_text(text.replace(old, new, 1) if old else text, encoding="utf-8")
    return path


def place(path: Path, found: str) -> tuple[int, int]:
    """Return line and column of the first occurrence of a passage, from 1."""
    before = path.read_text(encoding="utf-8").partition(found)[0].split("\n")
    return len(before), len(before[-1]) + 1


def refusal(path: Path) -> policy.VersionError:
    with pytest.raises(policy.VersionError) as caught:
        policy.load(path)
    return caught.value


def wordings(data: object) -> Iterator[str]:
    """Yield every wording of a file read as plain YAML."""
    if isinstance(data, dict) and set(data) == set(policy.LANGUAGES):
        yield from data.values()
    elif isinstance(data, dict):
        for value in data.values():
            yield from wordings(value)
    elif isinstance(data, list):
        for item in data:
            yield from wordings(item)


def test_the_first_version_has_every_clause_and_no_other() -> None:
    assert sorted(policy.load(FIRST).clauses) == sorted(CLAUSES_2020)


def test_the_first_version_is_known_by_its_day_and_its_bytes() -> None:
    version = policy.load(FIRST)
    assert version.id == "2020-01-25"
    assert version.effective_date == date(2020, 1, 25)
    assert version.sha256 == hashlib.sha256(FIRST.read_bytes()).hexdigest()


def test_the_customers_data_is_the_eight_and_the_records_of_the_service() -> None:
    clause = policy.load(FIRST).clauses["client.categories"]
    assert clause.categories == ("last_name", "first_name", "address", "email", "phone", "mobile", "fax", "plate")
    assert clause.derived == ("quote", "company", "siren", "storage", "reference", "proof")


def test_no_wording_holds_a_digit() -> None:
    found = list(wordings(YAML(typ="safe", pure=True).load(FIRST.read_text(encoding="utf-8"))))
    assert len(found) > 4 * len(CLAUSES_2020)
    assert [words for words in found if any(letter.isdigit() for letter in words)] == []


def test_a_digit_in_wording_is_refused_where_it_stands(tmp_path: Path) -> None:
    path = copy(tmp_path, "fr: Vos données servent à établir", "fr: Vos 8 données servent à établir")
    error = refusal(path)
    assert (error.line, error.column) == place(path, "fr: Vos 8")
    assert error.message == "wording holds no digit: write the number as a field and name the field here"


@pytest.mark.parametrize("field", ["delay.perriod", "retention.period", "controller.name", "parties"])
def test_a_placeholder_that_names_no_field_is_refused(tmp_path: Path, field: str) -> None:
    path = copy(tmp_path, "{delay.period} après", f"{{{field}}} après")
    path.write_text(path.read_text().replace("{delay.period} of", f"{{{field}}} of", 1))
    error = refusal(path)
    assert error.message == f"“{{{field}}}” names no field of this clause or version"
    assert (error.line, error.column) == place(path, f"La réponse vous est donnée au plus tard {{{field}}}")


def test_a_field_that_only_one_language_names_is_refused(tmp_path: Path) -> None:
    path = copy(tmp_path, "You get an answer within {delay.period} of", "You get an answer soon after")
    assert refusal(path).message == "every language must name the same fields"


@pytest.mark.parametrize(
    ("old", "new", "found", "message"),
    [
        ("effective_date:", "colour: red\neffective_date:", "colour", "unknown key “colour”"),
        ("period: {months: 1}", "period: {months: 1, weeks: 3}", "weeks", "unknown key “weeks”"),
        ("period: {months: 1}", "period: {months: one}", "one}, start", "Input should be a valid integer"),
        ("period: {months: 1}", 'period: {months: "1"}', '"1"', "Input should be a valid integer"),
        ("{months: 1}", "{months: 0}", "{months: 0", "a period needs a number of years, months or days"),
        ("name: Sarvane France\n", "title: x\n", "title: x", "“name” is missing"),
        ("last_name: {fr", "last_name: &a {fr", "&a", "anchors and tags are not part of the language"),
        ("last_name: {fr", "last_name: !!omap {fr", "!!omap", "anchors and tags are not part of the language"),
        ("languages: [fr, en]", "languages: [fr, en", ":\n  network", "expected ',' or ']', but got ':'"),
        ("languages:", "effective_date: x\nlanguages:", "effective_date: x", ONCE),
        ("effective_date: 2020-01-25", "effective_date: soon", "soon", "write the day as year-month-day"),
        ("[last_name, first", "[surname, first", "surname", "“surname” has no words: add it to labels"),
        (
            "client.controller, client.persons]",
            "client.controller, client.person]",
            "client.person]",
            "there is no clause “client.person”",
        ),
        (
            "clauses: [client.rights, client.notice",
            "clauses: [client.source, client.notice",
            "client.source, client.notice",
            UNSPOKEN,
        ),
        ("start: receipt", "start: postmark", "postmark", "“postmark” has no words: add it to labels"),
        (
            "client.controller, client.persons]",
            "client.controller, user.persons]",
            "user.persons]",
            "“user.persons” does not speak to customers",
        ),
        ("[dpo.clients@halvec.example]", "[dpo.clients]", "dpo.clients]", NOT_A_MAILBOX),
        ("[dpo.clients@halvec.example]", "[]", "[]", "give at least one"),
        ("client.persons:", "Client.persons:", "Client.persons", "“Client.persons” cannot be a key here"),
        ("    spoken:\n      fr: Elles servent à", "    title:\n      fr: x", "title:\n      fr: x", ONCE),
    ],
)
def test_a_faulty_file_is_refused_with_line_and_column(
    tmp_path: Path, old: str, new: str, found: str, message: str
) -> None:
    path = copy(tmp_path, old, new)
    error = refusal(path)
    assert error.message == message
    assert (error.line, error.column) == place(path, found)
    assert str(error) == f"{path.name}:{error.line}:{error.column}: {message}"


def test_the_file_name_must_be_the_day_of_effect(tmp_path: Path) -> None:
    path = copy(tmp_path, name="2021-05-01.yaml")
    error = refusal(path)
    assert error.message == "the file's name must be its day of effect, 2020-01-25.yaml"
    assert (error.line, error.column) == place(path, "2020-01-25\nlanguages")


@pytest.mark.parametrize(
    ("content", "line", "column"), [(b"a: 1\nb: \xff", 2, 4), (b"a: 1\nbc: \x00", 2, 5), (b"", 1, 1), (b"- a", 1, 1)]
)
def test_what_is_not_a_version_is_refused(tmp_path: Path, content: bytes, line: int, column: int) -> None:
    path = tmp_path / FIRST.name
    path.write_bytes(content)
    error = refusal(path)
    assert (error.line, error.column) == (line, column)


def test_no_version_is_in_force_before_the_first() -> None:
    versions = policy.load_folder()
    with pytest.raises(policy.NoVersionInForceError):
        versions.in_force(date(2020, 1, 24))
    assert versions.in_force(date(2020, 1, 25)).id == "2020-01-25"


def test_a_future_version_sleeps_until_its_day(tmp_path: Path) -> None:
    copy(tmp_path)
    copy(tmp_path, "effective_date: 2020-01-25", "effective_date: 2031-03-01", name="2031-03-01.yaml")
    versions = policy.load_folder(tmp_path)
    assert versions.in_force(date(2031, 2, 28)).id == "2020-01-25"
    assert versions.in_force(date(2031, 3, 1)).id == "2031-03-01"
    assert versions.get("2031-03-01").effective_date == date(2031, 3, 1)


def test_an_unknown_version_is_refused() -> None:
    with pytest.raises(policy.UnknownVersionError):
        policy.load_folder().get("2019-01-01")


def test_a_version_cannot_be_changed_once_read() -> None:
    version = policy.load(FIRST)
    with pytest.raises(TypeError):
        version.clauses["client.rights"] = version.clauses["client.source"]  # type: ignore[index]
    with pytest.raises(ValueError, match="frozen"):
        version.sha256 = "0"
