"""The code of the house, as text: what the laws read."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src"
PACKAGE = SRC / "gardien"


def modules(folder: Path = PACKAGE) -> Iterator[tuple[str, ast.Module]]:
    """Each Python file of a folder that people wrote: its path from the folder, and its syntax tree."""
    for path in sorted(folder.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path.relative_to(folder).as_posix(), ast.parse(path.read_text(encoding="utf-8"))
