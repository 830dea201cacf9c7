"""The version of 2026-11-22: the promises of the first, mended, each change as a field."""

from datetime import date

from gardien.commitment import policy
from gardien.commitment.policy import Clause, Period, Version, kinds

FIRST, SECOND = policy.load_folder().all
ADDED = {
    *(
        f"{population}.{name}"
        for population in policy.POPULATIONS
        for name in (
            "basis-matrix",
            "phone-prospecting",
            "messages.sms",
            "categories.derived",
            "transfers",
            "rights.channels",
            "rights.complaint",
            "rights.post-mortem",
            "archive.intermediate",
            "evidence.retention",
            "backup.retention",
        )
    ),
    "client.basis.contract",
    "client.messages.email",
    "client.retention.storage",
    "user.acknowledgement",
    "user.retention.leavers",
}


def clauses(version: Version, name: str) -> list[Clause]:
    found = [version.clauses.get(f"{population}.{name}") for population in policy.POPULATIONS]
    return [clause for clause in found if clause]


def test_it_has_every_clause_of_the_first_but_advertising_and_those_it_adds() -> None:
    assert set(SECOND.clauses) == set(FIRST.clauses) - {"user.retention.ads"} | ADDED


def test_it_sleeps_until_its_day() -> None:
    versions = policy.load_folder()
    assert versions.in_force(date(2026, 11, 21)).id == "2020-01-25"
    assert versions.in_force(date(2026, 11, 22)).id == "2026-11-22"


def test_a_request_is_answered_within_a_month_of_its_receipt_longer_only_as_the_law_has_it() -> None:
    for clause in clauses(SECOND, "rights.delay"):
        assert clause.delay == policy.Delay(period=Period(months=1), start="receipt", extension="law")


def test_what_a_request_needs_is_asked_and_never_required() -> None:
    assert [clause.particulars_are for clause in clauses(FIRST, "rights.particulars")] == ["demanded"] * 2
    assert [clause.particulars_are for clause in clauses(SECOND, "rights.particulars")] == ["asked"] * 2
    proofs = [clause.identity for clause in clauses(SECOND, "rights.identity-proof")]
    assert [(proof.when, proof.proof) for proof in proofs if proof] == [("recorded_doubt", "any_means")] * 2
    assert [len(clause.channels) for clause in clauses(SECOND, "rights.channels")] == [4, 4]


def test_objecting_to_marketing_has_no_exception() -> None:
    held = [clause for clause in SECOND.clauses.values() if clause.exceptions]
    assert {clause.exceptions for clause in held} == {"not_for_marketing"}
    assert FIRST.clauses["user.rights"].exceptions == "some"


def test_consent_and_acknowledgement_are_two_boxes() -> None:
    acts = [SECOND.clauses[id_].consent for id_ in ("user.basis.consent", "user.acknowledgement")]
    assert [(act.acts, act.boxes) for act in acts if act] == [(("processing",), 1), (("acknowledgement",), 1)]
    bundled = FIRST.clauses["user.basis.consent"].consent
    assert bundled is not None
    assert (bundled.acts, bundled.boxes) == (("processing", "acknowledgement"), 1)


def test_every_purpose_has_a_basis_and_a_retention_and_every_retention_a_purpose() -> None:
    for population in policy.POPULATIONS:
        own = SECOND.population(population)
        purposes = {id_ for id_ in own if policy.is_purpose(id_)}
        assert set(SECOND.clauses[f"{population}.basis-matrix"].bases) == purposes
        assert {purpose for clause in own.values() for purpose in clause.purposes} == purposes
        timed = {id_ for id_ in own if ".retention." in id_ and not id_.endswith(("derogations", "backup.retention"))}
        assert {id_ for id_ in timed if not own[id_].purposes} == set()


def test_no_archive_is_denied_where_a_derogation_exists_and_nothing_anonymous_is_restricted() -> None:
    kept = [clause.retention for clause in SECOND.clauses.values() if clause.retention]
    assert [retention for retention in kept if retention.archive == "none" or retention.access] == []
    orders = SECOND.clauses["user.retention.orders"].retention
    assert orders is not None
    assert (orders.until, orders.archive, orders.then) == (("end_of_services",), "intermediate", "anonymised")
    assert [clause.access for clause in clauses(SECOND, "archive.intermediate")] == ["restricted"] * 2


def test_fax_is_gone_and_the_vehicle_number_is_new() -> None:
    before, after = (set(version.clauses["client.categories"].categories) for version in (FIRST, SECOND))
    assert (before - after, after - before) == ({"fax"}, {"vin"})
    assert "fax" not in SECOND.clauses["user.categories"].categories


def test_evidence_is_kept_as_long_as_stated() -> None:
    found = {
        id_: (record.period, record.start)
        for clause in clauses(SECOND, "evidence.retention")
        for id_, record in clause.records.items()
    }
    assert found == {
        "security_log": (Period(months=12), "record"),
        "journal": (Period(years=5), "record"),
        "consent_proof": (Period(years=5), "end_of_purpose"),
        "objection_digest": (Period(years=3), "objection_made"),
        "request_file": (Period(years=1), "answer"),
        "answer_proof": (Period(years=5), "answer"),
        "reporting": (Period(months=13), "record"),
        "audience": (Period(months=25), "record"),
    }


def test_offers_to_customers_and_take_overs_are_types_that_no_version_uses() -> None:
    for id_ in ("client.use.offers", "client.source.take-over"):
        assert kinds.kind_of(id_) is not None
        assert [version.id for version in (FIRST, SECOND) if id_ in version.clauses] == []


def test_calls_need_consent_and_offers_an_objection_per_sender_and_channel() -> None:
    assert [clause.permission for clause in clauses(SECOND, "phone-prospecting")] == ["opt_in"] * 2
    offers = {id_: clause for id_, clause in SECOND.clauses.items() if clause.content == "offers"}
    assert {id_: clause.permission for id_, clause in offers.items()} == {
        "user.messages.email": "opt_out",
        "user.messages.post": "opt_out",
        "user.messages.phone": "opt_in",
    }
    assert {clause.objection_per for clause in offers.values()} == {("sender", "channel")}
