"""Code for NumPy, run on symbols, computes what it computes on numbers, or says that it can't."""

import math
from functools import cache

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from descent.rules.base import values_of, with_values
from descent.trace import FUNCTIONS, UFUNCS, Traced, compiled, derivatives
from readers import Clipped, Largest, Normalised, Sign, WarmStart
from strategies import RULES, hyperparameters, names, settings_of, vectors

X, Y = sympy.symbols("x y", real=True)
LOGICAL = (np.logical_and, np.logical_or, np.logical_not)
BITWISE = (np.bitwise_and, np.bitwise_or, np.invert)  # of comparisons: x > 0 & y > 0

entries = st.sampled_from([-1.0, -0.5, 0.0, 1.0, 2.0]) | st.floats(-3, 3, allow_subnormal=False)
pairs = npst.arrays(float, (2, 6), elements=entries)


def same(traced, numbers):
    """NumPy's result wherever it is a number; outside its domain, log(−1) say, symbols have none."""
    traced, numbers = np.broadcast_arrays(traced, numbers)
    known = np.isfinite(numbers)
    np.testing.assert_allclose(traced[known], numbers[known], rtol=1e-12, atol=1e-15)


def apply(ufunc, x, y):
    inputs = (x > 0, y > 0) if ufunc in LOGICAL else (x, y)
    return ufunc(*inputs[: ufunc.nin])


@cache
def compiled_ufunc(ufunc):
    return compiled((X, Y), apply(ufunc, Traced(X), Traced(Y)).expressions)


@pytest.mark.parametrize("ufunc", [u for u in UFUNCS if u not in BITWISE], ids=lambda u: u.__name__)
@given(theta=pairs)
def test_a_traced_ufunc_is_numpys(ufunc, theta):
    with np.errstate(all="ignore"):
        same(compiled_ufunc(ufunc)(theta), apply(ufunc, *theta))


BINARY = [u for u in UFUNCS if u.nin == 2 and u not in LOGICAL + BITWISE]


@pytest.mark.parametrize("ufunc", BINARY, ids=lambda u: u.__name__)
@pytest.mark.parametrize("number", [2, 0.5, np.float64(-1.5)])
def test_a_number_stands_on_either_side(ufunc, number):
    theta = np.array([[-2.0, -1.5, 0.5, 2.0], [0.0, 1.0, 2.0, 3.0]])
    with np.errstate(all="ignore"):
        same(compiled((X, Y), ufunc(Traced(X), number).expressions)(theta), ufunc(theta[0], number))
        same(compiled((X, Y), ufunc(number, Traced(X)).expressions)(theta), ufunc(number, theta[0]))


@given(theta=pairs)
def test_comparisons_are_joined_by_operators_too(theta):
    def f(x, y):
        return np.where((x > 0) & (y > 0) | ~(x < 1), x, y)

    same(compiled((X, Y), f(Traced(X), Traced(Y)).expressions)(theta), f(*theta))


# u = (a, b) and v = (c, d) are two vectors
CALLS = {
    np.where: [lambda u, v: np.where(u > v, u, 2 * v), lambda u, v: np.where(u[0] < 0, u, 0)],
    np.clip: [
        lambda u, v: np.clip(u, -1, 1),
        lambda u, v: np.clip(u, None, v),
        lambda u, v: np.clip(u, a_min=0.5, a_max=None),
    ],
    np.sum: [
        lambda u, v: np.sum(u),
        lambda u, v: np.sum(np.stack([u, v]), axis=1),
        lambda u, v: np.sum(np.stack([u, v])),
    ],
    np.prod: [lambda u, v: np.prod(u), lambda u, v: np.prod(np.stack([u, v]), axis=0)],
    np.mean: [lambda u, v: np.mean(u), lambda u, v: np.mean(np.stack([u, v]), axis=0)],
    np.max: [
        lambda u, v: np.max(u),
        lambda u, v: np.max(np.stack([u, v]), axis=0),
        lambda u, v: np.max(np.stack([u, v])),
    ],
    np.min: [
        lambda u, v: np.min(u),
        lambda u, v: np.min(np.stack([u, v]), axis=1),
        lambda u, v: np.min(np.stack([u, v])),
    ],
    np.dot: [lambda u, v: np.dot(u, v), lambda u, v: np.dot(np.array([[1.0, 2.0], [3.0, 4.0]]), v)],
    np.stack: [
        lambda u, v: np.stack([u, v]),
        lambda u, v: np.stack([u[0], 1.0]),
        lambda u, v: np.stack([u, v], axis=1),
    ],
    np.linalg.norm: [
        lambda u, v: np.linalg.norm(u),
        lambda u, v: np.linalg.norm(u, 2),
        lambda u, v: np.linalg.norm(np.stack([u, v]), axis=0),
    ],
    np.zeros_like: [lambda u, v: np.zeros_like(u)],
    np.ones_like: [lambda u, v: np.ones_like(u)],
    np.full_like: [lambda u, v: np.full_like(u, 0.5)],
    np.shape: [lambda u, v: np.full(np.shape(u), 1.0) * v],
    np.ndim: [lambda u, v: np.ndim(u) * v],
}
ABCD = sympy.symbols("a b c d", real=True)


def test_every_traced_function_is_tried():
    assert set(CALLS) == set(FUNCTIONS), "write a call of the new function above"


@pytest.mark.parametrize("call", [c for calls in CALLS.values() for c in calls])
def test_a_traced_function_is_numpys(call):
    traced = call(Traced(ABCD[:2]), Traced(ABCD[2:])).expressions
    function = compiled(ABCD, traced)
    for theta in np.random.default_rng(0).uniform(-2, 2, size=(10, 4)):
        numbers = call(theta[:2], theta[2:])
        assert traced.shape == np.shape(numbers)
        same(function(theta), numbers)


def test_shape_and_ndim_are_plain_numbers():
    assert np.shape(Traced(ABCD)) == Traced(ABCD).shape == (4,)
    assert np.ndim(Traced(X)) == Traced(X).ndim == 0


@pytest.mark.parametrize("ufunc", [np.add, np.maximum], ids=lambda u: u.__name__)
def test_a_reduction_is_numpys(ufunc):
    theta = np.array([[1.0, -2.0], [3.0, 0.5]])
    reduced = ufunc.reduce(Traced([[X, 2.0], [Y, X]]), axis=0).expressions
    same(compiled((X, Y), reduced)(theta), ufunc.reduce([[theta[0], [2.0, 2.0]], [theta[1], theta[0]]], axis=0))


# ------------------------------------------------------------------ rules

T = sympy.Symbol("t", integer=True, positive=True)


def symbols_of(prefix, count=2):
    return sympy.symbols([f"{prefix}{i}" for i in range(count)], real=True)


def on_symbols(rule, hyperparameters):
    """The rule with a symbol in place of each hyperparameter."""
    return with_values(rule, dict(zip(values_of(rule), map(Traced, hyperparameters), strict=True)))


def assert_rule_runs_on_symbols(plain, theta, g, memory, t):
    """`probe` and `update` with every input a symbol, hyperparameters too, against the same call on numbers."""
    setting = list(values_of(plain).values())
    fields = symbols_of("h", len(setting))
    thetas, gs = symbols_of("p"), symbols_of("g")
    states = [np.reshape(symbols_of(f"s{i}_", values.size), values.shape) for i, values in enumerate(memory)]
    arguments = [*fields, *thetas, *gs, *(s for state in states for s in state.flat), T]
    numbers = np.concatenate([setting, theta, g, *map(np.ravel, memory), [t]])

    symbolic = on_symbols(plain, fields)
    traced_state, plain_state = symbolic.State(*map(Traced, states)), plain.State(*memory)
    traced_next = symbolic.update(Traced(thetas), Traced(gs), traced_state, Traced(T))
    plain_next = plain.update(theta, g, plain_state, t)
    results = [
        (symbolic.probe(Traced(thetas), traced_state), plain.probe(theta, plain_state)),
        (traced_next[0], plain_next[0]),
        *zip(traced_next[1], plain_next[1], strict=True),
    ]
    for traced, number in results:
        np.testing.assert_allclose(
            compiled(arguments, traced.expressions)(numbers), number, rtol=1e-12, atol=1e-12 * np.abs(theta).max()
        )


@pytest.mark.parametrize("a_rule", RULES, ids=names(RULES))
@given(data=st.data(), t=st.integers(1, 500))
def test_a_rule_runs_unchanged_on_symbols(a_rule, data, t):
    plain = a_rule(**data.draw(settings_of(a_rule)))
    theta, g = data.draw(vectors()), data.draw(vectors())
    memory = [zero + np.abs(data.draw(vectors())) for zero in plain.init(theta)]
    with np.errstate(all="ignore"):  # 0/0 in both
        assert_rule_runs_on_symbols(plain, theta, g, memory, t)


@pytest.mark.parametrize("a_rule", RULES, ids=names(RULES))
def test_a_rules_memory_starts_on_symbols_too(a_rule):
    plain = a_rule()
    symbolic = on_symbols(plain, symbols_of("h", len(values_of(plain))))
    for memory, numbers in zip(symbolic.init(Traced(ABCD)), plain.init(np.zeros(4)), strict=True):
        np.testing.assert_array_equal(memory.expressions.astype(float), numbers)


@pytest.mark.parametrize("t", [1, 2, 50])
@pytest.mark.parametrize("a_rule", [Sign, Normalised, Clipped, WarmStart, Largest], ids=lambda r: r.__name__)
@given(theta=vectors(), g=vectors(), memory=vectors())
def test_a_rule_of_ones_own_runs_on_symbols(a_rule, theta, g, memory, t):
    plain = a_rule(**{name: 0.3 for name in hyperparameters(a_rule)})
    assert_rule_runs_on_symbols(plain, theta, g, [memory] * len(a_rule.State._fields), t)


# ------------------------------------------------------------------ what can't be traced

BRANCHES = [
    lambda x, v: 1 if x > 0 else 2,
    lambda x, v: max(x, 0),
    lambda x, v: min(v),
    lambda x, v: x > 0 and x < 1,
    lambda x, v: not x,
    lambda x, v: x == 0 or x,
    lambda x, v: 0 < x < 1,
    lambda x, v: sorted(v),
]


@pytest.mark.parametrize("code", BRANCHES)
def test_branching_on_a_value_says_what_to_use(code):
    with pytest.raises(TypeError, match=r"branches on a traced value .*np\.where"):
        code(Traced(X), Traced([X, Y]))


@pytest.mark.parametrize("code", [math.sqrt, math.exp, float, int, range, math.floor])
def test_python_functions_of_numbers_say_what_to_use(code):
    with pytest.raises(TypeError, match="needs a plain number where a traced value stands; use NumPy's functions"):
        code(Traced(X))


@pytest.mark.parametrize("code", [np.array, np.asarray, lambda v: np.array([*v]), lambda v: np.sum([*v])])
def test_making_an_array_says_what_to_use(code):
    with pytest.raises(TypeError, match=r"turns a traced value into an array; use np\.stack"):
        code(Traced([X, Y]))


UNKNOWN = {
    "np.sort": np.sort,
    "np.cumsum": np.cumsum,
    "np.argmax": np.argmax,
    "np.concatenate": lambda v: np.concatenate([v, v]),
    "np.linalg.inv": np.linalg.inv,
    "np.floor": np.floor,
    "np.floor_divide": lambda v: v // 2,
    "np.remainder": lambda v: v % 2,
    "np.arctan2": lambda v: np.arctan2(v, v),
    "np.matmul": lambda v: v @ v,
    "np.isfinite": np.isfinite,
    "np.add.accumulate": np.add.accumulate,
    "np.multiply.outer": lambda v: np.multiply.outer(v, v),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_an_operation_without_a_twin_names_itself_and_the_way_out(name):
    with pytest.raises(TypeError, match=rf"^{name} can't be traced; write it with the functions in descent\.trace"):
        UNKNOWN[name](Traced([X, Y]))


OPTIONS = {
    "np.sum": lambda v: np.sum(v, keepdims=True),
    "np.mean": lambda v: np.mean(v, keepdims=True),
    "np.max": lambda v: np.max(v, initial=0),
    "np.clip": lambda v: np.clip(v, -1, 1, out=np.empty(2)),
    "np.linalg.norm": lambda v: np.linalg.norm(v, keepdims=True),
    "np.zeros_like": lambda v: np.zeros_like(v, dtype=float),
    "np.where": lambda v: np.where(v > 0),
    "np.add": lambda v: np.add(v, 1, where=True),
}


@pytest.mark.parametrize("name", OPTIONS)
def test_an_option_without_a_twin_names_its_function(name):
    with pytest.raises(TypeError, match=rf"^{name} can't be traced with"):
        OPTIONS[name](Traced([X, Y]))


def test_a_norm_other_than_the_length_says_so():
    with pytest.raises(TypeError, match="a traced norm has ord=None or 2, got 1"):
        np.linalg.norm(Traced([X, Y]), 1)


# ------------------------------------------------------------------ derivatives

grids = st.sampled_from([(), (1,), (3,), (2, 3)])


@given(grids)
def test_constant_entries_get_the_grids_shape(grid):
    grad, hessian = derivatives(lambda x, y: 3 * x + y**2)
    theta = np.ones((2, *grid))
    np.testing.assert_array_equal(grad(theta), np.stack([np.full(grid, 3), np.full(grid, 2)]))
    np.testing.assert_array_equal(hessian(theta), np.einsum("ij,...->ij...", [[0, 0], [0, 2]], np.ones(grid)))


def test_derivatives_are_floats_even_where_they_are_constant():
    grad, hessian = derivatives(lambda x, y: x + y)
    assert grad([1, 2]).dtype == hessian([1, 2]).dtype == float


def test_derivatives_of_a_function_with_several_names():
    grad, hessian = derivatives(lambda a, b, c: a * b**2 * np.exp(c), "a b c")
    np.testing.assert_allclose(grad([2.0, 3.0, 0.0]), [9, 12, 18])
    np.testing.assert_allclose(hessian([2.0, 3.0, 0.0]), [[0, 6, 9], [6, 4, 12], [9, 12, 18]])


def test_derivatives_of_a_function_of_one_number():
    grad, hessian = derivatives(lambda x: x**3, "x")
    np.testing.assert_array_equal(grad([2.0]), [12])
    np.testing.assert_array_equal(hessian([2.0]), [[12]])


def test_names_that_sympy_uses_inside_are_not_mixed_up():
    def f(a, b):
        return np.exp(a * b) * np.sin(a * b) + a * b

    theta = np.array([0.3, -0.7])
    for one, other in zip(derivatives(f, "x0 x1"), derivatives(f, "p q"), strict=True):
        np.testing.assert_allclose(one(theta), other(theta), rtol=1e-13)


@pytest.mark.parametrize(
    ("f", "kink", "middle"),
    [
        (lambda x, y: np.abs(x) + y, (0, 5), [0, 1]),
        (lambda x, y: np.maximum(x, 0) + y, (0, 5), [0.5, 1]),
        (lambda x, y: np.minimum(x, y), (2, 2), [0.5, 0.5]),
        (lambda x, y: np.clip(x, -1, 1) + y, (1, 0), [0.5, 1]),
    ],
    ids=["abs", "maximum", "minimum", "clip"],
)
def test_at_a_kink_the_gradient_is_the_middle_and_the_hessian_leaves_the_jump_out(f, kink, middle):
    grad, hessian = derivatives(f)
    np.testing.assert_array_equal(grad(kink), middle)
    np.testing.assert_array_equal(hessian(kink), np.zeros((2, 2)))


def test_a_function_with_a_sign_in_it_has_derivatives():
    grad, hessian = derivatives(lambda x, y: x**2 * np.sign(x) + y)
    np.testing.assert_allclose(grad([-3.0, 0.0]), [6, 1])
    np.testing.assert_allclose(hessian([-3.0, 0.0]), [[-2, 0], [0, 0]])


@given(pairs)
def test_maximum_and_minimum_spread_over_arrays(theta):
    bounded = compiled((X, Y), np.minimum(np.maximum(Traced(X), -1), np.maximum(Traced(Y), 0.5)).expressions)
    same(bounded(theta), np.minimum(np.maximum(theta[0], -1), np.maximum(theta[1], 0.5)))


def test_what_is_not_real_is_no_number():
    compute = compiled((X, Y), X + sympy.I * Y)
    np.testing.assert_array_equal(compute([[5, 5, 5], [-1, 0, 1]]), [np.nan, 5, np.nan])


def test_a_function_that_branches_has_no_derivatives():
    with pytest.raises(TypeError, match=r"np\.where"):
        derivatives(lambda x, y: x if x > 0 else y)


def test_a_function_with_several_values_is_named_as_such():
    with pytest.raises(TypeError, match="one value"):
        derivatives(lambda x, y: np.stack([x, y]))


def test_a_comparison_counts_as_one_or_zero():
    def f(x, y):
        return (x > y) * x + np.sum(np.stack([x, y]) > 0) - np.where(y > 0, x > 0, 0.5)

    for theta in np.random.default_rng(0).uniform(-2, 2, size=(20, 2)):
        same(compiled((X, Y), f(Traced(X), Traced(Y)).expressions)(theta), f(*theta))
    with pytest.raises(TypeError, match=r"np.add can't be traced with comparisons alone; use np.where"):
        (Traced(X) > 0) + (Traced(Y) > 0)


def test_where_numpy_has_no_number_symbols_have_none_either():
    assert np.isnan(compiled((X, Y), np.sqrt(-(Traced(X) ** 2)).expressions)([1.0, 0.0]))
