"""Law 1: who may import whom (`.importlinter`), and a planted violation for each contract."""

import ast
import configparser
import os
import re
import shutil
import subprocess
import sys
from itertools import chain
from pathlib import Path

from tests.laws.source import PACKAGE, ROOT, SRC, modules

CONTRACTS = ROOT / ".importlinter"
PLANTS = {
    "floors": (
        "gardien.base.text -> gardien.commitment.policy",
        "gardien.customers.queries.search -> gardien.catalogue.rules",
        "gardien.web.shared.forms -> gardien.portal.config",
    ),
    "shelves": (
        "gardien.network.rules -> gardien.network.models",
        "gardien.quotes._sheet -> gardien.quotes.models",
        "gardien.network._password -> gardien.network.queries",
        "gardien.consent.models -> gardien.consent.queries",
        "gardien.customers.queries.search -> gardien.customers.actions",
        "gardien.quotes.actions -> gardien.quotes.jobs",
    ),
    "commitment": ("gardien.commitment.policy.periods -> gardien.commitment.registry",),
    "doors": (
        "gardien.web.network.views -> gardien.web.repairer.forms",
        "gardien.web.shared.errors -> gardien.web.account.views",
    ),
    "no-models": ("gardien.web.repairer.intake -> gardien.customers.models",),
    "pure": (
        "gardien.customers.rules.plates -> django",
        "gardien.quotes.rules.money -> gardien.base.clock",
        "gardien.commitment.policy.versions -> time",
    ),
    "outside": ("gardien.quotes.actions -> urllib", "gardien.customers.queries.search -> psycopg"),
    "queue": ("gardien.quotes.actions -> procrastinate",),
    "cipher": ("gardien.quotes.queries.paper -> cryptography",),
    "postman": ("gardien.messaging.actions -> smtplib",),
    "printer": ("gardien.quotes._sheet -> typst",),
    "draughtsman": ("gardien.web.shared.forms -> vl_convert",),
}
HOMELESS = {"floors": "gardien.storage", "shelves": "gardien.catalogue.helpers"}
"""A room on no floor, a module on no shelf."""


def broken(source: Path, folder: Path) -> dict[str, str]:
    """Run the import linter on a tree and return what it says of each broken contract, by the contract's name."""
    command = [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache", "--config", CONTRACTS]
    environ = {**os.environ, "PYTHONPATH": str(source), "COLUMNS": "500"}
    run = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)
    assert re.search(r"^Contracts: \d+ kept, \d+ broken", run.stdout, re.MULTILINE), run.stdout + run.stderr
    names = re.findall(r"^(.+) BROKEN", run.stdout, re.MULTILINE)
    _, *told = re.split(r"^(.+)\n-+\n\n", run.stdout.partition("Broken contracts")[2], flags=re.MULTILINE)
    return {name: dict(zip(told[::2], told[1::2], strict=True))[name] for name in names}


def names() -> dict[str, str]:
    parser = configparser.ConfigParser()
    parser.read(CONTRACTS)
    sections = {name.rpartition(":")[2]: parser[name] for name in parser.sections() if ":contract:" in name}
    return {key: section["name"] for key, section in sections.items()}


def test_the_house_keeps_every_contract(tmp_path: Path) -> None:
    assert broken(SRC, tmp_path) == {}


def test_each_planted_violation_breaks_its_contract(tmp_path: Path) -> None:
    shutil.copytree(SRC, tmp_path / "src")
    for edge in chain(*PLANTS.values()):
        importer, imported = edge.split(" -> ")
        with (tmp_path / "src" / importer.replace(".", "/")).with_suffix(".py").open("a") as module:
            module.write(f"\nimport {imported}\n")
    for name in HOMELESS.values():
        (tmp_path / "src" / name.replace(".", "/")).with_suffix(".py").touch()
    found = broken(tmp_path / "src", tmp_path)
    told = {
        contract: [plant for plant in PLANTS[contract] if plant in found[name]] for contract, name in names().items()
    }
    assert told == {contract: list(plants) for contract, plants in PLANTS.items()}
    assert {
        contract: name for contract, name in HOMELESS.items() if f"- {name}\n" in found[names()[contract]]
    } == HOMELESS


def models_at_run_time(tree: ast.Module) -> list[str]:
    """Return the modules `….models` that a file imports outside `if TYPE_CHECKING:`."""
    typed = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for node in ast.walk(block)
    }
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom | ast.Import)]
    return [text for node in imports if id(node) not in typed and ".models" in (text := ast.unparse(node))]


def test_doors_know_models_as_types_only() -> None:
    found = {file: models_at_run_time(tree) for file, tree in modules(PACKAGE / "web")}
    assert {file: imports for file, imports in found.items() if imports} == {}
    assert models_at_run_time(ast.parse("from gardien.quotes.models import Quote")) != []
