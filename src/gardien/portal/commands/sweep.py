"""`gardien sweep`: what time takes back, taken back, as the database role gardien_sweep."""

import argparse
import json
import sys
from datetime import date, datetime, time

from gardien.base import clock
from gardien.base.actor import Actor
from gardien.portal import stack, startup
from gardien.portal.config import Config
from gardien.retention import actions, queries
from gardien.retention.rules import Figure

BY = Actor.program("sweep")
TOO_LATE = (
    "A day to come may be tried only with --dry-run, or on demonstration data: "
    "what is not due yet would be gone for good."
)


def run(options: argparse.Namespace, config: Config) -> int:
    """Sweep, or count with `--dry-run`, and print each clause's figures; status 1 if anything is overdue after it."""
    at = clock.now()
    as_of = instant(options.as_of, at)
    if as_of > at and not options.dry_run and not is_of_nobody(config):
        raise stack.RefusedError(TOO_LATE)
    startup.refuse()
    found = counted(as_of) if options.dry_run else swept(as_of, at, config)
    if options.json:
        print(
            json.dumps({"as_of": clock.legal_day(as_of).isoformat(), "clauses": [figure.as_dict() for figure in found]})
        )
    else:
        print("\n".join(line(figure) for figure in found))
    return 1 if any(figure.overdue for figure in found) else 0


def instant(day: date | None, at: datetime) -> datetime:
    """Return the instant that a day stands for: now for none and for today, else its first one in Paris."""
    if day is None or day == clock.legal_day(at):
        return at
    return datetime.combine(day, time.min, clock.PARIS)


def is_of_nobody(config: Config) -> bool:
    """Say whether this installation holds demonstration data alone."""
    return config.is_demo or (config.home / "demo" / "logins.json").exists()


def counted(as_of: datetime) -> list[Figure]:
    """Count what is due, and touch nothing."""
    return queries.added_up(each.figures for each in queries.measured(as_of, clock.now()).values())


def swept(as_of: datetime, at: datetime, config: Config) -> list[Figure]:
    """Sweep and look for what is left, with a line of progress for each batch on the standard error stream."""
    witness = queries.Witness()
    try:
        run = actions.sweep(as_of=as_of, by=BY, at=at, tell=tell, sees=witness.sees)
    except actions.SweepRunningError as error:
        raise stack.RefusedError("Another sweep is running: wait until it has ended.") from error
    actions.keep_removals(by=BY, at=at)
    reports = queries.reports(run, witness, config.stores, clock.now())
    for each in run.untidied:
        print(f"Not tidied, and tried again with the next sweep: {each}", file=sys.stderr)
    run = actions.conclude(run_id=run.id, reports=reports, by=BY, at=clock.now())
    return [Figure(**figure) for figure in run.figures]


def tell(clause: str, count: int) -> None:
    """Say what a batch was about."""
    print(f"{clause}: {count}", file=sys.stderr)


def line(figure: Figure) -> str:
    """Return a clause's figures on one line, those that are zero left out but for what is overdue."""
    held = [f"held {ground} {count}" for ground, count in figure.held.items()]
    counts = {name: getattr(figure, name) for name in ("due", "done", "quarantined", "deferred")}
    told = [f"{name} {count}" for name, count in counts.items() if count]
    ahead = [f"next {figure.next_due}"] if figure.next_due else []
    return f"{figure.id}: {', '.join([*told, *held, f'overdue {figure.overdue}', *ahead])}"
