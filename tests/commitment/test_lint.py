"""The linter finds each collision in any file that has it, none in one that has not, and says what mends it."""

from collections.abc import Callable
from datetime import date, timedelta
from fnmatch import fnmatch
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gardien.commitment import policy
from gardien.commitment.policy.checks import faults
from gardien.commitment.policy.lint import RULES, articles, lint

from .lint_firing import firing
from .lint_mutations import Data, Found, Mutation, changed, drop, muted, put, write
from .lint_stopping import stopping
from .versions_made import made

FIRST, SECOND = muted("2020-01-25"), muted("2026-11-22")
AT = date(2026, 11, 22)
FIRING, STOPPING = list(firing(SECOND)), list(stopping(FIRST))
NAMES = [rule.id for rule in RULES]
VERSIONS = policy.load_folder().all
ERRORS = [
    "users-two-months",
    "archive-none",
    "anonymised-restricted",
    "basis-unmapped",
    "complaint-missing",
    "controller-unnamed",
    "phone-prospecting",
    "bundled-consent",
    "objection-excepted",
    "purpose-without-retention",
    "leavers-undated",
]


def found(version: policy.Version, at: date = AT) -> Found:
    return {(finding.id, finding.clause) for finding in lint(version, at=at)}


def sound(data: Data) -> policy.Version:
    """Return the version that a file of these data would be; it has no fault for which a file is refused."""
    version = made(data)
    assert list(faults(version)) == []
    return version


def judged(data: Data) -> Found:
    return found(sound(data))


def remedies(later: list[policy.Version]) -> dict[tuple[str, str], str | None]:
    return {(each.id, each.clause): each.remedy for each in lint(VERSIONS[0], at=AT, later=later)}


@pytest.fixture(scope="module")
def first() -> Found:
    return judged(FIRST)


def name_of(mutation: Mutation) -> str:
    return f"{mutation.rule}-{mutation.label}"


@pytest.mark.parametrize("mutation", FIRING, ids=name_of)
def test_a_mutation_of_the_mended_version_makes_its_collision_and_mends_all_others(
    mutation: Mutation,
) -> None:
    version = sound(changed(SECOND, mutation.change))
    assert found(version) == mutation.moves
    unmended = {key for key, remedy in remedies([version]).items() if remedy is None}
    assert mutation.moves & found(VERSIONS[0]) <= unmended
    assert {rule for rule, _ in unmended} <= {mutation.rule}


@pytest.mark.parametrize("mutation", STOPPING, ids=name_of)
def test_a_mutation_of_the_first_version_ends_its_collision_and_no_other(mutation: Mutation, first: Found) -> None:
    assert mutation.moves <= first
    assert judged(changed(FIRST, mutation.change)) == first - mutation.moves


def test_every_rule_is_mutated_in_both_directions() -> None:
    assert len(set(NAMES)) == 24
    assert {mutation.rule for mutation in FIRING} == set(NAMES)
    assert {mutation.rule for mutation in STOPPING if mutation.moves} == set(NAMES)
    assert [rule.id for rule in RULES if rule.severity == "error"] == ERRORS


def test_words_are_never_read(first: Found, tmp_path: Path) -> None:
    files = [policy.load(write(data, tmp_path)) for data in (FIRST, SECOND)]
    assert [found(version) for version in files] == [first, judged(SECOND)]
    assert [found(version) for version in VERSIONS] == [first, judged(SECOND)]
    assert {rule for rule, _ in first} == set(NAMES)
    assert judged(SECOND) == set()


READ = {
    "users-two-months": "rights.delay",
    "particulars-mandatory": "rights.particulars",
    "identity-copy": "rights.identity-proof",
    "archive-none": "*retention*",
    "anonymised-restricted": "*retention*",
    "basis-unmapped": "basis* use.* messages.*",
    "complaint-missing": "rights.complaint",
    "post-mortem-missing": "rights.post-mortem",
    "transfers-silent": "transfers",
    "controller-unnamed": "controller",
    "partners-opt-out": "messages.*",
    "sms-unlisted": "retention.* messages.*",
    "ads-without-purpose": "retention.* use.* messages.*",
    "phone-prospecting": "categories phone-prospecting messages.*",
    "fax-minimisation": "categories",
    "bundled-consent": "basis.consent acknowledgement",
    "rights-email-only": "rights rights.channels",
    "processor-answers": "rights.executor",
    "objection-excepted": "basis.legitimate-interest rights",
    "definition-narrow": "definition",
    "retention-without-purpose": "retention.* use.* messages.*",
    "purpose-without-retention": "*retention* use.* messages.*",
    "leavers-undated": "*retention*",
    "contract-basis-missing": "basis* use.*",
}


def disturb(random: Random) -> Callable[[Data], object]:
    """Give every retention another period, and the clauses another order."""

    def change(data: Data) -> None:
        for clause in data["clauses"].values():
            for kept in (clause.get("retention", {}), *clause.get("records", {}).values()):
                if "period" in kept:
                    kept["period"] = {random.choice(["years", "months", "days"]): random.randint(1, 400)}
        data["clauses"] = dict(random.sample(list(data["clauses"].items()), len(data["clauses"])))

    return change


@settings(max_examples=25, deadline=None)
@given(
    is_first=st.booleans(),
    types=st.sets(st.sampled_from(sorted({id_.partition(".")[2] for id_ in SECOND["clauses"]})), max_size=6),
    random=st.randoms(use_true_random=False),
)
def test_what_a_rule_does_not_read_never_changes_its_verdict(
    first: Found, is_first: bool, types: set[str], random: Random
) -> None:
    base, before = (FIRST, first) if is_first else (SECOND, set())
    gone = [id_ for id_ in base["clauses"] if id_.partition(".")[2] in types]
    after = judged(changed(base, drop(*gone), disturb(random)))
    kept = {
        rule for rule, read in READ.items() if not any(fnmatch(name, each) for name in types for each in read.split())
    }
    assert {each for each in after if each[0] in kept} == {each for each in before if each[0] in kept}


def test_calls_are_judged_from_the_day_of_their_law() -> None:
    rule = {("phone-prospecting", "client.phone-prospecting")}
    assert found(VERSIONS[0], date(2026, 8, 10)) == found(VERSIONS[0], date(2026, 8, 11)) - rule
    assert rule <= found(VERSIONS[0], date(2026, 8, 11))


def test_no_law_binds_before_its_day() -> None:
    for rule in RULES:
        day = articles()[rule.law].applies_from
        assert rule.id in {id_ for id_, _ in found(VERSIONS[0], day)}
        if day > date.min:
            assert rule.id not in {id_ for id_, _ in found(VERSIONS[0], day - timedelta(days=1))}


def test_an_article_that_nobody_has_read_is_no_authority() -> None:
    law = {key: entry.model_copy(update={"verified_on": None}) for key, entry in articles().items()}
    for read, entries in ((True, articles()), (False, law)):
        assert {bool(finding.article) for finding in lint(VERSIONS[0], at=AT, law=entries)} == {read}
    by_id = {finding.id: finding.article for finding in lint(VERSIONS[0], at=AT)}
    assert by_id["users-two-months"] == "Regulation (EU) 2016/679, art. 12(3)"
    assert by_id["phone-prospecting"] == "Code de la consommation, art. L. 223-1 and L. 223-2"
    assert {rule.law for rule in RULES} == set(articles())


def test_the_mended_version_has_the_field_that_ends_each_finding() -> None:
    apart = {
        ("archive-none", "user.retention.ads"): "user.retention.ads",
        ("sms-unlisted", "client.retention.messages"): "client.messages.sms",
        ("purpose-without-retention", "client.use.storage"): "client.retention.storage",
        ("ads-without-purpose", "user.retention.ads"): "user.retention.ads",
        ("rights-email-only", "client.rights"): "client.rights.channels",
        ("rights-email-only", "user.rights"): "user.rights.channels",
        ("contract-basis-missing", "client.use.quote"): "client.basis.contract",
        ("contract-basis-missing", "client.use.storage"): "client.basis.contract",
        ("partners-opt-out", "user.messages.phone"): "user.messages.phone.permission",
        ("partners-opt-out", "user.messages.post"): "user.messages.post.objection_per",
    }
    given_by = remedies([VERSIONS[1]])
    assert {key: given_by[key] for key in apart} == {key: f"field:clauses.{field}" for key, field in apart.items()}
    for (rule, clause), remedy in given_by.items():
        assert remedy is not None
        if (rule, clause) not in apart:
            assert remedy.startswith(f"field:clauses.{clause}")


def test_the_first_later_version_that_ends_a_finding_is_its_remedy() -> None:
    def redate(data: Data) -> None:
        data["effective_date"] = "2024-02-03"

    ads, unlisted = "user.retention.ads", put("client.retention.messages", channels=["by_email"])
    between = sound(changed(FIRST, unlisted, drop(ads), redate))
    ended = {
        ("sms-unlisted", "client.retention.messages"): "field:clauses.client.retention.messages.channels",
        ("ads-without-purpose", ads): f"field:clauses.{ads}",
    }
    assert remedies([between]) == dict.fromkeys(remedies([])) | ended  # and archives are denied elsewhere
    assert remedies([between, VERSIONS[1]]) == remedies([VERSIONS[1]]) | ended


def test_of_changes_that_end_a_finding_together_the_last_is_named() -> None:
    later = sound(changed(FIRST, drop("client.use.quote", "client.use.storage")))
    assert remedies([later])["basis-unmapped", "client.basis-matrix"] == "field:clauses.client.use.storage"
