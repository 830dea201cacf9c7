"""`gardien migrate`: tables and walls up to date, as the owner."""

import argparse

from django.core.management import call_command

from gardien.base import walls
from gardien.portal.config import Config


def run(_: argparse.Namespace, __: Config) -> int:
    """Run the migrations, then raise the walls; the database must serve."""
    call_command("migrate", verbosity=0, interactive=False)
    walls.raise_walls()
    return 0
