"""Pages of labs that no chapter has: with one rule, with several, on a table, six rules for 500 steps, ten labs.

`python gallery.py FOLDER several ten` writes them, with the lab's script and style sheet beside them.
"""

import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np

from descent import (
    Adam,
    AggMo,
    GradientDescent,
    Lab,
    LeastSquares,
    Momentum,
    Nesterov,
    Recording,
    Regression,
    Rule,
    Value,
    bowl,
    himmelblau,
    linear_scale,
    rosenbrock,
    rule,
    saddle,
)
from descent.lab.script import page_script, style

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="lab.css">
<script src="lab.js" defer></script>
<style>
:root {{ color-scheme: light dark; }}
body {{ max-width: 55rem; margin: auto; padding: 0 1rem; font-family: sans-serif; }}
figure {{ margin: 0; }}
.picture > img {{ width: 100%; }}
</style>
</head>
<body><main>
<h1>{title}</h1>
{labs}
</main></body>
</html>
"""


@rule
class Averaged(Rule):
    """A reader's own rule, with a memory: its code goes into the copied Python."""

    title = "averaged"
    alpha: Value = 0.1
    beta: Value = 0.5

    class State(NamedTuple):
        m: Value

    def update(self, theta, g, state, t):
        m = self.beta * state.m + (1 - self.beta) * g
        return theta - self.alpha * m, self.State(m)


def bowl_of_one() -> Lab:
    """The least that a lab can have."""
    alpha = linear_scale(0, 0.22, 0.002, {0.1: "αλ₂ = 1", 0.2: "αλ₂ = 2"})
    return Lab(bowl(10, rotation=30), GradientDescent(0.05), name="bowl", steps=60, goal=1e-2, scales={"alpha": alpha})


def several() -> Lab:
    """The rules that show all there is under the microscope; gradient descent diverges."""
    rules = GradientDescent(alpha=0.01), Nesterov(alpha=0.0002, beta=0.9), Adam(alpha=0.1, beta1=0.9, beta2=0.99)
    surfaces = [rosenbrock, himmelblau, saddle]
    return Lab(surfaces, *rules, name="several", steps=200, offer=[Momentum()], goal=1e-3, caption="Three rules.")


def conventions() -> Lab:
    """Rules that can be switched between the forms of their paper and of the libraries."""
    rules = Adam(alpha=0.05, epsilon=0.01), Nesterov(alpha=0.001), AggMo(alpha=0.0002)
    return Lab(rosenbrock, *rules, name="conventions", conventions=True, steps=100)


def table() -> Lab:
    """Two rules on the same noisy batches, one of them from this file."""
    rng = np.random.default_rng(0)
    X = np.column_stack([np.ones(12), rng.normal(size=12)])
    model = LeastSquares(X, X @ [0.5, 1.5] + 0.3 * rng.normal(size=12))
    window = ((-2.0, 2.0), (-1.0, 3.0))
    regression = Regression(model, window=window, start=(-1.5, -0.5), batch=3, name="12 rows & a line")
    return Lab(regression, GradientDescent(alpha=0.2), Averaged(), name="table", steps=60)


FIVE = (
    Momentum(alpha=0.0002, beta=0.9),
    Nesterov(alpha=0.0002, beta=0.9),
    Momentum(alpha=0.0005, beta=0.5),
    Adam(alpha=0.02),
    Adam(alpha=0.1, beta2=0.99),
)


def six() -> Lab:
    """What the benchmark measures."""
    return Lab(rosenbrock, GradientDescent(alpha=0.001), *FIVE, name="six", steps=500)


def ten() -> list[Lab]:
    """Enough to make a page heavy."""
    surfaces = rosenbrock, himmelblau, saddle, bowl(30, rotation=20), bowl(5)
    rules = GradientDescent(alpha=0.001), Momentum(alpha=0.001, beta=0.9), Adam(alpha=0.05)
    return [Lab(surfaces[k % len(surfaces)], *rules, name=f"lab-{k}", steps=200) for k in range(10)]


def recording() -> Recording:
    """Five frames of three images; the first pixel goes from black to white."""
    images = np.zeros((5, 3, 2, 4))
    images[:, 0, 0, 0] = np.linspace(-1, 1, 5)
    curves = {"training": [2, 1, 0.5, 0.2, 0.1], "test": [2, 1.2, 0.9, 0.8, 0.9]}
    says = [f"Step {t}: the loss is {loss}." for t, loss in zip(range(0, 250, 50), curves["training"], strict=True)]
    return Recording(images, curves, says, every=50, shows="Three images.", name="recording", caption="A recording.")


PAGES = {
    "bowl": lambda: [bowl_of_one()],
    "several": lambda: [several()],
    "conventions": lambda: [conventions()],
    "table": lambda: [table()],
    "recording": lambda: [recording()],
    "six": lambda: [six()],
    "ten": ten,
}

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    (folder / "lab.js").write_text(page_script(), encoding="utf-8")
    (folder / "lab.css").write_text(style(), encoding="utf-8")
    for name in sys.argv[2:]:
        shown = [lab._repr_mimebundle_()[0]["text/html"] for lab in PAGES[name]()]
        (folder / f"{name}.html").write_text(PAGE.format(title=name, labs="\n".join(shown)), encoding="utf-8")
