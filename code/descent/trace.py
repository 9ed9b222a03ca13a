"""Values that run through NumPy code and come out as SymPy expressions.

A `Traced` value stands where a number or an array would stand. Code written for NumPy — a surface's
``f(x, y)``, a rule's ``update`` — runs on it unchanged, and what comes out is the expression it computes.
From the expression follow exact gradients and Hessians. An operation without a twin here is an error that
names it: a wrong expression would be worse than none.
"""

import inspect
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import sympy
from numpy.lib.mixins import NDArrayOperatorsMixin
from sympy.codegen.cfunctions import expm1, log1p
from sympy.printing.numpy import NumPyPrinter

Function = Callable[[Any], np.ndarray]

UFUNCS: dict[Any, Callable[..., Any]] = {
    np.add: operator.add,
    np.subtract: operator.sub,
    np.multiply: operator.mul,
    np.divide: operator.truediv,
    np.power: operator.pow,
    np.float_power: operator.pow,
    np.negative: operator.neg,
    np.positive: operator.pos,
    np.square: lambda x: x**2,
    np.reciprocal: lambda x: 1 / sympy.sympify(x),
    np.sqrt: sympy.sqrt,
    np.cbrt: lambda x: sympy.sign(x) * sympy.Abs(x) ** sympy.Rational(1, 3),
    np.hypot: lambda x, y: sympy.sqrt(x**2 + y**2),
    np.absolute: sympy.Abs,
    np.fabs: sympy.Abs,
    np.sign: sympy.sign,
    np.maximum: sympy.Max,
    np.minimum: sympy.Min,
    np.exp: sympy.exp,
    np.expm1: expm1,
    np.log: sympy.log,
    np.log1p: log1p,
    np.sin: sympy.sin,
    np.cos: sympy.cos,
    np.tan: sympy.tan,
    np.sinh: sympy.sinh,
    np.cosh: sympy.cosh,
    np.tanh: sympy.tanh,
    np.arctan: sympy.atan,
    np.less: sympy.Lt,
    np.less_equal: sympy.Le,
    np.greater: sympy.Gt,
    np.greater_equal: sympy.Ge,
    np.equal: sympy.Eq,
    np.not_equal: sympy.Ne,
    np.logical_and: sympy.And,
    np.bitwise_and: sympy.And,
    np.bitwise_or: sympy.Or,
    np.invert: sympy.Not,
    np.logical_or: sympy.Or,
    np.logical_not: sympy.Not,
}


TRUTHS = (np.logical_and, np.logical_or, np.logical_not, np.bitwise_and, np.bitwise_or, np.invert)  # of comparisons


def _is_truth(value: Any) -> bool:
    return isinstance(value, sympy.logic.boolalg.Boolean) and not isinstance(value, sympy.Expr)


def _as_number(value: Any) -> Any:
    """1 for true and 0 for false, as in NumPy; anything else as it is."""
    return sympy.Piecewise((1, value), (0, True)) if _is_truth(value) else value


def _arithmetic(ufunc: Any) -> Callable[..., Any]:
    """The twin of a ufunc of numbers, which counts a comparison as 1 or 0."""

    def twin(*values: Any) -> Any:
        if all(map(_is_truth, values)):
            raise TypeError(f"{_named(ufunc)} can't be traced with comparisons alone; use np.where(…, 1, 0)")
        return UFUNCS[ufunc](*map(_as_number, values))

    return twin


def _elementwise(twin: Callable[..., Any], arity: int) -> Any:
    """`twin`, a function of SymPy expressions, broadcast over arrays of them."""
    return np.frompyfunc(twin, arity, 1)


def _where(condition: Any, x: Any, y: Any) -> Any:
    choose = _elementwise(lambda c, a, b: sympy.Piecewise((_as_number(a), c), (_as_number(b), True)), 3)
    return choose(condition, x, y)


def _clip(x: Any, a_min: Any = None, a_max: Any = None) -> Any:
    if a_min is not None:
        x = _elementwise(sympy.Max, 2)(x, a_min)
    return x if a_max is None else _elementwise(sympy.Min, 2)(x, a_max)


def _extreme(twin: Callable[..., Any], x: Any, axis: Any) -> Any:
    return _elementwise(twin, 2).reduce(np.ravel(x) if axis is None else x, axis=axis or 0)


def _norm(x: Any, ord: Any = None, axis: Any = None) -> Any:
    if ord not in (None, 2):
        raise TypeError(f"a traced norm has ord=None or 2, got {ord!r}; write the sum out")
    return _elementwise(sympy.sqrt, 1)(np.sum(x**2, axis=axis))


FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.where: _where,
    np.clip: _clip,
    np.sum: lambda x, axis=None: np.sum(x, axis=axis),
    np.prod: lambda x, axis=None: np.prod(x, axis=axis),
    np.mean: lambda x, axis=None: np.mean(x, axis=axis),
    np.max: lambda x, axis=None: _extreme(sympy.Max, x, axis),
    np.min: lambda x, axis=None: _extreme(sympy.Min, x, axis),
    np.dot: lambda x, y: np.dot(x, y),
    np.stack: lambda arrays, axis=0: np.stack([np.asarray(a, dtype=object) for a in arrays], axis=axis),
    np.linalg.norm: _norm,
    np.zeros_like: lambda x: np.full(np.shape(x), sympy.Integer(0), dtype=object),
    np.ones_like: lambda x: np.full(np.shape(x), sympy.Integer(1), dtype=object),
    np.full_like: lambda x, value: np.full(np.shape(x), value, dtype=object),
    np.shape: np.shape,
    np.ndim: np.ndim,
}
COUNTS = (np.sum, np.prod, np.mean, np.dot)  # they take comparisons for 1 and 0


def bare(value: Any) -> Any:
    """What NumPy can work on: the expressions of a traced value, anything else as it is."""
    if isinstance(value, Traced):
        return value.expressions
    if isinstance(value, (list, tuple)):
        return type(value)(bare(v) for v in value)
    return value


def _named(function: Any) -> str:
    module = "np.linalg" if getattr(function, "__module__", "").startswith("numpy.linalg") else "np"
    return f"{module}.{function.__name__}"


class Traced(NDArrayOperatorsMixin):
    """An array of SymPy expressions that NumPy's functions accept in place of numbers.

    ``expressions`` is one expression or a (nested) sequence of them; the shape is theirs.

    >>> x, y = Traced(sympy.symbols("x y", real=True))
    >>> np.sqrt(x**2 + 1) * y
    Traced(y*sqrt(x**2 + 1))
    """

    def __init__(self, expressions: Any):
        self.expressions = np.asarray(expressions, dtype=object)

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of the axes."""
        return self.expressions.shape

    @property
    def ndim(self) -> int:
        """The number of axes; 0 for one expression."""
        return self.expressions.ndim

    def __len__(self) -> int:
        return len(self.expressions)

    def __getitem__(self, index: Any) -> "Traced":
        return Traced(self.expressions[index])

    def __repr__(self) -> str:
        return f"Traced({self.expressions})"

    def __bool__(self) -> bool:
        raise TypeError("this code branches on a traced value (if, and, or, max, …); use np.where, np.maximum, np.clip")

    def __float__(self) -> float:
        raise TypeError("this code needs a plain number where a traced value stands; use NumPy's functions, not math's")

    __int__ = __index__ = __float__

    def __array__(self, *args: Any, **kwargs: Any) -> np.ndarray:
        raise TypeError("this code turns a traced value into an array; use np.stack, or work on it as it is")

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if ufunc not in UFUNCS or method not in ("__call__", "reduce"):
            call = _named(ufunc) + ("" if method == "__call__" else f".{method}")
            raise TypeError(f"{call} can't be traced; write it with the functions in descent.trace.UFUNCS")
        if "out" in options:
            raise TypeError("a traced value can't be changed in place; write x = x - y instead of x -= y")
        if set(options) - {"axis"}:
            raise TypeError(f"{_named(ufunc)} can't be traced with {', '.join(options)}=; use the plain call")
        twin = _elementwise(UFUNCS[ufunc] if ufunc in TRUTHS else _arithmetic(ufunc), ufunc.nin)
        apply = twin if method == "__call__" else twin.reduce
        with np.errstate(all="ignore"):  # SymPy's large numbers are no overflow
            return Traced(apply(*map(bare, inputs), **options))

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        if function not in FUNCTIONS:
            raise TypeError(f"{_named(function)} can't be traced; write it with the functions in descent.trace")
        twin, arguments = FUNCTIONS[function], [bare(a) for a in args]
        if function in COUNTS:
            arguments = [_elementwise(_as_number, 1)(a) if isinstance(a, np.ndarray) else a for a in arguments]
        try:
            inspect.signature(twin).bind(*arguments, **options)
        except TypeError as error:
            raise TypeError(f"{_named(function)} can't be traced with these arguments: {error}") from None
        with np.errstate(all="ignore"):
            result = twin(*arguments, **{name: bare(value) for name, value in options.items()})
        return result if function in (np.shape, np.ndim) else Traced(result)


class _Printer(NumPyPrinter):
    """NumPy code in which Max and Min broadcast; SymPy's own would stack numbers and arrays in one list."""

    def _print_Max(self, expr: Any) -> str:
        return self._nested("numpy.maximum", expr.args)

    def _print_Min(self, expr: Any) -> str:
        return self._nested("numpy.minimum", expr.args)

    def _nested(self, function: str, args: Sequence[Any]) -> str:
        code = self._print(args[0])
        for arg in args[1:]:
            code = f"{self._module_format(function)}({code}, {self._print(arg)})"
        return code


def compiled(arguments: Sequence[sympy.Symbol], expressions: Any) -> Function:
    """A NumPy function of θ, shape ``(len(arguments), *grid)``, for an array of expressions.

    The result has the shape of `expressions` followed by the grid's; constant entries are spread over it.
    """
    expressions = np.asarray(expressions, dtype=object)
    evaluate = sympy.lambdify(arguments, list(expressions.flat), "numpy", printer=_Printer, cse=True)

    def function(theta: Any) -> np.ndarray:
        theta = np.asarray(theta, dtype=float)
        grid = theta.shape[1:]
        values = np.empty((expressions.size, *grid))
        with np.errstate(all="ignore"):
            for i, value in enumerate(evaluate(*theta)):
                values[i] = value if np.isrealobj(value) else np.where(np.imag(value) == 0, np.real(value), np.nan)
        return values.reshape(expressions.shape + grid)

    return function


def derivatives(f: Callable[..., Any], names: str = "x y") -> tuple[Function, Function]:
    """Exact gradient and Hessian of a plain function of numbers, such as ``f(x, y)``.

    Both take θ of shape ``(dim, *grid)``; they return ``(dim, *grid)`` and ``(dim, dim, *grid)``. At the kink
    of abs, maximum, minimum or clip the gradient is the middle of the two one-sided ones; at that of
    ``np.where`` it is the chosen branch's; at that of a norm it is NaN. Jumps, of sign say, are left out.
    Where f is simplified, ``np.sqrt(x)**2`` to x say, it has a derivative outside its own domain too.

    Raises TypeError, naming the operation, when `f` does what can't be traced.
    """
    arguments = sympy.symbols(names, real=True, seq=True)
    expression = expression_of(f, arguments)
    gradient = [slope(expression, a) for a in arguments]
    hessian = [[slope(d, a) for a in arguments] for d in gradient]
    return compiled(arguments, gradient), compiled(arguments, hessian)


def expression_of(f: Callable[..., Any], arguments: Sequence[sympy.Symbol]) -> sympy.Expr:
    """The one expression that a plain function of numbers computes; TypeError for what can't be traced."""
    value = f(*Traced(arguments))  # type: ignore[misc]  # len and [] make it iterable
    if np.ndim(value):
        raise TypeError(f"{getattr(f, '__name__', 'f')} must return one value, got an array of shape {np.shape(value)}")
    return sympy.sympify(np.asarray(bare(value), dtype=object).item())


def slope(expression: sympy.Expr, argument: sympy.Symbol) -> sympy.Expr:
    """∂ expression / ∂ argument, without the jumps."""
    return sympy.diff(expression, argument).replace(sympy.DiracDelta, lambda *_: 0)
