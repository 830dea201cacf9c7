"""`gardien check`: whether the portal may start here."""

import argparse
import json

from gardien.portal import startup
from gardien.portal.config import Config


def run(options: argparse.Namespace, _: Config) -> int:
    """Print the reasons against a start, none if it may; `--json` gives `{ok, reasons}`."""
    reasons: list[str] = []
    try:
        startup.refuse()
    except startup.StartupRefusedError as refusal:
        reasons = str(refusal).splitlines()
    print(json.dumps({"ok": not reasons, "reasons": reasons}) if options.json else "\n".join(reasons) or "ok")
    return 1 if reasons else 0
