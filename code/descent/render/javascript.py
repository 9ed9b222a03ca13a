"""A rule or a surface as JavaScript, derived from the NumPy code that the chapters print.

The code is traced: it runs once on symbols, and what it computes is written down in the other language,
with every coordinate by itself, since a rule may mix them.
"""

import ast
import inspect
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import sympy
from sympy.printing.codeprinter import PrintMethodNotImplementedError
from sympy.printing.jscode import JavascriptCodePrinter

from descent.render.latex import read, results, wholes
from descent.rules import Rule
from descent.rules.base import values_of, with_values
from descent.surfaces import Surface
from descent.trace import Traced, bare, expression_of, slope

__all__ = ["javascript"]


def javascript(thing: Any, dim: int = 2) -> dict[str, Any]:
    """The functions of a surface or of a rule with values, each the text of a JavaScript function's body.

    A surface has ``value(x)``, which returns f, and ``grad(x, o)``, which writes ∇f into o. A rule has

    ``init(x, h, s)``             writes the memory before the first step into s
    ``probe(x, s, h, o)``         writes the point at which the gradient is taken into o
    ``update(x, g, s, h, t, o)``  writes the new θ, then the new memory into o

    and, where it has equations, ``lines(x, g, s, h, t, o)``, which writes the value of every line of `update`,
    of its results, and of every norm in them into o. x is θ with `dim` coordinates, g the gradient, t the step.
    h holds the hyperparameters in the order of ``hyperparameters``, s the memory: each field of ``memory`` is a
    name and its number of entries. The language knows no grid: every argument is one point, one setting.

    Raises TypeError, naming the operation and the way out, for code that can't be traced.
    """
    if isinstance(thing, Surface):
        x = _symbols("x", 2)
        value = expression_of(thing.f, x)
        gradient = [slope(value, a) for a in x]
        return {"value": _body(["return "], [value]), "grad": _body(_places("o", 2), gradient)}
    if isinstance(thing, Rule):
        return _rule(thing, dim)
    raise TypeError(f"JavaScript is made from a surface or a rule with its hyperparameters, got {thing!r}")


def _rule(rule: Rule, dim: int) -> dict[str, Any]:
    names = list(values_of(rule))
    rule = with_values(rule, {name: Traced(h) for name, h in zip(names, _symbols("h", len(names)), strict=True)})
    x, g = Traced(_symbols("x", dim)), Traced(_symbols("g", dim))
    t = Traced(sympy.Symbol("t", integer=True, positive=True))
    start = [np.asarray(bare(value), dtype=object) for value in rule.init(x)]
    s = _symbols("s", sum(value.size for value in start))
    ends = np.cumsum([0, *(value.size for value in start)])
    state: Any = rule.State(
        *(Traced(np.reshape(s[a:b], v.shape)) for (a, b), v in zip(pairwise(ends), start, strict=True))
    )
    theta, memory = rule.update(x, g, state, t)
    after = [theta, *memory]
    for name, old, new in zip(
        ["theta", *state._fields], [x.shape, *map(np.shape, start)], map(np.shape, after), strict=True
    ):
        if new != old:
            raise TypeError(f"{type(rule).__name__}.update must keep the shape of {name}, {old}, got {new}")
    program = {
        "hyperparameters": names,
        "memory": [[name, value.size] for name, value in zip(state._fields, start, strict=True)],
        "init": _writes("s", start),
        "probe": _writes("o", [rule.probe(x, state)]),
        "update": _writes("o", after),
    }
    if (values := line_values(rule, x, g, state, t)) is not None:
        program["lines"] = _writes("o", values)
    return program


def line_values(rule: Rule, theta: Any, g: Any, state: Any, t: Any) -> list[Any] | None:
    """What every line of `update` comes to, then its results, then the norms in them.

    None if it has no lines, or one that isn't a number or a number for each coordinate.
    """
    update = type(rule).update
    try:
        code = read(update)
        every = [*code.lines, *results(type(rule), code)]
    except TypeError:
        return None
    seen = inspect.getclosurevars(update)
    names = {**update.__globals__, **seen.nonlocals}
    names |= dict(zip(inspect.signature(update).parameters, (rule, theta, g, state, t), strict=True))

    def value(node: ast.expr) -> Any:
        return eval(compile(ast.Expression(node), update.__qualname__, "eval"), names)

    values, norms = [], []
    for name, node in every:
        norms += [value(whole) for whole in wholes(node)]
        names[name] = value(node)
        values.append(names[name])
    if any(np.shape(v) not in ((), np.shape(theta)) for v in values):
        return None
    return [v if np.ndim(v) else Traced(np.full(np.shape(theta), bare(v), dtype=object)) for v in values + norms]


def _symbols(array: str, n: int) -> list[sympy.Symbol]:
    return [sympy.Symbol(place, real=True) for place in _places(array, n, "")]


def _places(array: str, n: int, sign: str = " = ") -> list[str]:
    return [f"{array}[{i}]{sign}" for i in range(n)]


def _writes(array: str, values: Sequence[Any]) -> str:
    flat = [expression for value in values for expression in np.ravel(np.asarray(bare(value), dtype=object))]
    return _body(_places(array, len(flat)), flat)


def _body(targets: list[str], expressions: Sequence[Any]) -> str:
    """Statements that hand each expression to its target; what several have in common is computed once."""
    shared, rest = sympy.cse([sympy.sympify(e) for e in expressions], sympy.numbered_symbols("a"))
    lines = [f"const {name} = {_PRINTER.doprint(value)};" for name, value in shared]
    lines += [f"{target}{_PRINTER.doprint(value)};" for target, value in zip(targets, rest, strict=True)]
    return "\n".join(lines)


def _call(name: str) -> Callable[[Any, Any], str]:
    return lambda self, expr: f"{name}({', '.join(map(self._print, expr.args))})"


class _Printer(JavascriptCodePrinter):
    """SymPy's own, with all digits of a number and everything on one line."""

    _print_expm1, _print_log1p = _call("Math.expm1"), _call("Math.log1p")

    def _print_Float(self, expr: Any) -> str:
        return repr(float(expr)).replace("inf", "Infinity")

    def _print_Heaviside(self, expr: Any) -> str:
        return f"(Math.sign({self._print(expr.args[0])}) + 1)/2"

    def _print_Piecewise(self, expr: Any) -> str:
        (value, condition), *others = expr.args
        if condition == True:  # noqa: E712  # SymPy's own true is another object
            return f"({self._print(value)})"
        return f"(({self._print(condition)}) ? ({self._print(value)}) : {self._print(sympy.Piecewise(*others))})"

    def doprint(self, expr: Any) -> str:
        try:
            return super().doprint(expr)
        except PrintMethodNotImplementedError as error:
            raise TypeError(f"this can't be written in JavaScript: {error}; use functions of descent.trace") from None


_PRINTER = _Printer({"strict": True})
