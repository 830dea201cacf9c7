"""The table of collisions: what each is, how grave, which law it breaks, and what Gardien does about it."""

from dataclasses import dataclass
from typing import Literal

from gardien.commitment.policy.kinds import POPULATIONS, Population
from gardien.commitment.policy.lint import rules

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Rule:
    """One collision: what is wrong in a sentence, what Gardien does about it, and the key of the law that says so.

    `finds` names the clauses that collide; it is asked once for each of the `populations`.
    """

    id: str
    severity: Severity
    law: str
    collision: str
    behaviour: str
    finds: rules.Finds
    populations: tuple[Population, ...] = POPULATIONS


RULES = (
    Rule(
        "users-two-months",
        "error",
        "gdpr-12-3",
        "The answer may be promised later than the law's month from the receipt of the request.",
        "Both dates are tracked, the shorter governs.",
        rules.late_answer,
    ),
    Rule(
        "particulars-mandatory",
        "warning",
        "gdpr-11-2-12-2",
        "A request must state particulars, though the person may be identifiable without them.",
        "What is missing is asked for and never blocks a request.",
        rules.clauses_that(rules.is_demanding),
    ),
    Rule(
        "identity-copy",
        "warning",
        "gdpr-12-6",
        "Proof of identity is demanded without a reasonable doubt.",
        "It is asked for on recorded doubt only.",
        rules.clauses_that(rules.wants_identity),
    ),
    Rule(
        "archive-none",
        "error",
        "gdpr-13-2-a",
        "There is no archive, yet derogations keep some data longer.",
        "An intermediate archive holds what a derogation needs.",
        rules.denied_archive,
    ),
    Rule(
        "anonymised-restricted",
        "error",
        "gdpr-4-1",
        "Data said to be anonymous is under restricted access, as only personal data needs to be.",
        "A restricted archive first, then anonymous: two truthful steps.",
        rules.clauses_that(rules.restricts_the_anonymous),
    ),
    Rule(
        "basis-unmapped",
        "error",
        "gdpr-13-1-c",
        "Nothing says on which basis each purpose rests.",
        "A matrix maps each purpose to its basis.",
        rules.unmapped,
    ),
    Rule(
        "complaint-missing",
        "error",
        "gdpr-13-2-d",
        "Nobody is told that they can complain to the supervisory authority.",
        "A clause says so.",
        rules.lacks("rights.complaint"),
    ),
    Rule(
        "post-mortem-missing",
        "warning",
        "data-act-85",
        "Nobody is told that they can leave directives on their data after death.",
        "A clause says so.",
        rules.lacks("rights.post-mortem"),
    ),
    Rule(
        "transfers-silent",
        "warning",
        "gdpr-13-1-f",
        "Nothing says whether data leaves the European Union.",
        "A clause says so.",
        rules.lacks("transfers"),
    ),
    Rule(
        "controller-unnamed",
        "error",
        "gdpr-13-1-a",
        "The controller is not named.",
        "The notice is filled with each repairer's name and address.",
        rules.unnamed_controller,
    ),
    Rule(
        "partners-opt-out",
        "warning",
        "gdpr-21-2",
        "Partners' offers are sent unless opposed, with no objection per sender and channel.",
        "An objection counts per sender and channel.",
        rules.clauses_that(rules.sends_for_partners),
    ),
    Rule(
        "sms-unlisted",
        "warning",
        "gdpr-13-1-c",
        "Text messages have a retention but are no channel.",
        "Channels are enumerated once.",
        rules.unlisted_sms,
    ),
    Rule(
        "ads-without-purpose",
        "warning",
        "gdpr-5-1-b",
        "Data is kept for advertising, which is no purpose of the version.",
        "Advertising is off, and its absence proved.",
        rules.aimless_ads,
    ),
    Rule(
        "phone-prospecting",
        "error",
        "consumer-code-223",
        "Consumers' numbers are taken without the notice that sales calls need their consent, or called without it.",
        "A clause says so, and consent is asked per number.",
        rules.unasked_calls,
        ("client",),
    ),
    Rule(
        "fax-minimisation",
        "warning",
        "gdpr-5-1-c",
        "Fax numbers are collected, which no purpose needs.",
        "Optional, and off as a channel.",
        rules.clauses_that(rules.takes_fax),
    ),
    Rule(
        "bundled-consent",
        "error",
        "gdpr-7-2",
        "One answer stands for two acts.",
        "Consent and acknowledgement are two records.",
        rules.clauses_that(rules.bundles),
    ),
    Rule(
        "rights-email-only",
        "warning",
        "gdpr-12-2",
        "There is one channel at most to exercise rights.",
        "Four channels.",
        rules.single_channel,
    ),
    Rule(
        "processor-answers",
        "warning",
        "gdpr-28-3-e",
        "The provider answers for the controllers without a mandate.",
        "A mandate, routing to the controller, a receipt.",
        rules.clauses_that(rules.has_the_processor_answer),
    ),
    Rule(
        "objection-excepted",
        "error",
        "gdpr-21-3",
        "Objection has exceptions, even to marketing.",
        "Objection to marketing is absolute.",
        rules.clauses_that(rules.excepts_objection),
    ),
    Rule(
        "definition-narrow",
        "warning",
        "gdpr-4-1",
        "Personal data is defined more narrowly than by the law.",
        "The law's definition is applied.",
        rules.clauses_that(rules.defines_narrowly),
    ),
    Rule(
        "retention-without-purpose",
        "warning",
        "gdpr-5-1-b",
        "Data is kept for no stated purpose.",
        "A purpose is named, or the retention removed.",
        rules.aimless_retention,
    ),
    Rule(
        "purpose-without-retention",
        "error",
        "gdpr-13-2-a",
        "A purpose's data has no retention.",
        "Each purpose has its retention.",
        rules.untimed_purpose,
    ),
    Rule(
        "leavers-undated",
        "error",
        "gdpr-5-1-e",
        "Data of users who leave before services end is never due.",
        "They have a clock of their own.",
        rules.undated_leavers,
        ("user",),
    ),
    Rule(
        "contract-basis-missing",
        "warning",
        "gdpr-6-1-b",
        "What the person asked for rests on something else than the contract.",
        "Quotes and storage rest on the contract.",
        rules.without_contract,
        ("client",),
    ),
)
"""All rules, in the order of the mission's table."""
