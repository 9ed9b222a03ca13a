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
# What a function looks like, and how many arguments it has.
FUNCTIONS = {
    "sqrt": (1, r"\sqrt{{{}}}"),
    "abs": (1, r"\lvert {} \rvert"),
    "maximum": (2, r"\max\left({},\, {}\right)"),
    "minimum": (2, r"\min\left({},\, {}\right)"),
    "sign": (1, r"\operatorname{{sign}}\left({}\right)"),
    "clip": (3, r"\operatorname{{clip}}\left({},\, {},\, {}\right)"),
    "where": (3, r"\left\{{ \begin{{array}}{{ll}} {1} & \text{{if }} {0} \\ {2} & \text{{else}} \end{{array}} \right."),
} | {name: (1, rf"\{name}\left({{}}\right)") for name in ("exp", "log", "sin", "cos", "tan", "tanh")}

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
    match returned:
        case ast.Tuple([theta, ast.Name("state")]):
            memory: list[ast.expr] = []
        case ast.Tuple([theta, ast.Call(ast.Attribute(ast.Name("self"), "State"), memory, [])]):
            pass
        case _:
            raise TypeError(f"{rule.__name__}.update must return theta, self.State(…), not {ast.unparse(returned)}")
    results = [("theta", theta), *zip(rule.State._fields, memory, strict=bool(memory))]
    last = [(_name(name), _latex(value)) for name, value in results if ast.unparse(value) != name]
    every = [*before, ("g", rf"\nabla f({_latex(probe)})"), *lines, *last]
    return Equations([(left, r"\leftarrow", right) for left, right in every])


def _read(function: Callable[..., Any]) -> tuple[list[tuple[str, str]], ast.expr]:
    """The assignments of a function as (name, expression) in LaTeX, and the expression it returns."""
    try:
        definition = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    except OSError:
        raise TypeError(f"{function.__qualname__} has no source to read: define it in a cell or a file") from None
    lines: list[tuple[str, str]] = []
    given: set[str] = set()
    for statement in definition.body if isinstance(definition, ast.FunctionDef) else []:
        match statement:
            case ast.Expr(ast.Constant()):
                continue  # the docstring
            case ast.Assign([ast.Tuple(names)], ast.Tuple(values)):
                pairs = list(zip(names, values, strict=True))
            case ast.Assign([name], value):
                pairs = [(name, value)]
            case ast.Return(ast.expr() as value):
                _check_old_and_new(function, value, given)
                return lines, value
            case _:
                raise TypeError(f"{function.__qualname__} has no equation for: {ast.unparse(statement)}")
        for name, value in pairs:
            _check_old_and_new(function, value, given)
            lines.append((_latex(name), _latex(value)))
        given |= {ast.unparse(name) for name, _ in pairs}
    raise TypeError(f"{function.__qualname__} must be a function that ends in return")


def _check_old_and_new(function: Callable[..., Any], value: ast.expr, given: set[str]) -> None:
    """On paper the old v and the new one are the same letter: both in one line would mean something else."""
    for node in ast.walk(value):
        match node:
            case ast.Attribute(ast.Name("state"), name) if name in given:
                raise TypeError(
                    f"{function.__qualname__} reads state.{name} after it has set {name}: no equation for both"
                )


def _latex(node: ast.expr, outside: int = SUM) -> str:
    """One expression, in parentheses if it is looser than what stands around it."""
    level, text = _expression(node)
    return text if level >= outside else rf"\left({text}\right)"


def _expression(node: ast.expr) -> tuple[int, str]:
    """How tightly an expression holds, and its LaTeX."""
    match node:
        case ast.Constant(int() | float() as value) if not isinstance(value, bool):
            mantissa, _, exponent = str(value).partition("e")
            return (PRODUCT, rf"{mantissa} \cdot 10^{{{int(exponent)}}}") if exponent else (POWER, mantissa)
        case ast.Name(name) | ast.Attribute(ast.Name("self" | "state"), name):
            return POWER, _name(name)
        case ast.Attribute(ast.Name("np" | "numpy"), "pi"):
            return POWER, r"\pi"
        case ast.UnaryOp(ast.USub(), operand):
            return SUM, f"-{_latex(operand, PRODUCT)}"
        case ast.BinOp(left, ast.Add(), right):
            return SUM, f"{_latex(left)} + {_latex(right, _after_a_sign(right))}"
        case ast.BinOp(left, ast.Sub(), right):
            return SUM, f"{_latex(left)} - {_latex(right, PRODUCT)}"
        case ast.BinOp(left, ast.Mult(), right):
            negative = _leads_with_minus(left)
            first, second = _latex(left, SUM if negative else PRODUCT), _latex(right, PRODUCT)
            times = r" \cdot " if second.lstrip("{")[0].isdigit() else r"\,"
            return SUM if negative else PRODUCT, first + times + second
        case ast.BinOp(left, ast.Div(), right):
            return PRODUCT, rf"\frac{{{_latex(left)}}}{{{_latex(right)}}}"
        case ast.BinOp(base, ast.Pow(), exponent):
            return PRODUCT, f"{{{_latex(base, POWER)}}}^{{{_latex(exponent)}}}"
        case ast.Compare(left, [relation], [right]) if type(relation) in RELATIONS:
            return SUM, f"{_latex(left)} {RELATIONS[type(relation)]} {_latex(right)}"
        case ast.Call(ast.Name(name) | ast.Attribute(ast.Name("np"), name), arguments, []) if name in FUNCTIONS:
            count, form = FUNCTIONS[name]
            if len(arguments) == count:
                return SUM if name == "where" else PRODUCT, form.format(*map(_latex, arguments))
        case ast.Call(ast.Attribute(ast.Attribute(ast.Name("np"), "linalg"), "norm"), [vector], options):
            if [ast.unparse(option) for option in options] in ([], ["axis=0"]):
                return PRODUCT, rf"\lVert {_latex(vector)} \rVert"
    raise TypeError(f"there is no equation here for: {ast.unparse(node)}")


def _leads_with_minus(node: ast.expr) -> bool:
    """Whether a product begins with a minus sign: −x, and −x y, which Python reads as (−x) y."""
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        node = node.left
    return isinstance(node, ast.UnaryOp)


def _after_a_sign(node: ast.expr) -> int:
    return PRODUCT if _leads_with_minus(node) else SUM


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
