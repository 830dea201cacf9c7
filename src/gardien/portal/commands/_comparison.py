"""What `commitment diff` and `commitment preview` share: reading two versions, and printing rows about them."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gardien.base import clock
from gardien.commitment import policy
from gardien.portal.config import Config

Row = dict[str, Any]
UNREADABLE = 2


class UnusableError(ValueError):
    """A version cannot be read; the text says why and what to do."""


def run(
    given: tuple[str | None, str],
    config: Config,
    compare: Callable[[policy.Version, policy.Version], list[Row]],
    *,
    is_json: bool,
) -> int:
    """Compare two versions and print the rows; return 0 whether or not there are any, 2 if a version cannot be read.

    None is the version in force; a name with a folder or an ending is a file; any other is a day of effect.
    """
    try:
        old, new = (_read(name, config) for name in given)
    except UnusableError as error:
        print(error, file=sys.stderr)
        return UNREADABLE
    rows = compare(old, new)
    print(json.dumps(rows, ensure_ascii=False) if is_json else "\n".join(map(_lines, rows)) or "Nothing differs.")
    return 0


def _read(name: str | None, config: Config) -> policy.Version:
    try:
        if name and (Path(name).suffix or Path(name).parent.name):
            return policy.load(Path(name))
        versions = policy.load_folder(config.versions or policy.VERSIONS_FOLDER)
        return versions.get(name) if name else versions.in_force(clock.legal_day(clock.now()))
    except policy.VersionError as error:
        message = f"{error}\n  {error.suggestion}"
    except OSError as error:
        message = f"{error.filename} cannot be read: {error.strerror}."
    except (policy.UnknownVersionError, policy.NoVersionInForceError) as error:
        message = str(error)
    raise UnusableError(message)


def _lines(row: Row) -> str:
    where = " ".join(row[name] for name in ("clause", "field", "place") if row.get(name))
    values = (("-", row["from"]), ("+", row["to"]))
    return "\n".join([where, *(f"  {sign} {_words(value)}" for sign, value in values if value is not None)])


def _words(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
