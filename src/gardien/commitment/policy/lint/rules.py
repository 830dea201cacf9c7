"""The collisions: where a version disagrees with the law or with itself, read from its fields and never its wording.

A rule looks at the clauses of one population, by type (`rights.delay`), and names those that collide. What should be
there and is not is named too.
"""

from collections.abc import Callable, Iterable, Mapping

from gardien.commitment.policy.clauses import Clause, Retention
from gardien.commitment.policy.governing import may_outlast
from gardien.commitment.policy.legal_time import RESPONSE_PERIOD

Own = Mapping[str, Clause]
"""The clauses of one population, by type."""
Finds = Callable[[Own], Iterable[str]]

SMS = "by_sms"
PHONE = "by_phone"
NUMBERS = {"phone", "mobile"}
AT_REQUEST = ("use.quote", "use.storage")
"""What a customer asks for, or has a contract for."""
OF_SOME = {"retention.processors", "retention.leavers"}
"""Retentions of one holder or of some persons only: they do not say how long the controller keeps a purpose's data."""


def clauses_that(collides: Callable[[Clause], bool]) -> Finds:
    """Return the rule that names every clause that collides by itself."""
    return lambda own: [name for name, clause in own.items() if collides(clause)]


def lacks(name: str) -> Finds:
    """Return the rule that names a clause that is not there."""
    return lambda own: [] if name in own else [name]


def late_answer(own: Own) -> Iterable[str]:
    """Name the delay that may end after the law's month, which runs from receipt."""
    clause = own.get("rights.delay")
    delay = clause.delay if clause else None
    if delay and (delay.start != "receipt" or may_outlast(delay.period, RESPONSE_PERIOD)):
        yield "rights.delay"


def denied_archive(own: Own) -> Iterable[str]:
    """Name each retention that denies an archive although derogations keep some data longer."""
    if "retention.derogations" in own:
        yield from (name for name, clause in own.items() if clause.retention and clause.retention.archive == "none")


def unmapped(own: Own) -> Iterable[str]:
    """Name the matrix if a purpose has no basis in it."""
    if any(purpose not in _bases(own) for purpose in _purposes(own)):
        yield "basis-matrix"


def unnamed_controller(own: Own) -> Iterable[str]:
    """Name the controller's clause if no notice names the controller."""
    clause = own.get("controller")
    if not (clause and clause.controller and clause.controller.is_named):
        yield "controller"


def unlisted_sms(own: Own) -> Iterable[str]:
    """Name each retention of text messages if no channel of messages is that."""
    if not any(SMS in clause.channels for name, clause in own.items() if name.startswith("messages.")):
        yield from (name for name, clause in own.items() if clause.retention and SMS in clause.channels)


def aimless_ads(own: Own) -> Iterable[str]:
    """Name each retention for advertising that has no such purpose."""
    if "use.ads" not in own:
        yield from (name for name in _without_purpose(own) if _is_advertising(name, own[name]))


def aimless_retention(own: Own) -> Iterable[str]:
    """Name each other retention that is for no purpose."""
    yield from (name for name in _without_purpose(own) if not _is_advertising(name, own[name]))


def unasked_calls(own: Own) -> Iterable[str]:
    """Name the missing notice on sales calls if numbers are taken, and the calls with offers that await no consent."""
    notice, categories = own.get("phone-prospecting"), own.get("categories")
    is_due = bool(categories and NUMBERS & set(categories.categories))
    if is_due and not (notice and notice.permission == "opt_in"):
        yield "phone-prospecting"
    for name, clause in own.items():
        if clause.content == "offers" and PHONE in clause.channels and clause.permission != "opt_in":
            yield name


def single_channel(own: Own) -> Iterable[str]:
    """Name the rights if there are not two ways at least to exercise them."""
    channels = {channel for name in ("rights", "rights.channels") if name in own for channel in own[name].channels}
    if len(channels) <= 1:
        yield "rights"


def untimed_purpose(own: Own) -> Iterable[str]:
    """Name each purpose whose data has no retention."""
    timed = {_name(id_) for name, clause in own.items() if name not in OF_SOME for id_ in clause.purposes}
    yield from (purpose for purpose in _purposes(own) if purpose not in timed)


def undated_leavers(own: Own) -> Iterable[str]:
    """Name the leavers' clause if data stays until services end, and nothing ends it for those who leave before."""
    kept = {name: clause.retention for name, clause in own.items() if clause.retention}
    is_open = any(retention.until and not retention.period for retention in kept.values())
    leavers = kept.get("retention.leavers")
    is_dated = (leavers and leavers.period) or any(retention.start == "departure" for retention in kept.values())
    if is_open and not is_dated:
        yield "retention.leavers"


def without_contract(own: Own) -> Iterable[str]:
    """Name what a customer asked for and what nonetheless does not rest on the contract."""
    bases = _bases(own)
    default = "contract" if "basis.contract" in own else "consent"
    yield from (name for name in AT_REQUEST if name in own and bases.get(name, default) != "contract")


def is_demanding(clause: Clause) -> bool:
    """Say whether a request must state particulars."""
    return clause.particulars_are == "demanded"


def wants_identity(clause: Clause) -> bool:
    """Say whether proof of identity is demanded without recorded doubt."""
    return bool(clause.identity and clause.identity.when != "recorded_doubt")


def restricts_the_anonymous(clause: Clause) -> bool:
    """Say whether data that is anonymous by then stays under restricted access."""
    kept: list[Retention] = [*([clause.retention] if clause.retention else []), *clause.records.values()]
    return any(retention.then == "anonymised" and retention.access == "restricted" for retention in kept)


def sends_for_partners(clause: Clause) -> bool:
    """Say whether partners' offers come unasked, with no objection per sender and per channel."""
    is_unasked = clause.content == "offers" and "partners" in clause.senders and clause.permission != "opt_in"
    return is_unasked and not {"sender", "channel"} <= set(clause.objection_per)


def takes_fax(clause: Clause) -> bool:
    """Say whether fax numbers are collected."""
    return "fax" in clause.categories


def bundles(clause: Clause) -> bool:
    """Say whether one answer stands for two acts."""
    return bool(clause.consent and len(set(clause.consent.acts)) > max(clause.consent.boxes, 1))


def has_the_processor_answer(clause: Clause) -> bool:
    """Say whether the provider answers without a mandate."""
    return bool(clause.executor and clause.executor.party == "provider" and not clause.executor.is_mandated)


def excepts_objection(clause: Clause) -> bool:
    """Say whether objection, marketing included, has exceptions."""
    return clause.exceptions == "some" and (not clause.rights or "objection" in clause.rights)


def defines_narrowly(clause: Clause) -> bool:
    """Say whether the definition is another than the law's."""
    return clause.definition is not None and clause.definition != "gdpr"


def _name(id_: str) -> str:
    """Return a clause's type: `use.quote` of `client.use.quote`."""
    return id_.partition(".")[2]


def _purposes(own: Own) -> list[str]:
    return [name for name in own if name.startswith(("use.", "messages."))]


def _bases(own: Own) -> dict[str, str]:
    matrix = own.get("basis-matrix")
    return {_name(id_): basis for id_, basis in matrix.bases.items()} if matrix else {}


def _without_purpose(own: Own) -> list[str]:
    return [
        name
        for name, clause in own.items()
        if name.startswith("retention.") and clause.retention and not clause.purposes
    ]


def _is_advertising(name: str, clause: Clause) -> bool:
    return name == "retention.ads" or bool(clause.retention and clause.retention.start == "cookie")
