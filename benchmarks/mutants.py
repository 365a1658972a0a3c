"""Mutation testing on a sample: small wrong changes to a module, and whether its tests notice.

    NUMBA_DISABLE_JIT=1 python -m benchmarks.mutants [--sample 12] [--module WORD]

Each mutant is one change to one module's syntax tree: a comparison, operator, number, condition or truth value.
Mutants are taken evenly over the module. Each lives in a forked process that runs the module's fast tests; it is
killed when they fail (or use 30 CPU-seconds), else it survives and is listed. With NUMBA_DISABLE_JIT=1 the functions
that are usually compiled are tested as Python.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib.abc
import importlib.util
import os
import resource
import sys
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]
BASELINES = ("test_analysis_baselines", "test_baseline_rules")
TARGETING = ("test_analysis_targeting", "test_offer_choice")
DECISIONS = ("test_decisions_plain",)
TARGETS: dict[str, Sequence[str]] = {
    "analysis/baselines/day_matching": BASELINES,
    "analysis/baselines/regression": BASELINES,
    "analysis/money/settlement": ("test_money",),
    "analysis/targeting/ledger": TARGETING,
    "analysis/targeting/orderings": TARGETING,
    "analysis/targeting/knapsack": TARGETING,
    "analysis/targeting/offer_choice": TARGETING,
    "simulator/behaviour/enrolment": DECISIONS,
    "simulator/behaviour/participation": DECISIONS,
    "simulator/behaviour/override": DECISIONS,
    "simulator/behaviour/fatigue": DECISIONS,
    "simulator/behaviour/attention": DECISIONS,
    "simulator/behaviour/satisfaction": DECISIONS,
}
COMPARED: dict[type, type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
OPERATED: dict[type, type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
MOST_CPU_SECONDS = 30
#: Imported once, before forking; nothing of drsim.
HEAVY = ("numpy", "pandas", "scipy.stats", "numba", "sklearn.cluster", "mesa", "pyarrow.parquet", "hypothesis",
         "pytest", "pydantic", "ruamel.yaml")  # fmt: skip


def places(tree: ast.Module) -> list[tuple[int, str]]:
    """Every node (by its number in a walk) that can be changed, and how; annotations and docstrings are left alone."""
    left_alone = {id(inner) for node in ast.walk(tree) for part in _words(node) for inner in ast.walk(part)}
    return [(n, kind) for n, node in enumerate(ast.walk(tree)) if id(node) not in left_alone for kind in _kinds(node)]


def _words(node: ast.AST) -> Iterator[ast.AST]:
    """Parts of a node that no test can depend on."""
    if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
        yield node.annotation
    if isinstance(node, ast.FunctionDef):
        yield from [node.returns] if node.returns is not None else []
        yield from node.decorator_list
    if isinstance(node, ast.Raise):
        yield node
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node


def _kinds(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARED:
        return ["comparison"]
    if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in OPERATED:
        return ["operator"]
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return ["number"]
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        return ["condition"]
    return ["truth"] if isinstance(node, ast.Constant) and isinstance(node.value, bool) else []


def mutated(tree: ast.Module, number: int, kind: str) -> tuple[ast.Module, str]:
    """The tree with one change, and a sentence about it."""
    new = copy.deepcopy(tree)
    node = next(node for n, node in enumerate(ast.walk(new)) if n == number)
    before = ast.unparse(node).splitlines()[0]
    if isinstance(node, ast.Compare):
        node.ops[0] = COMPARED[type(node.ops[0])]()
    elif isinstance(node, ast.BinOp | ast.AugAssign):
        node.op = OPERATED[type(node.op)]()
    elif isinstance(node, ast.If | ast.While | ast.IfExp):
        node.test = ast.UnaryOp(ast.Not(), node.test)
    elif isinstance(node, ast.Constant):
        node.value = not node.value if kind == "truth" else node.value + 1  # type: ignore[operator]
    after = ast.unparse(ast.fix_missing_locations(node)).splitlines()[0]
    return ast.fix_missing_locations(new), f"line {node.lineno}: {before} -> {after}"  # type: ignore[attr-defined]


class Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module from a changed tree instead of its file."""

    def __init__(self, name: str, path: Path, tree: ast.Module) -> None:
        self.name, self.path, self.tree = name, path, tree

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        return importlib.util.spec_from_file_location(name, self.path, loader=self) if name == self.name else None

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.tree, str(self.path), "exec"), module.__dict__)


def survives(target: str, tree: ast.Module, tests: Sequence[str]) -> bool:
    """Whether the tests pass with the changed module, in a process of their own."""
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_SECONDS, MOST_CPU_SECONDS))
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
        sys.meta_path.insert(0, Changed(target.replace("/", "."), ROOT / f"{target}.py", tree))
        import pytest
        from hypothesis import Phase, settings

        settings.register_profile("mutants", phases=(Phase.explicit, Phase.generate))  # to fail is enough: no shrinking
        settings.load_profile("mutants")
        files = [str(ROOT / "tests" / f"{name}.py") for name in tests]
        options = ["-x", "-q", "-m", "not slow", "-p", "no:cacheprovider", "-p", "no:xdist", "--hypothesis-seed=0"]
        os._exit(int(pytest.main([*options, "--rootdir", str(ROOT), *files]) != 0))
    _, status = os.waitpid(child, 0)
    return status == 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sample", type=int, default=12, help="mutants a module; 0 = all")
    parser.add_argument("--module", default="", help="modules whose name holds this word")
    args = parser.parse_args()
    os.chdir(ROOT)
    for heavy in HEAVY:
        importlib.import_module(heavy)
    made = lived = 0
    print("| module | mutants | tried | killed | survived |\n" + "|---" * 5 + "|")
    for target, tests in TARGETS.items():
        if args.module not in target:
            continue
        tree = ast.parse((ROOT / f"{target}.py").read_text(encoding="utf-8"))
        if not survives(target, tree, tests):
            raise SystemExit(f"the tests of {target} fail without any change")
        found = places(tree)
        step = max(1, len(found) // args.sample) if args.sample else 1
        chosen = found[step // 2 :: step][: args.sample or None]
        left = [said for new, said in (mutated(tree, *place) for place in chosen) if survives(target, new, tests)]
        made, lived = made + len(chosen), lived + len(left)
        print(f"| {target} | {len(found)} | {len(chosen)} | {len(chosen) - len(left)} | {len(left)} |", flush=True)
        for said in left:
            print(f"    survived: {said}", flush=True)
    print(f"\n{lived} of {made} survived ({100 * lived / max(1, made):.0f} %)")
    return int(lived > 0.2 * made)


if __name__ == "__main__":
    sys.exit(main())
