"""Writes what the libraries do: a table for the book, and their walks for the tests that run without them.

`make parity` runs it. ``data/parity.csv`` has a line for each rule and library: what to call, its defaults, the largest
difference from our walk. ``tests/recorded.npz`` has the walks.
"""

import csv
from pathlib import Path
from typing import Any

import numpy as np
from libraries import CASES, HOMES, VERSIONS, Case, both_walks, library_walk

from descent.lab.rules import name_of
from descent.rules.base import values_of
from feeding import GROUNDS, KEPT, STEPS, fed, random_rule
from strategies import SURFACES

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "data" / "parity.csv"
WALKS = ROOT / "tests" / "recorded.npz"


def difference(case: Case) -> float:
    """The largest distance between our walk and theirs, as a share of the length of the walk, over all surfaces."""
    worst = 0.0
    for surface in SURFACES:
        ours, theirs = both_walks(case, surface)
        length = np.linalg.norm(np.diff(ours, axis=0), axis=1).sum()
        worst = max(worst, np.linalg.norm(theirs - ours, axis=1).max() / length)
    return worst


def call_of(case: Case) -> str:
    """What a reader of the library would write; a function of `libraries` says it itself."""
    home, name = HOMES[case.library]
    names = [each for each, thing in vars(home).items() if thing is case.call]
    call = f"{name}.{names[0]}" if names else str(case.call.__doc__)
    options = ", ".join(f"{key}={value}" for key, value in case.options.items())
    return f"{call}({options})" if options else call


def rows() -> list[dict[str, str]]:
    """The lines of the table."""
    return [
        {
            "rule": case.rule.__name__,
            "form": name_of(case.rule),
            "library": case.library,
            "version": VERSIONS[case.library],
            "call": call_of(case),
            "defaults": "; ".join(f"{name} {value}" for name, value in case.defaults.items()),
            "difference": f"{difference(case):.0e}",
        }
        for case in CASES
    ]


def walks() -> dict[str, Any]:
    """The gradients that were fed, and for each rule, library and surface the values and the recorded points."""
    rng = np.random.default_rng(1847)
    recorded: dict[str, Any] = {}
    for k, ground in enumerate(GROUNDS):
        shares = np.linspace(1, 0.2, STEPS)[:, None]
        points = np.asarray(ground.start) * shares + rng.normal(scale=0.3, size=(STEPS, 2))
        recorded[f"gradients {k}"] = np.stack([ground.grad(point) for point in points])
        for case in CASES:
            rule = random_rule(case.rule, case.free, rng)
            walk = library_walk(case, rule, np.asarray(ground.start, dtype=float), recorded[f"gradients {k}"])
            assert np.isfinite(fed(rule, ground.start, recorded[f"gradients {k}"])).all()
            name = f"{case.library}: {call_of(case)}: {name_of(case.rule)}: {k}"
            recorded[f"{name}: values"] = np.array(list(values_of(rule).values()))
            recorded[f"{name}: points"] = walk[KEPT]
    return recorded


if __name__ == "__main__":
    lines = rows()
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, lines[0].keys(), lineterminator="\n")
        table.writeheader()
        table.writerows(lines)
    np.savez_compressed(WALKS, **walks())
