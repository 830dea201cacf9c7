"""What was looked for after a run, and what was found, in words: residue, ways back to a person, when all is gone."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gardien.base import clock

Told = tuple[str, str, bool]
"""What was asked, the answer, and whether it must not stay so."""


def told(residue: Mapping[str, Any], attack: Mapping[str, Any], removal: Mapping[str, Any]) -> tuple[Told, ...]:
    """Return what a run's reports say; nothing of a report that was not made."""
    return (*_residue(residue), *_attack(attack), *_removal(removal))


def _residue(report: Mapping[str, Any]) -> Iterator[Told]:
    """Say whether values of those who went were found anywhere."""
    if "found" not in report:
        return
    count = sum(report["found"].values())
    told = {"went": report["persons"], **report}
    none = _("none, for %(values)s values of %(persons)s of the %(went)s persons who went") % told
    yield _("Values left behind"), none if not count else _("%(count)s found") % {"count": count}, bool(count)


def _attack(report: Mapping[str, Any]) -> Iterator[Told]:
    """Say whether an anonymous row is alike for too few, or leads back to one person."""
    if not report.get("all"):
        return
    single = report["all"]["singling_out"]["below"] + sum(report["all"]["linkability"].values())
    none = _("none: each anonymous row is alike for %(least_alike)s persons at least") % report
    some = ngettext("%(count)s anonymous row", "%(count)s anonymous rows", single) % {"count": single}
    yield _("Ways back to a person"), some if single else none, bool(single)


def _removal(report: Mapping[str, Any]) -> Iterator[Told]:
    """Say when what was deleted is out of the tables' files and out of the backups."""
    if not report:
        return
    freed_at, until = report["tables"]["freed_at"], report["backups"]["until"]
    yield _("Its space on the disk is free"), _since(freed_at) if freed_at else _("not yet"), False
    yield _("Gone from the backups"), _until(until) if until else _("no backup holds it"), False


def _since(instant: str) -> str:
    return _("since %(day)s") % {"day": _day(instant)}


def _until(instant: str) -> str:
    return _("on %(day)s at the latest") % {"day": _day(instant)}


def _day(instant: str) -> str:
    return date_format(clock.legal_day(datetime.fromisoformat(instant)), "j F Y")
