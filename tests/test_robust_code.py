"""Code as readers write it: what it computes on symbols and in JavaScript is what NumPy computes, or it is refused."""

import linecache
import re

import numpy as np
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from py_mini_racer import MiniRacer

from descent import Surface, equations, javascript
from descent.lab.rules import mathml
from strategies import broken_formulas

UNARY = ["sqrt", "abs", "sign", "exp", "log", "log1p", "expm1", "sin", "cos", "tanh", "square", "reciprocal", "cbrt"]
UNARY += ["negative", "arctan", "floor"]
BINARY = ["maximum", "minimum", "hypot", "power"]
numbers = st.sampled_from(["0", "1", "2", "3", "0.5", "-1.5", "1e-8", "1e200", "np.pi"])
variables = st.sampled_from(["x", "y"])


def larger(part):
    """An expression from smaller ones; in each there is a variable, since Python itself works out the others."""
    other = part | numbers
    relation = st.builds("{} {} {}".format, part, st.sampled_from(["<", ">=", "=="]), other)
    return (
        st.builds("np.{}({})".format, st.sampled_from(UNARY), part)
        | st.builds("np.{}({}, {})".format, st.sampled_from(BINARY), part, other)
        | st.builds("({} {} {})".format, part, st.sampled_from("+-*/"), other)
        | st.builds("({} {} {})".format, numbers, st.sampled_from("+-*/"), part)
        | st.builds("({} ** {})".format, part, st.sampled_from(["2", "3", "0.5", "-1"]))
        | st.builds("np.where({}, {}, {})".format, relation, part, other)
        | st.builds("np.clip({}, -1, {})".format, part, numbers)
        | st.builds("np.linalg.norm(np.stack([{}, {}]), axis=0)".format, part, part)
        | st.builds("(({}) * {})".format, relation, part)
    )


expressions = st.recursive(variables, larger, max_leaves=4)
points = st.tuples(*[st.sampled_from([-2.0, -0.5, 0.0, 0.3, 1.0, 40.0]) | st.floats(-3, 3)] * 2)


def written(expression):
    """A function of x and y whose source can be read, as that of a cell."""
    code = f"def f(x, y):\n    return {expression}\n"
    name = f"<cell {expression}>"
    linecache.cache[name] = (len(code), None, code.splitlines(True), name)
    names = {"np": np}
    exec(compile(code, name, "exec"), names)
    return names["f"]


@pytest.fixture(scope="module")
def engine():
    return MiniRacer()


def close(found, expected):
    with np.errstate(all="ignore"):
        return ~np.isfinite(expected) | (np.abs(found - expected) <= 1e-9 * (1 + np.abs(expected)))


@given(expression=expressions, point=points)
def test_code_is_the_same_in_three_languages_or_refused(engine, expression, point):
    ground = Surface(written(expression), (), ((-1, 1), (-1, 1)), (0, 0))
    height = ground.value(point)
    try:
        program = javascript(ground)
        gradient, hessian = ground.grad(point), ground.hessian(point)
    except TypeError as error:
        assert re.search("traced|JavaScript|np.where", str(error)), error
        return
    assert gradient.shape == (2,) and hessian.shape == (2, 2)
    x = list(point)
    assert np.all(close(float(engine.eval(f"(function (x) {{ {program['value']} }})({x})") or 0), height))
    there = engine.eval(f"(function (x, o) {{ {program['grad']}; return o.map(Number) }})({x}, [0, 0])")
    assert np.all(close(np.array([*there], dtype=float), gradient))


@given(expression=expressions)
def test_code_has_a_formula_or_says_what_has_none(expression):
    try:
        formula = equations(Surface(written(expression), (), ((-1, 1), (-1, 1)), (0, 0)))
    except TypeError as error:
        assert "no equation" in str(error)
        return
    assert formula.latex.count("{") - formula.latex.count(r"\{") == formula.latex.count("}")
    assert broken_formulas(BeautifulSoup(mathml(formula.latex), "html.parser")) == []
