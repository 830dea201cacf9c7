"""For every rule, mutations of the mended version that must make it collide, and nothing else with it."""

from collections.abc import Callable, Iterator
from typing import Any

from gardien.commitment import policy

from .lint_mutations import Data, Mutation, drop, matching, one_by_one, put, set_fields, together

LATE: list[dict[str, Any]] = [
    *({"period": period} for period in ({"months": 2}, {"months": 1, "days": 1}, {"days": 29}, {"years": 1})),
    *({"period": period, "start": "complete_request"} for period in ({"months": 1}, {"days": 15})),
]
PROOFS = ("signed_copy", "supporting_documents", "any_means")
FROZEN = {"then": "anonymised", "access": "restricted"}
NARROW = {"definition": "identifies_or_logs_in"}
BUNDLED = {"acts": ["processing", "acknowledgement"]}
TRACKED = {"period": {"months": 12}, "start": "cookie"}
RECORDED = {"period": {"months": 12}, "start": "record"}
OFFERS = {"channels": ["by_phone"], "content": "offers", "senders": ["controller"], "permission": "opt_out"}

ONE_CLAUSE: list[tuple[str, str, list[dict[str, Any]]]] = [
    ("users-two-months", "*.rights.delay", [{"delay": delay} for delay in LATE]),
    ("particulars-mandatory", "*.rights.particulars", [{"particulars_are": "demanded"}]),
    (
        "identity-copy",
        "*.rights.identity-proof",
        [{"identity": {"when": "certain_requests", "proof": proof}} for proof in PROOFS],
    ),
    ("archive-none", "*.retention.[!d]*", [{"retention": {"archive": "none"}}]),
    ("archive-none", "*.backup.retention", [{"retention": {"archive": "none"}}]),
    ("anonymised-restricted", "*.retention.[!d]*", [{"retention": FROZEN}]),
    ("anonymised-restricted", "*.evidence.retention", [{"records": {"journal": RECORDED | FROZEN}}]),
    ("controller-unnamed", "*.controller", [{"controller": {"is_named": False}}]),
    (
        "partners-opt-out",
        "user.messages.[!s]*",
        [{"permission": "opt_out", "objection_per": per} for per in (["sender"], ["channel"], [])],
    ),
    ("phone-prospecting", "client.phone-prospecting", [{"permission": "opt_out"}]),
    ("bundled-consent", "*.basis.consent", [{"consent": BUNDLED | {"boxes": boxes}} for boxes in (0, 1)]),
    ("bundled-consent", "user.acknowledgement", [{"consent": BUNDLED}]),
    ("processor-answers", "client.rights.executor", [{"executor": {"is_mandated": False}}]),
    ("objection-excepted", "*.basis.legitimate-interest", [{"exceptions": "some"}]),
    ("objection-excepted", "*.rights", [{"exceptions": "some"}]),
    ("definition-narrow", "user.definition", [NARROW]),
    ("retention-without-purpose", "client.retention.processors", [{"purposes": None}]),
    ("retention-without-purpose", "user.retention.contact", [{"purposes": None}]),
    ("retention-without-purpose", "user.retention.leavers", [{"purposes": None}]),
    (
        "leavers-undated",
        "user.retention.leavers",
        [{"retention": {"period": None, "start": None, "until": ["end_of_services"]}}],
    ),
]
ABSENT = {
    "basis-unmapped": "*.basis-matrix",
    "complaint-missing": "*.rights.complaint",
    "post-mortem-missing": "*.rights.post-mortem",
    "transfers-silent": "*.transfers",
    "controller-unnamed": "*.controller",
    "phone-prospecting": "client.phone-prospecting",
    "leavers-undated": "user.retention.leavers",
}
NEW = [
    ("ads-without-purpose", "retention.ads", {"retention": TRACKED}),
    ("ads-without-purpose", "retention.ads", {"retention": RECORDED}),
    ("ads-without-purpose", "retention.tracking", {"retention": TRACKED}),
    ("retention-without-purpose", "retention.tracking", {"retention": RECORDED}),
    ("definition-narrow", "definition", NARROW),
    ("processor-answers", "rights.executor", {"executor": {"party": "provider", "is_mandated": False}}),
]


def firing(data: Data) -> Iterator[Mutation]:
    """Yield mutations, each with all that the linter must then find."""
    yield from set_fields(data, ONE_CLAUSE)
    for rule, pattern in ABSENT.items():
        for id_ in matching(data, pattern):
            yield Mutation(rule, f"no {id_}", drop(id_), {(rule, id_)})
    for who in policy.POPULATIONS:
        for rule, name, fields in NEW:
            id_ = f"{who}.{name}"
            yield Mutation(rule, f"new {id_} {fields}", put(id_, **fields), {(rule, id_)})
        yield from _of_lists(data, who)
        yield from _of_purposes(data, who)
    yield from _of_contracts(data)


def _of_lists(data: Data, who: str) -> Iterator[Mutation]:
    """Yield mutations of channels and of categories."""
    categories, rights = f"{who}.categories", f"{who}.rights"

    def channels(label: str, change: Callable[[Data], object]) -> Mutation:
        return Mutation("rights-email-only", f"{who} {label}", change, {("rights-email-only", rights)})

    yield channels("no channel", drop(f"{who}.rights.channels"))
    for found in (["by_email"], ["by_post"], ["by_email", "by_email"]):
        yield channels(str(found), put(f"{who}.rights.channels", channels=found))
    same = together(put(f"{who}.rights.channels", channels=["by_post"]), put(rights, channels=["by_post"]))
    yield channels("the same twice", same)
    fax = put(categories, categories=[*data["clauses"][categories]["categories"], "fax"])
    yield Mutation("fax-minimisation", who, fax, {("fax-minimisation", categories)})
    kept = f"{who}.retention.messages"
    unlisted = together(drop(f"{who}.messages.sms"), put(kept, channels=["by_post", "by_sms"]))
    yield Mutation("sms-unlisted", who, unlisted, {("sms-unlisted", kept)})


def _of_purposes(data: Data, who: str) -> Iterator[Mutation]:
    """Yield purposes without basis and purposes without retention, one at a time."""
    matrix = f"{who}.basis-matrix"
    for use, rest in one_by_one(data, who):
        yield Mutation("basis-unmapped", f"without {use}", put(matrix, bases=rest), {("basis-unmapped", matrix)})
    for use, fields in {
        f"{who}.use.new": {},
        f"{who}.messages.new": {"channels": ["by_post"], "content": "service"},
    }.items():
        mapped = put(matrix, bases={**data["clauses"][matrix]["bases"], use: "law"})
        found = {("purpose-without-retention", use)}
        yield Mutation("purpose-without-retention", use, together(put(use, **fields), mapped), found)


def _of_contracts(data: Data) -> Iterator[Mutation]:
    """Yield what only customers' clauses can have wrong."""
    bases, rule = data["clauses"]["client.basis-matrix"]["bases"], "contract-basis-missing"
    for use, kept in {
        "client.use.quote": "client.retention.quotes",
        "client.use.storage": "client.retention.storage",
    }.items():
        for basis in ("consent", "legitimate-interest", "law"):
            other = put("client.basis-matrix", bases={**bases, use: basis})
            yield Mutation(rule, f"{use} {basis}", other, {(rule, use)})
        untimed = {("purpose-without-retention", use)}
        yield Mutation("purpose-without-retention", f"without {kept}", drop(kept), untimed)
    calls = "client.messages.phone"
    kept_for = data["clauses"]["client.retention.messages"]["purposes"]
    unasked = together(
        put(calls, **OFFERS),
        put("client.basis-matrix", bases={**bases, calls: "legitimate-interest"}),
        put("client.retention.messages", purposes=[*kept_for, calls]),
    )
    yield Mutation("phone-prospecting", "calls", unasked, {("phone-prospecting", calls)})
