"""What several test files draw from: rules, settings, problems."""

from dataclasses import dataclass, fields
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import sympy
from hypothesis import strategies as st

import descent
from descent import LeastSquares, Rule, Surface
from descent.trace import Traced

RULES = [
    thing
    for thing in vars(descent).values()
    if isinstance(thing, type) and issubclass(thing, Rule) and thing is not Rule
]

FORMS = list(
    dict.fromkeys(
        thing
        for library in descent.conventions.LIBRARIES.values()
        for thing in vars(library).values()
        if isinstance(thing, type) and issubclass(thing, Rule) and thing is not Rule
    )
)

SURFACES = [thing for thing in vars(descent).values() if isinstance(thing, Surface)] + [
    descent.bowl(),
    descent.bowl(37, rotation=-25),
]


def names(things: Any) -> list[str]:
    """Readable test ids."""
    return [getattr(thing, "name", None) or thing.__name__ for thing in things]


def hyperparameters(rule: type[Rule]) -> list[str]:
    """The names of a rule's fields."""
    return [field.name for field in fields(rule)]  # type: ignore[arg-type]


def numbers(rule: type[Rule]) -> list[str]:
    """The names of a rule's fields that are one number each."""
    return [field.name for field in fields(rule) if not isinstance(field.default, tuple)]  # type: ignore[arg-type]


_RANGES: dict[str, st.SearchStrategy[Any]] = {
    "alpha": st.floats(1e-4, 1e-2),
    "epsilon": st.floats(1e-10, 1e-2),
    "beta": st.floats(0, 0.99),
    "beta1": st.floats(0, 0.99),
    "beta2": st.floats(0, 0.9999),
    "betas": st.tuples(st.floats(0, 0.9), st.floats(0, 0.99)),
    "nu": st.floats(0, 1),
    "nu1": st.floats(0, 1),
    "nu2": st.floats(0, 1),
    "psi": st.floats(0, 1),
    "eta": st.floats(0, 1),
    "weight_decay": st.floats(0, 0.1),
    "initial": st.floats(0, 1),
    "momentum": st.floats(0, 0.9),
    "dampening": st.floats(0, 1),
}


def settings_of(rule: type[Rule]) -> st.SearchStrategy[dict[str, Any]]:
    """Hyperparameters of `rule` for which it converges on a bowl of condition 10."""
    unknown = set(hyperparameters(rule)) - set(_RANGES)
    assert not unknown, f"{rule.__name__}: give {unknown} a range, in RANGES of rules/base.py and in _RANGES here"
    return st.fixed_dictionaries({name: _RANGES[name] for name in hyperparameters(rule)})


def vectors(dim: int = 2, bound: float = 10.0) -> st.SearchStrategy[np.ndarray]:
    """Points with `dim` coordinates in [−bound, bound]."""
    number = st.floats(-bound, bound, allow_subnormal=False)
    return st.lists(number, min_size=dim, max_size=dim).map(np.array)


@st.composite
def problems(draw: Any, most: int = 12) -> LeastSquares:
    """Least squares on a random table with more rows than columns."""
    dim = draw(st.integers(1, 4))
    n = draw(st.integers(dim + 1, most))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return LeastSquares(rng.normal(size=(n, dim)), rng.normal(size=n))


def anything() -> st.SearchStrategy[Any]:
    """What someone may hand over, right or wrong."""
    floats = st.floats() | st.sampled_from([1e-320, 5e-324, 1e150, 1e308, -1e308, 0.1, 0.5, 0.999])
    whole = st.sampled_from([-1, 0, 1, 2, 3, 5, 2**31, 2**53 + 1, 2**63, 2**64, 10**400, 10**5000])
    plain = floats | whole | st.sampled_from([True, False, None, "", "1", "every epoch", b"1", 1j, "NaN"])
    numpys = (floats | st.integers(0, 3)).flatmap(
        lambda x: st.sampled_from([np.float64, np.float32, np.float16, np.longdouble, np.array]).map(
            lambda kind: _converted(kind, x)
        )
    )
    strange = st.sampled_from(
        [
            *(
                np.int8(3),
                np.uint8(200),
                np.bool_(True),
                np.datetime64("2020-01-01"),
                np.timedelta64(3, "D"),
                np.str_("1"),
            ),
            *(np.array("1"), np.array(None), np.array([1j, 2]), np.array(["a", "b"]), np.array([[0.1], [0.2]])),
            *(np.ma.array([1.0, 2.0], mask=[False, True]), np.zeros((2, 0)), np.zeros((2, 2, 2)), np.array(True)),
            *(Fraction(1, 3), Decimal("0.1"), {}, {"alpha": 1}, {1, 2}, range(3), object(), int, lambda t: "a", abs),
            *(descent.Adam, descent.Adam(), descent.bowl(), descent.rosenbrock.grad, np.random.default_rng(0)),
            *(descent.grid(alpha=[0.1, 0.2])["alpha"], Traced(sympy.Symbol("x", real=True)), Unprintable(), np, ...),
        ]
    )
    one = plain | numpys | strange
    return (
        one
        | st.lists(one, max_size=3)
        | st.lists(floats, min_size=2, max_size=2).map(tuple)
        | st.builds(iter, st.just([1]))
    )


def _converted(kind: Any, value: Any) -> Any:
    with np.errstate(all="ignore"):
        return kind(value)


class Unprintable:
    """Can't even be shown."""

    def __repr__(self) -> str:
        raise RuntimeError("no words")


# How many parts a formula's element must have: a browser shows nothing, or an error, for any other number.
PARTS = {"mfrac": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3, "mroot": 2}


def broken_formulas(soup: Any) -> list[str]:
    """The elements of MathML in a parsed page that have a wrong number of parts."""
    elements = soup.find_all(list(PARTS))
    return [str(e) for e in elements if len(e.find_all(True, recursive=False)) != PARTS[e.name]]


@dataclass
class Parabola:
    """λ x²/2 in one dimension."""

    curvature: float = 1.0

    def value(self, theta: Any) -> Any:
        return self.curvature * theta[0] ** 2 / 2

    def grad(self, theta: Any) -> Any:
        return self.curvature * theta
