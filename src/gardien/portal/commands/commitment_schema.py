"""`gardien commitment schema`: the language of a version file, for editors and other programs."""

import argparse
import json

from gardien.commitment import policy
from gardien.portal.config import Config


def run(_options: argparse.Namespace, _config: Config) -> int:
    """Print the JSON Schema."""
    print(json.dumps(policy.json_schema(), ensure_ascii=False, indent=2))
    return 0
