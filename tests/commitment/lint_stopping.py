"""For every rule, mutations of the first version that must end its collisions, and no other's."""

from collections.abc import Iterator
from typing import Any

from gardien.commitment import policy

from .lint_mutations import Data, Mutation, drop, matching, put, set_fields

ONE_CLAUSE: list[tuple[str, str, list[dict[str, Any]]]] = [
    (
        "users-two-months",
        "user.rights.delay",
        [{"delay": {"period": period, "start": "receipt"}} for period in ({"months": 1}, {"days": 28}, {"days": 15})],
    ),
    ("particulars-mandatory", "*.rights.particulars", [{"particulars_are": "asked"}]),
    ("identity-copy", "*.rights.identity-proof", [{"identity": {"when": "recorded_doubt"}}]),
    *(
        ("archive-none", pattern, [{"retention": {"archive": archive}} for archive in ("intermediate", None)])
        for pattern in ("client.retention.[!d]*", "user.retention.[!do]*")
    ),
    ("anonymised-restricted", "user.retention.orders", [{"retention": {name: None}} for name in ("then", "access")]),
    ("controller-unnamed", "client.controller", [{"controller": {"is_named": True}}]),
    (
        "partners-opt-out",
        "user.messages.*",
        [
            {"objection_per": ["channel", "sender"]},
            {"senders": ["controller"]},
            {"permission": "opt_in"},
            {"content": "service"},
        ],
    ),
    ("sms-unlisted", "client.retention.messages", [{"channels": ["by_email"]}, {"channels": None}]),
    ("ads-without-purpose", "user.retention.ads", [{"purposes": ["user.messages.email"]}]),
    ("bundled-consent", "user.basis.consent", [{"consent": {"acts": ["processing"]}}, {"consent": {"boxes": 2}}]),
    ("rights-email-only", "*.rights", [{"channels": ["by_email", "by_post"]}]),
    (
        "processor-answers",
        "client.rights.executor",
        [{"executor": {"is_mandated": True}}, {"executor": {"party": "controller"}}],
    ),
    (
        "objection-excepted",
        "user.basis.legitimate-interest",
        [{"exceptions": name} for name in ("none", "not_for_marketing")],
    ),
    ("objection-excepted", "user.rights", [{"exceptions": name} for name in ("none", "not_for_marketing", None)]),
    ("objection-excepted", "user.rights", [{"rights": ["access", "erasure"]}]),
    ("definition-narrow", "user.definition", [{"definition": "gdpr"}]),
    *(
        ("retention-without-purpose", f"client.retention.{name}", [{"purposes": ["client.use.quote"]}])
        for name in ("messages", "processors")
    ),
]
ADDED: list[tuple[str, str, dict[str, Any], tuple[str, ...]]] = [
    *(("complaint-missing", f"{who}.rights.complaint", {}, ()) for who in policy.POPULATIONS),
    *(("post-mortem-missing", f"{who}.rights.post-mortem", {}, ()) for who in policy.POPULATIONS),
    *(
        ("transfers-silent", f"{who}.transfers", {"transfers": transfers}, ())
        for who in policy.POPULATIONS
        for transfers in ("none", "adequacy", "safeguards")
    ),
    *(
        ("rights-email-only", f"{who}.rights.channels", {"channels": ["by_form"]}, (f"{who}.rights",))
        for who in policy.POPULATIONS
    ),
    ("phone-prospecting", "client.phone-prospecting", {"permission": "opt_in"}, ()),
    (
        "purpose-without-retention",
        "client.retention.storage",
        {"retention": {"until": ["end_of_services"]}, "purposes": ["client.use.storage"]},
        ("client.use.storage",),
    ),
    ("contract-basis-missing", "client.basis.contract", {}, ("client.use.quote", "client.use.storage")),
    *(
        (
            "leavers-undated",
            f"user.retention.{name}",
            {"retention": {"period": {"months": 6}, "start": start}, "purposes": ["user.use.accounts"]},
            ("user.retention.leavers",),
        )
        for name, start in {"leavers": "last_activity", "contact": "departure"}.items()
    ),
]


def stopping(data: Data) -> Iterator[Mutation]:
    """Yield mutations, each with all findings that must then be over."""
    yield from set_fields(data, ONE_CLAUSE)
    for rule, id_, fields, over in ADDED:
        yield Mutation(rule, f"{id_} {fields}", put(id_, **fields), {(rule, each) for each in over or (id_,)})
    for who in policy.POPULATIONS:
        yield from _of_population(data, who)
    yield from _of_numbers(data)
    ads, shared = "user.retention.ads", "client.retention.processors"
    over = {("ads-without-purpose", ads), ("archive-none", ads)}
    yield Mutation("ads-without-purpose", "gone", drop(ads), over)
    aimed = put(shared, purposes=["client.use.storage"])
    yield Mutation("purpose-without-retention", "not by sharing", aimed, {("retention-without-purpose", shared)})


def _of_population(data: Data, who: str) -> Iterator[Mutation]:
    kept = [id_ for id_ in matching(data, f"{who}.retention.*") if "retention" in data["clauses"][id_]]
    denied = {("archive-none", id_) for id_ in kept if data["clauses"][id_]["retention"].get("archive") == "none"}
    yield Mutation("archive-none", f"{who} no derogation", drop(f"{who}.retention.derogations"), denied)
    uses = [*matching(data, f"{who}.use.*"), *matching(data, f"{who}.messages.*")]
    matrix = f"{who}.basis-matrix"
    mapped = put(matrix, bases=dict.fromkeys(uses, "consent"))
    yield Mutation("basis-unmapped", who, mapped, {("basis-unmapped", matrix)})
    categories = [name for name in data["clauses"][f"{who}.categories"]["categories"] if name != "fax"]
    fewer = put(f"{who}.categories", categories=categories)
    yield Mutation("fax-minimisation", who, fewer, {("fax-minimisation", f"{who}.categories")})


def _of_numbers(data: Data) -> Iterator[Mutation]:
    """Yield customers' categories without the one number, the other, and both: only the last needs no notice."""
    found = data["clauses"]["client.categories"]["categories"]
    for numbers in ({"phone"}, {"mobile"}, {"phone", "mobile"}):
        fewer = put("client.categories", categories=[name for name in found if name not in numbers])
        over = {("phone-prospecting", "client.phone-prospecting")} if len(numbers) == 2 else set()
        yield Mutation("phone-prospecting", f"no {sorted(numbers)}", fewer, over)
