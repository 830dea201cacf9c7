"""`gardien commitment validate FILE`: every fault of a version file, where it stands and what to write instead."""

import argparse
import json
import sys

from gardien.commitment import policy
from gardien.portal.config import Config


def run(options: argparse.Namespace, _config: Config) -> int:
    """Print the faults; `--json` gives `[{line, column, path, message, suggestion}]`. 2: no such file."""
    try:
        faults = policy.validate(options.file)
    except OSError as error:
        print(f"{options.file} cannot be read: {error.strerror}.", file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps([_plain(fault) for fault in faults], ensure_ascii=False))
    elif faults:
        print("\n".join(f"{fault}\n  {fault.suggestion}" for fault in faults))
    else:
        print(f"{options.file}: nothing to mend.")
    return 1 if faults else 0


def _plain(fault: policy.VersionError) -> dict[str, str | int]:
    return {
        "line": fault.line,
        "column": fault.column,
        "path": ".".join(map(str, fault.place)),
        "message": fault.message,
        "suggestion": fault.suggestion,
    }
