"""A rule or a surface as equations, read from its own code, so that text and code can't drift apart.

Every line of `update` becomes a line of LaTeX with the code's own names: ``m_hat`` is m̂, ``beta1`` is β₁,
``self.`` and ``state.`` are left away, and an arrow stands for the assignment.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable
from typing import Any

from descent.rules import Rule
from descent.surfaces import Surface

__all__ = ["Equations", "equations"]

GREEK = {
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "eta",
    "theta",
    "kappa",
    "lambda",
    "mu",
    "nu",
    "pi",
    "psi",
    "sigma",
}
RELATIONS = {ast.Lt: "<", ast.LtE: r"\le", ast.Gt: ">", ast.GtE: r"\ge", ast.Eq: "=", ast.NotEq: r"\ne"}
FUNCTIONS = {
    "sqrt": r"\sqrt{{{}}}",
    "abs": r"\lvert {} \rvert",
    "norm": r"\lVert {} \rVert",
    "maximum": r"\max\left({},\, {}\right)",
    "minimum": r"\min\left({},\, {}\right)",
    "sign": r"\operatorname{{sign}}\left({}\right)",
    "clip": r"\operatorname{{clip}}\left({},\, {},\, {}\right)",
    "where": r"\begin{{cases}} {1} & \text{{if }} {0} \\ {2} & \text{{else}} \end{{cases}}",
} | {name: rf"\{name}\left({{}}\right)" for name in ("exp", "log", "sin", "cos", "tan", "tanh")}

# How tightly an expression holds together; a looser one inside a tighter one gets parentheses.
SUM, PRODUCT, POWER = range(3)


class Equations:
    """LaTeX that Jupyter and the book show as formulas; ``latex`` is the source."""

    def __init__(self, lines: list[tuple[str, str, str]]):
        rows = r" \\ ".join(f"{left} &{sign} {right}" for left, sign, right in lines)
        self.latex = rf"\begin{{aligned}} {rows} \end{{aligned}}"

    def _repr_latex_(self) -> str:
        return f"$$ {self.latex} $$"

    def __repr__(self) -> str:
        return self.latex


def equations(thing: Any) -> Equations:
    """The equations of a rule (its class, or one with values) or of a surface, line by line.

    Raises TypeError, naming the piece of code, for what has no equation here.
    """
    if isinstance(thing, Surface):
        before, value = _read(thing.f)
        return Equations([*((left, "=", right) for left, right in before), ("f(x, y)", "=", _latex(value))])
    rule = thing if isinstance(thing, type) else type(thing)
    if not issubclass(rule, Rule):
        raise TypeError(f"equations are read from a rule or a surface, got {thing!r}")
    before, probe = _read(rule.probe)
    lines, returned = _read(rule.update)
    if not isinstance(returned, ast.Tuple) or len(returned.elts) != 2:
        raise TypeError(f"{rule.__name__}.update must return theta, state; it returns {ast.unparse(returned)}")
    theta, state = returned.elts
    memory = state.args if isinstance(state, ast.Call) else []
    results = [("theta", theta), *zip(rule.State._fields, memory, strict=False)]
    last = [(_name(name), _latex(value)) for name, value in results if not isinstance(value, ast.Name)]
    every = [*before, ("g", rf"\nabla f({_latex(probe)})"), *lines, *last]
    return Equations([(left, r"\leftarrow", right) for left, right in every])


def _read(function: Callable[..., Any]) -> tuple[list[tuple[str, str]], ast.expr]:
    """The assignments of a function as (name, expression) in LaTeX, and the expression it returns."""
    definition = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    lines = []
    for statement in definition.body if isinstance(definition, ast.FunctionDef) else []:
        match statement:
            case ast.Expr(ast.Constant()):
                continue  # the docstring
            case ast.Assign([ast.Tuple(names)], ast.Tuple(values)):
                lines += [(_latex(name), _latex(value)) for name, value in zip(names, values, strict=True)]
            case ast.Assign([name], value):
                lines.append((_latex(name), _latex(value)))
            case ast.Return(ast.expr() as value):
                return lines, value
            case _:
                raise TypeError(f"{function.__qualname__} has no equation for: {ast.unparse(statement)}")
    raise TypeError(f"{function.__qualname__} must be a function that ends in return")


def _latex(node: ast.expr, outside: int = SUM) -> str:
    """One expression, in parentheses if it is looser than what stands around it."""
    level, text = _expression(node)
    return text if level >= outside else rf"\left({text}\right)"


def _expression(node: ast.expr) -> tuple[int, str]:
    """How tightly an expression holds, and its LaTeX."""
    match node:
        case ast.Constant(int() | float() as value):
            mantissa, _, exponent = str(value).partition("e")
            return (PRODUCT, rf"{mantissa} \cdot 10^{{{int(exponent)}}}") if exponent else (POWER, mantissa)
        case ast.Name(name) | ast.Attribute(ast.Name("self" | "state"), name):
            return POWER, _name(name)
        case ast.Attribute(ast.Name("np" | "numpy"), "pi"):
            return POWER, r"\pi"
        case ast.UnaryOp(ast.USub(), operand):
            return SUM, f"-{_latex(operand, PRODUCT)}"
        case ast.BinOp(left, ast.Add(), right):
            return SUM, f"{_latex(left)} + {_latex(right)}"
        case ast.BinOp(left, ast.Sub(), right):
            return SUM, f"{_latex(left)} - {_latex(right, PRODUCT)}"
        case ast.BinOp(left, ast.Mult(), right):
            negative = isinstance(left, ast.UnaryOp)
            first, second = _latex(left, SUM if negative else PRODUCT), _latex(right, PRODUCT)
            times = r" \cdot " if second.lstrip("{")[0].isdigit() else r"\,"
            return SUM if negative else PRODUCT, first + times + second
        case ast.BinOp(left, ast.Div(), right):
            return PRODUCT, rf"\frac{{{_latex(left)}}}{{{_latex(right)}}}"
        case ast.BinOp(base, ast.Pow(), exponent):
            return PRODUCT, f"{{{_latex(base, POWER)}}}^{{{_latex(exponent)}}}"
        case ast.Compare(left, [relation], [right]) if type(relation) in RELATIONS:
            return SUM, f"{_latex(left)} {RELATIONS[type(relation)]} {_latex(right)}"
        case ast.Call(ast.Name(name) | ast.Attribute(_, name), arguments, []) if name in FUNCTIONS:
            return PRODUCT, FUNCTIONS[name].format(*map(_latex, arguments))
    raise TypeError(f"there is no equation here for: {ast.unparse(node)}")


def _name(name: str) -> str:
    """theta is θ, beta1 is β₁, m_hat is m̂; other names of several letters are set upright."""
    stem = name.removesuffix("_hat")
    letters = stem.rstrip("0123456789")
    digits = stem[len(letters) :]
    symbol = rf"\{letters}" if letters in GREEK else letters
    if len(letters) > 1 and letters not in GREEK:
        symbol = rf"\mathrm{{{letters}}}".replace("_", r"\_")
    if stem != name:
        symbol = rf"\hat{{{symbol}}}"
    return symbol + (f"_{{{digits}}}" if digits else "")
