"""A rule or a surface as equations, read from its own code, so that text and code can't drift apart.

Every line of `update` becomes a line of LaTeX with the code's own names: ``m_hat`` is m̂, ``beta1`` is β₁,
``self.`` and ``state.`` are left away, and an arrow stands for the assignment.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable
from typing import Any, NamedTuple

from descent.rules import Rule
from descent.surfaces import Surface

__all__ = ["Equations", "equations"]

GREEK = {
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu",
    "nu", "xi", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
}  # fmt: skip
RELATIONS = {ast.Lt: "<", ast.LtE: r"\le", ast.Gt: ">", ast.GtE: r"\ge", ast.Eq: "=", ast.NotEq: r"\ne"}
# Hyperparameters whose letter is another name's: Python keeps the word lambda for itself.
ALIASES = {"weight_decay": "lambda", "initial": "s0", "momentum": "mu", "dampening": "d"}
LETTERS = {"product": r"\Pi", "rate": r"\alpha_{t}"}
ACCENTS = {"hat": r"\hat{{{}}}", "bar": r"\bar{{{}}}", "next": "{{{}}}'"}
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
    write = Latex()
    if isinstance(thing, Surface):
        code = read(thing.f)
        value = f"f({', '.join(map(symbol, thing.parameters))})"
        lines = [*((symbol(name), expression) for name, expression in code.lines), (value, code.returned)]
        return Equations([(left, "=", write(right)) for left, right in lines])
    rule = thing if isinstance(thing, type) else type(thing)
    if not issubclass(rule, Rule):
        raise TypeError(f"equations are read from a rule or a surface, got {thing!r}")
    look_ahead, code = read(rule.probe), read(rule.update)
    before = [(symbol(name), write(value)) for name, value in look_ahead.lines]
    after = [(_row_of(name, value), write(value)) for name, value in [*code.lines, *results(rule, code)]]
    gradient = ("g", rf"\nabla f({write(look_ahead.returned)})")
    return Equations([(left, r"\leftarrow", right) for left, right in [*before, gradient, *after]])


class Code(NamedTuple):
    """A function without branches: its assignments, each a name and an expression, and what it returns."""

    lines: list[tuple[str, ast.expr]]
    returned: ast.expr


def read(function: Callable[..., Any]) -> Code:
    """The code of a function that consists of assignments and a return; TypeError for any other."""
    try:
        definition = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    except OSError:
        raise TypeError(f"{function.__qualname__} has no source to read: define it in a cell or a file") from None
    lines: list[tuple[str, ast.expr]] = []
    for statement in definition.body if isinstance(definition, ast.FunctionDef) else []:
        match statement:
            case ast.Expr(ast.Constant()):
                continue  # the docstring
            case ast.Assign([ast.Tuple(names)], ast.Tuple(values)) if len(names) == len(values):
                pairs = list(zip(names, values, strict=True))
            case ast.Assign([name], value):
                pairs = [(name, value)]
            case ast.Return(ast.expr() as value):
                _check_old_and_new(function, value, [name for name, _ in lines])
                return Code(lines, value)
            case _:
                raise TypeError(f"{function.__qualname__} has no equation for: {ast.unparse(statement)}")
        for number, (name, value) in enumerate(pairs):
            together = {ast.unparse(other) for other, _ in pairs[:number]}
            if not isinstance(name, ast.Name) or together & {ast.unparse(node) for node in ast.walk(value)}:
                raise TypeError(f"{function.__qualname__} has no equation for: {ast.unparse(statement)}")
            _check_old_and_new(function, value, [name for name, _ in lines])
            lines.append((name.id, value))
    raise TypeError(f"{function.__qualname__} must be a function that ends in return")


def results(rule: type[Rule], code: Code) -> list[tuple[str, ast.expr]]:
    """What `update` returns for θ and for each field of the memory, where it isn't there under that name already."""
    match code.returned:
        case ast.Tuple([theta, ast.Name("state")]):
            memory: list[ast.expr] = []
        case ast.Tuple([theta, ast.Call(ast.Attribute(ast.Name("self"), "State"), memory, [])]):
            pass
        case _:
            raise TypeError(
                f"{rule.__name__}.update must return theta, self.State(…), not {ast.unparse(code.returned)}"
            )
    every = [("theta", theta), *zip(rule.State._fields, memory, strict=bool(memory))]
    return [(name, value) for name, value in every if ast.unparse(value) != name]


def wholes(node: ast.expr) -> list[ast.expr]:
    """The parts of an expression that mix the coordinates, such as a norm: one number for all of them."""
    calls = [part for part in ast.walk(node) if isinstance(part, ast.Call)]
    return [call for call in calls if ast.unparse(call.func) == "np.linalg.norm"]


def _check_old_and_new(function: Callable[..., Any], value: ast.expr, given: list[str]) -> None:
    """On paper the old v and the new one are the same letter: both in one line would mean something else."""
    for node in ast.walk(value):
        match node:
            case ast.Attribute(ast.Name("state"), name) if name in given:
                raise TypeError(
                    f"{function.__qualname__} reads state.{name} after it has set {name}: no equation for both"
                )


class Latex:
    """Writes expressions of Python as LaTeX.

    ``name`` says how a name is written, given its node and itself; ``norm`` how the norm of a vector is, given
    its node.
    """

    def __init__(
        self,
        name: Callable[[ast.expr, str], str] = lambda node, name: symbol(name),
        norm: Callable[[ast.Call], str] | None = None,
    ):
        self.name, self.norm = name, norm or (lambda call: rf"\lVert {self(call.args[0])} \rVert")

    def __call__(self, node: ast.expr, outside: int = SUM) -> str:
        """One expression, in parentheses if it is looser than what stands around it."""
        level, text = self.expression(node)
        return text if level >= outside else rf"\left({text}\right)"

    def expression(self, node: ast.expr) -> tuple[int, str]:
        """How tightly an expression holds, and its LaTeX."""
        match node:
            case ast.Constant(int() | float() as value) if not isinstance(value, bool):
                mantissa, _, exponent = str(value).partition("e")
                return (PRODUCT, rf"{mantissa} \cdot 10^{{{int(exponent)}}}") if exponent else (POWER, mantissa)
            case ast.Name(name) | ast.Attribute(ast.Name("self" | "state"), name):
                return POWER, self.name(node, name)
            case ast.Attribute(ast.Name("np" | "numpy"), "pi"):
                return POWER, r"\pi"
            case ast.UnaryOp(ast.USub(), operand):
                return SUM, f"-{self(operand, PRODUCT)}"
            case ast.BinOp(left, ast.Add(), right):
                return SUM, f"{self(left)} + {self(right, _after_a_sign(right))}"
            case ast.BinOp(left, ast.Sub(), right):
                return SUM, f"{self(left)} - {self(right, PRODUCT)}"
            case ast.BinOp(left, ast.Mult(), right):
                negative = _leads_with_minus(left)
                first, second = self(left, SUM if negative else PRODUCT), self(right, PRODUCT)
                times = r" \cdot " if second.lstrip("{")[0].isdigit() else r"\,"
                return SUM if negative else PRODUCT, first + times + second
            case ast.BinOp(ast.BinOp(ast.BinOp(_, ast.Div(), _) as rate, ast.Mult(), left), ast.Div(), right):
                return PRODUCT, rf"{self(rate)}\,\frac{{{self(left)}}}{{{self(right)}}}"  # no fraction in a fraction
            case ast.BinOp(left, ast.Div(), right):
                return PRODUCT, rf"\frac{{{self(left)}}}{{{self(right)}}}"
            case ast.BinOp(base, ast.Pow(), exponent):
                return PRODUCT, f"{{{self(base, POWER)}}}^{{{self(exponent)}}}"
            case ast.Compare(left, [relation], [right]) if type(relation) in RELATIONS:
                return SUM, f"{self(left)} {RELATIONS[type(relation)]} {self(right)}"
            case ast.Call(ast.Name(name) | ast.Attribute(ast.Name("np"), name), arguments, []) if name in FUNCTIONS:
                count, form = FUNCTIONS[name]
                if len(arguments) == count:
                    return SUM if name == "where" else PRODUCT, form.format(*map(self, arguments))
            case ast.Call(ast.Attribute(ast.Name("np"), "stack"), [ast.ListComp(each, [one])], []):
                rows = [name.id for name in ast.walk(one.target) if isinstance(name, ast.Name)]
                return SUM, Latex(lambda node, name: self.name(node, name) + "_i" * (name in rows))(each)
            case ast.Call(ast.Attribute(ast.Name("np"), "mean"), [ast.Name(name)], [ast.keyword("axis")]):
                return PRODUCT, rf"\frac{{1}}{{K}} \sum_i {symbol(name)}_i"
            case ast.Call(ast.Attribute(ast.Attribute(ast.Name("np"), "linalg"), "norm"), [_], options) as call:
                if [ast.unparse(option) for option in options] in ([], ["axis=0"]):
                    return PRODUCT, self.norm(call)
        raise TypeError(f"there is no equation here for: {ast.unparse(node)}")


def _leads_with_minus(node: ast.expr) -> bool:
    """Whether a product begins with a minus sign: −x, and −x y, which Python reads as (−x) y."""
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        node = node.left
    return isinstance(node, ast.UnaryOp)


def _after_a_sign(node: ast.expr) -> int:
    return PRODUCT if _leads_with_minus(node) else SUM


def symbol(name: str) -> str:
    """theta is θ, beta1 is β₁, m_hat is m̂, m_bar is m̄, mu_next is μ′; other long names are set upright."""
    if name in LETTERS:
        return LETTERS[name]
    name = ALIASES.get(name, name)
    stem, _, accent = name.rpartition("_")
    if accent not in ACCENTS:
        stem, accent = name, ""
    letters = stem.rstrip("0123456789")
    digits = stem[len(letters) :]
    symbol = rf"\{letters}" if letters in GREEK else letters
    if len(letters) > 1 and letters not in GREEK:
        symbol = rf"\mathrm{{{letters}}}".replace("_", r"\_")
    return ACCENTS.get(accent, "{}").format(symbol) + (f"_{{{digits}}}" if digits else "")


def _row_of(name: str, value: ast.expr) -> str:
    """The left side of an equation; a stack of rows has one equation for each of them."""
    return symbol(name) + "_i" * ast.unparse(value).startswith("np.stack")
