"""What a lab walks on, as its page needs to know it: functions, a map of contours, draws, and how to make it again."""

import ast
import inspect
import linecache
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from descent.arguments import array, check_finite, shown, text, whole
from descent.figures import contours
from descent.models import LeastSquares
from descent.render import javascript
from descent.sources import Source, all_samples, batches, mini_batches
from descent.surfaces import Pair, Surface, check_window

__all__ = ["Regression"]

LONGEST = 0xD800 - ord("0")  # samples, a character for each: what follows in Unicode are no characters
UNITS = 1000  # the map is so many units wide and high


@dataclass(frozen=True, eq=False)
class Regression:
    """A least-squares table in a lab, seen in the plane of two of its parameters.

    ``model``   the table; its loss is drawn with the other parameters at the exact minimum
    ``window``  the part of the plane that is drawn, ``((from, to), (from, to))``
    ``start``   where walks start, all parameters
    ``plane``   the two parameters, by number
    ``names``   what the two are called
    ``batch``   samples per step, in [1, n]; the lab has a slider for it
    ``seeds``   one per draw: draw s is ``mini_batches(model, batch, np.random.default_rng(s))``; without any,
                every step reads all samples
    ``name``    what the table is called
    """

    model: LeastSquares
    window: tuple[Pair, Pair]
    start: Any
    plane: tuple[int, int] = (0, 1)
    names: tuple[str, str] = ("θ₁", "θ₂")
    batch: int | None = None
    seeds: tuple[int, ...] = (0, 1, 2)
    name: str = "least squares"

    def __post_init__(self) -> None:
        if not isinstance(self.model, LeastSquares):
            raise TypeError(f"model must be a LeastSquares, got {shown(self.model)}")
        n, dim = self.model.X.shape
        text("name", self.name)
        check_window(self.window)
        for name, length in (("plane", 2), ("names", 2), ("seeds", None)):
            value = getattr(self, name)
            if not isinstance(value, (list, tuple)) or len(value) != (length or len(value)):
                raise TypeError(f"{name} must be {length or 'some'} values in a tuple, got {shown(value)}")
        for name in self.names:
            text("names", name)
        seeds = tuple(whole("seeds", seed, 0) for seed in self.seeds)
        plane = tuple(whole("plane", i, 0, dim - 1, f", the {dim} parameters") for i in self.plane)
        if plane[0] == plane[1]:
            raise ValueError(f"plane must be two different numbers in [0, {dim}), got {self.plane}")
        batch = None if self.batch is None else whole("batch", self.batch, 1, n, ", the number of samples")
        if seeds and n > LONGEST:
            raise ValueError(f"model must have at most {LONGEST} samples in a lab with seeds, got {n}")
        if batch and not seeds:
            raise ValueError(f"seeds must not be empty where batch is given, got {self.seeds}")
        check_start(self.start, dim)
        for field, checked in (("seeds", seeds), ("plane", plane), ("batch", batch)):
            object.__setattr__(self, field, checked)

    def source(self, batch: int, draw: int) -> Source:
        """Where the gradients of one draw come from."""
        if not self.seeds:
            return all_samples(self.model)
        return mini_batches(self.model, batch, np.random.default_rng(self.seeds[draw]))

    def section(self) -> Surface:
        """The loss in the plane of the two parameters, the others at the exact minimum; to draw, not to walk on."""
        solution, plane = self.model.solution, list(self.plane)

        def section(x: Any, y: Any) -> Any:
            theta = np.broadcast_to(solution.reshape(-1, *[1] * np.ndim(x)), (len(solution), *np.shape(x))).copy()
            theta[plane] = x, y
            return self.model.value(theta)

        lowest = (rounded(float(solution[plane[0]])), rounded(float(solution[plane[1]])))
        return Surface(section, (lowest,), self.window, lowest)


def specification(objective: Any, steps: int) -> dict[str, Any]:
    """The part of a lab's specification that describes what is minimised."""
    if isinstance(objective, Surface):
        return surface_specification(objective)
    if isinstance(objective, Regression):
        return regression_specification(objective, steps)
    raise TypeError(f"objective must be a Surface or a Regression, or a list of them, got {shown(objective)}")


def check_start(start: Any, dim: int) -> None:
    """Raise unless `start` is a point of `dim` finite coordinates."""
    point = check_finite("start", array("start", start))
    if point.shape != (dim,):
        raise ValueError(f"start must have {dim} coordinates, got {point.size if point.ndim == 1 else shown(start)}")


def surface_specification(surface: Surface) -> dict[str, Any]:
    """Of a surface: its functions in JavaScript, too."""
    heights, paths = contour_map(surface)
    depths = [float(surface.value(np.array(point))) for point in surface.minima]
    lowest = min((depth for depth in depths if np.isfinite(depth)), default=heights[np.isfinite(heights)].min())
    return {
        "name": surface.name,
        "axes": surface.parameters,
        "plane": [0, 1],
        "window": surface.window,
        "start": [float(value) for value in surface.start],
        "minima": surface.minima,
        "lowest": rounded(lowest),
        "contours": paths,
        "dim": 2,
        **javascript(surface),
        **curvatures(surface.hessian, surface.minima),
        "python": source_of(surface.f, surface.made_by or surface.name),
    }


def regression_specification(regression: Regression, steps: int) -> dict[str, Any]:
    """Of a table: its numbers, and the order of its samples in every draw."""
    model, section = regression.model, regression.section()
    n, dim = model.X.shape
    epochs = -(-steps // 2)  # a batch that is not the whole table takes two steps or more per epoch
    orders = [in_order(islice(batches(n, n, np.random.default_rng(seed)), epochs)) for seed in regression.seeds]
    X = [[rounded(value) for value in row] for row in model.X.tolist()]
    y = [rounded(value) for value in model.y.tolist()]
    setup = f"X = np.array({X})\ny = np.array({y})\nmodel = LeastSquares(X, y)"
    return {
        "name": regression.name,
        "axes": regression.names,
        "plane": regression.plane,
        "window": regression.window,
        "start": [float(value) for value in regression.start],
        "minima": section.minima,
        "lowest": rounded(float(model.value(model.solution))),
        "contours": contour_map(section)[1],
        "dim": dim,
        **(curvatures(lambda theta: model.hessian, section.minima) if dim == 2 else {}),
        "X": X,
        "y": y,
        "batch": regression.batch or n,
        **({"seeds": regression.seeds, "orders": orders} if orders else {}),
        "python": {"call": "model", "setup": setup},
    }


def in_order(epochs: Iterable[list[np.ndarray]]) -> str:
    """The samples as they are read, a character for each: 0, 1, 2, … and what follows in Unicode (short, in JSON)."""
    return "".join(chr(ord("0") + sample) for epoch in epochs for sample in np.concatenate(epoch))


def curvatures(hessian: Callable[[Any], Any], minima: Sequence[Pair]) -> dict[str, Any]:
    """Where the Hessian is the same everywhere: its eigenvalues, largest last, with their directions."""
    here, *others = (np.asarray(hessian(np.array(point))) for point in ((0.3, 0.4), (-1.1, 0.7), (0.9, -0.2)))
    if len(minima) != 1 or not all(np.allclose(here, other, rtol=1e-9, atol=0) for other in others):
        return {}
    values, vectors = np.linalg.eigh(here)
    if np.ptp(values) <= 1e-9 * np.abs(values).max():
        vectors = np.eye(2)  # equal: every direction is one, and which two eigh names hangs on the last bits
    vectors = vectors * np.where(vectors[0] < 0, -1, 1)  # the sign is the library's whim
    return {"curvatures": [[rounded(v), [rounded(a), rounded(b)]] for v, (a, b) in zip(values, vectors.T, strict=True)]}


def contour_map(surface: Surface) -> tuple[np.ndarray, list[str]]:
    """The heights over the window, and one SVG path per level, in units of the map, y downwards."""
    (x0, x1), (y0, y1) = surface.window
    heights, levels = contours(surface, 121)
    corner, size = np.array([x0, y1]), np.array([x1 - x0, y0 - y1])
    return heights, [
        "".join(_svg_path(np.rint((line - corner) / size * UNITS).astype(int)) for line in lines) for lines in levels
    ]


def _svg_path(points: np.ndarray) -> str:
    """A polyline on the grid of the map's units: the first point, then the moves, without those to nowhere."""
    moves = np.diff(points, axis=0)
    moves = moves[(moves != 0).any(axis=1)]
    if not len(moves):
        return ""
    text = " ".join(f"{dx} {dy}" for dx, dy in moves).replace(" -", "-")
    return f"M{points[0, 0]} {points[0, 1]}l{text}"


def rounded(value: float) -> float:
    """Ten digits: the last ones differ from processor to processor."""
    return float(f"{value:.10g}")


def source_of(thing: Any, call: str) -> dict[str, str]:
    """How Python makes it again: what to call, and the lines that define it if it is the reader's own."""
    if thing.__module__.startswith("descent."):
        return {"call": call, "setup": ""}
    try:
        return {"call": call, "setup": _class_source(thing) if isinstance(thing, type) else inspect.getsource(thing)}
    except OSError:
        return {"call": call, "setup": f"# {call} was defined where no source is kept"}


def _class_source(kind: type) -> str:
    """The lines of a class. `inspect` finds none that a cell defined, but the functions in it know their cell."""
    for function in filter(inspect.isfunction, vars(kind).values()):
        lines = linecache.getlines(function.__code__.co_filename)
        for node in ast.walk(ast.parse("".join(lines))):
            if isinstance(node, ast.ClassDef) and node.name == kind.__name__:
                first = min([node.lineno, *(part.lineno for part in node.decorator_list)])
                return "".join(lines[first - 1 : node.end_lineno])
    raise OSError(f"no source of {kind.__name__}")
