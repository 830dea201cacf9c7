"""Law 9: a file, a function and a template are as long as one can hold in the head. No list of exceptions."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.laws.source import PACKAGE, ROOT, modules

FILE, FUNCTION, NESTING, TEMPLATE, SCRIPTS = 300, 40, 3, 130, 600
FOLDERS = (PACKAGE, ROOT / "tests", ROOT / "bench")
Function = ast.FunctionDef | ast.AsyncFunctionDef
Block = ast.If | ast.For | ast.AsyncFor | ast.While | ast.With | ast.AsyncWith | ast.Try | ast.Match


def length(file: Path) -> int:
    return len(file.read_text(encoding="utf-8").splitlines())


def depth(node: ast.AST) -> int:
    """Return how many blocks stand in each other below a node; `elif` goes on, a function begins anew."""
    deepest = 0
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or isinstance(child, Function):
                continue
            is_elif = isinstance(node, ast.If) and name == "orelse" and isinstance(child, ast.If)
            deepest = max(deepest, depth(child) + (isinstance(child, Block) and not is_elif))
    return deepest


def faults(name: str, tree: ast.Module) -> Iterator[str]:
    """Yield each function of a file that is too long or too deep."""
    for node in ast.walk(tree):
        if not isinstance(node, Function):
            continue
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        if lines > FUNCTION:
            yield f"{name}: {node.name} has {lines} lines"
        if depth(node) > NESTING:
            yield f"{name}: {node.name} has {depth(node)} blocks in each other"


def test_no_python_file_is_too_long_and_no_function_too_long_or_too_deep() -> None:
    found = []
    for folder in FOLDERS:
        for name, tree in modules(folder):
            lines = length(folder / name)
            found += [f"{folder.name}/{name}: {lines} lines"] if lines > FILE else []
            found += [f"{folder.name}/{fault}" for fault in faults(name, tree)]
    assert found == []


def test_no_template_is_too_long_and_our_own_scripts_stay_few() -> None:
    templates = {file.name: length(file) for file in PACKAGE.rglob("*.html")}
    assert {name: lines for name, lines in templates.items() if lines > TEMPLATE} == {}
    assert templates["base.html"] > 1
    assert 1 < sum(length(file) for file in PACKAGE.rglob("*.js")) < SCRIPTS


def test_what_is_too_long_or_too_deep_is_found() -> None:
    long = "def long():\n" + "    pass\n" * FUNCTION
    deep = "def deep():\n  for a in b:\n    with a:\n      if a:\n        pass\n      elif b:\n        while c:\n          pass\n"
    flat = (
        "def flat():\n  if a:\n    pass\n  elif b:\n    pass\n  elif c:\n    def inner():\n      if d:\n        pass\n"
    )
    assert list(faults("x", ast.parse(long + deep + flat))) == [
        "x: long has 41 lines",
        "x: deep has 4 blocks in each other",
    ]
