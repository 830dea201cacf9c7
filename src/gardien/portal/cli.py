"""The command `gardien`: reads the arguments, loads Django, and runs one module of `portal.commands`."""

import argparse
import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from functools import partial
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import OperationalError

from gardien.base.crypto import KeyFileRefused, KeyMissing
from gardien.commitment import policy
from gardien.portal import boot, mail, stack
from gardien.portal.config import Config, SettingRefusedError, read
from gardien.portal.embedded import ClusterError

NO_OWNER = "To migrate the database of DATABASE_URL, name it as role gardien_owner in GARDIEN_OWNER_DATABASE_URL."
NO_SWEEP = "Name the database of DATABASE_URL as role gardien_sweep in GARDIEN_SWEEP_DATABASE_URL."
NO_BACKUP = "To back up the database of DATABASE_URL, name it as role gardien_backup in GARDIEN_BACKUP_DATABASE_URL."
NO_MATRIX = "The matrix is asked on a database of its own beside the embedded one: unset DATABASE_URL."

Run = Callable[[argparse.Namespace, Config], int]


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status: 0 done, 1 refused, 2 the input cannot be read."""
    options = _parser().parse_args(arguments)
    run: Run = options.run
    try:
        return run(options, read())
    except (
        stack.RefusedError,
        ClusterError,
        KeyMissing,
        KeyFileRefused,
        SettingRefusedError,
        policy.VersionError,
    ) as refusal:
        print(refusal, file=sys.stderr)
    except OperationalError:
        print("The database does not answer: check DATABASE_URL, or read postgres/postgres.log.", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="gardien", description="The portal whose privacy commitment is the program.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    port = os.environ.get("PORT", "8000")  # argparse reads it as it reads the option

    demo = _add(commands, "demo", "Set up demonstration data, issue one quote, and serve.")
    demo.add_argument("--port", type=int, default=port, help="on 127.0.0.1 (default: PORT, or 8000)")
    serve = _add(commands, "serve", "Serve the pages.")
    serve.add_argument("--port", type=int, default=port, help="on 127.0.0.1 (default: PORT, or 8000)")
    worker = _add(commands, "worker", "Run the jobs.")
    worker.add_argument("--once", action="store_true", help="in this process, which nobody starts again")
    _add(commands, "migrate", "Bring tables and walls up to date, as the owner.")
    _add(commands, "check", "Say whether the portal may start here.", has_json=True)

    backup = _add(commands, "backup", "Write the whole database into one new file.", has_json=True)
    backup.add_argument("dir", type=Path)
    restore = _add(commands, "restore", "Fill an empty database, and do again what was done since.", has_json=True)
    restore.add_argument("file", type=Path, metavar="FILE", nargs="?", help="none: go on with a restore cut short")

    sweep = _add(commands, "sweep", "Take back what is due, and say what is held and overdue.", has_json=True)
    sweep.add_argument(
        "--as-of", type=date.fromisoformat, metavar="DATE", help="what is due on that day (default: now)"
    )
    sweep.add_argument("--dry-run", action="store_true", help="count, and touch nothing")

    kinds = commands.add_parser("jobs", help="The jobs.").add_subparsers(required=True, metavar="WHAT")
    _add(kinds, "list", "Show the jobs that stopped, and how many wait.", module="jobs_list", has_json=True)
    again = _add(kinds, "retry", "Have a stopped job run again.", module="jobs_retry")
    again.add_argument("number", type=int, help="as `jobs list` shows it")
    _add(commands, "messages", "Count what was sent, what waits and what failed.", has_json=True)

    _add_access(commands.add_parser("access", help="Who may do what."))
    kinds = commands.add_parser("import", help="Import a file.").add_subparsers(required=True, metavar="KIND")
    tyres = _add(kinds, "tyres", "Import a price list of tyres, CSV or XLSX.", module="import_tyres", has_json=True)
    tyres.add_argument("file", type=Path)
    tyres.add_argument("--currency", help="ISO code of amounts that no sign and no column names")

    _add_commitment(commands.add_parser("commitment", help="The commitment."))
    return parser


def _add_access(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(required=True, metavar="WHAT")
    grid = _add(kinds, "matrix", "Ask each address as each persona.", module="access_matrix", has_json=True)
    grid.add_argument("--persona", metavar="NAME", help="ask as this one alone")
    again = _add(kinds, "unblock", "Let an account be tried again after too many failures.", module="access_unblock")
    again.add_argument("email")
    again.add_argument("--factor", action="store_true", help="take its second factor away too: it was lost")


def _add_commitment(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(required=True, metavar="WHAT")
    show = _add(kinds, "show", "Show the version in force.", module="commitment_show", has_json=True)
    show.add_argument("--language", choices=["fr", "en"], default="fr")
    validate = _add(
        kinds, "validate", "Say what is wrong with a version file.", module="commitment_validate", has_json=True
    )
    validate.add_argument("file", type=Path)
    lint = _add(
        kinds, "lint", "Find where a version collides with the law or itself.", module="commitment_lint", has_json=True
    )
    lint.add_argument("file", type=Path, nargs="?", help="a version file (default: the version in force)")
    lint.add_argument("--at", type=date.fromisoformat, metavar="DATE", help="judge as on that day (default: today)")
    _add(kinds, "schema", "Print the JSON Schema of a version file.", module="commitment_schema")
    differ = _add(kinds, "diff", "Say what differs between two versions.", module="commitment_diff", has_json=True)
    differ.add_argument("a", metavar="A", help="a version's day of effect, or a file")
    differ.add_argument("b", metavar="B", help="the same")
    preview = _add(
        kinds, "preview", "Show what moves from a version to another.", module="commitment_preview", has_json=True
    )
    preview.add_argument("a", metavar="A", help="a version's day of effect, or a file")
    preview.add_argument("b", metavar="B", nargs="?", help="the same (default: from the version in force to A)")
    _add(kinds, "status", "Measure how many clauses are kept.", module="commitment_status", has_json=True)


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    text: str,
    *,
    module: str = "",
    has_json: bool = False,
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=text, description=text)
    command.set_defaults(run=partial(_run, module or name))
    if has_json:
        command.add_argument("--json", action="store_true", help="answer as JSON")
    return command


def _run(module: str, options: argparse.Namespace, config: Config) -> int:
    """Have the database serve, load Django as the role that the command needs, and run the command's module."""
    if module == "migrate":
        os.environ["GARDIEN_DATABASE_ROLE"] = "owner"
    if module in ("sweep", "restore"):
        os.environ["GARDIEN_DATABASE_ROLE"] = "sweep"
    if module == "demo":
        os.environ["GARDIEN_IS_DEMO"] = "true"
        if not config.mail_url:
            os.environ |= {"GARDIEN_MAIL_URL": mail.FILE, "GARDIEN_MAIL_FROM": "portail@gardien.example"}
    _refuse_nameless(module, config)
    with ExitStack() as held:
        if module == "access_matrix":
            os.environ["GARDIEN_DATABASE_NAME"] = "gardien_matrix"
            os.environ["GARDIEN_LEDGER"] = held.enter_context(TemporaryDirectory(prefix="gardien-matrix-"))
            config = read()
        if module == "commitment_status" or not module.startswith("commitment_"):
            if stack.is_new(config) and module != "restore":
                stack.make_keys(config)
            held.enter_context(stack.database(config))
            boot.load()
        run: Run = import_module(f"gardien.portal.commands.{module}").run
        return run(options, read())


def _refuse_nameless(module: str, config: Config) -> None:
    """Refuse a command on an external database whose other role it would need, and is not told."""
    needed = {
        "migrate": [(config.owner_database_url, NO_OWNER)],
        "sweep": [(config.sweep_database_url, NO_SWEEP)],
        "backup": [(config.backup_database_url, NO_BACKUP)],
        "restore": [(config.owner_database_url, NO_OWNER), (config.sweep_database_url, NO_SWEEP)],
        "access_matrix": [("", NO_MATRIX)],
    }
    for url, sentence in needed.get(module, []):
        if config.database_url and not url:
            raise stack.RefusedError(sentence)


if __name__ == "__main__":
    sys.exit(main())
