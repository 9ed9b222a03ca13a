"""A rule, a surface and a whole walk do in JavaScript what they do in NumPy. V8 runs it, inside Python."""

import json
import re

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from py_mini_racer import MiniRacer

from descent import (
    DIVERGED,
    Adadelta,
    Adam,
    AdaMax,
    AggMo,
    GradientDescent,
    LeastSquares,
    Momentum,
    Nadam,
    Path,
    Regression,
    Rule,
    Surface,
    Value,
    descend,
    javascript,
    rule,
    surface,
)
from descent.lab import objectives, rules
from descent.lab.script import source
from descent.lab.widget import verdict
from descent.rules.base import values_of, with_values
from readers import READERS, Clipped, Largest, Normalised, Sign, WarmStart
from strategies import FORMS, RULES, SURFACES


@surface(minima=[(0, 0)], window=((-2, 2), (-2, 2)), start=(1, 1))
def kinked(x, y):
    return np.abs(x) + np.maximum(y, -2 * y) + np.where(x > y, x**2, y**2) + np.hypot(x, y) * np.tanh(x)


LIMITS = {"alpha": (1e-4, 1.0), "epsilon": (1e-10, 1e-3), "bound": (0.1, 10.0)}

number = st.floats(-3, 3).map(lambda x: round(x, 6))
step = st.integers(1, 500)


@st.composite
def rules_with_values(draw, kinds=(*RULES, *FORMS, *READERS)):
    kind = draw(st.sampled_from(kinds))
    return with_values(kind(), {name: draw(st.floats(*LIMITS.get(name, (0, 0.999)))) for name in values_of(kind())})


@pytest.fixture(scope="module")
def engine():
    """The lab's own engine, and two doors into it."""
    v8 = MiniRacer()
    for script in ("engine", "dom", "words", "microscope"):
        v8.eval(source(script))
    v8.eval("""
        function callInto(body, names, values, size) {
          const o = new Float64Array(size);
          new Function(...names, "o", body)(...values, o);
          return Array.from(o);
        }
        function ended(loss, goal) {
          return verdict({ loss, last: loss.length - 1, steps: loss.length - 1, diverged: 0 }, 0, goal, false);
        }
        function signed(spec, h) {
          const rule = makeRule(spec, 2);
          const has = hasSign(rule, h, { x: Float64Array.of(1, 1), s: new Float64Array(rule.size) }, 1);
          return Object.keys(rule.memory).filter((name) => has(rule.memory[name].offset));
        }
        function take(objective, spec, h, start, steps, limit, settings) {
          const rule = makeRule(spec, start.length);
          const path = makePath(rule, steps);
          walk(Object.assign(makeObjective(objective), settings), rule, h, start, path, limit);
          return { theta: Array.from(path.theta.slice(0, (path.last + 1) * rule.dim)), diverged: path.diverged };
        }
    """)
    return v8


def numbers_of(rule):
    return list(values_of(rule).values())


def one_step(engine, program, theta, g, state, rule, t):
    """θ and memory after one step in JavaScript, flat."""
    names, arguments = ["x", "g", "s", "h", "t"], [theta.tolist(), g.tolist(), state, numbers_of(rule), t]
    size = len(theta) + sum(length for _, length in program["memory"])
    return np.array(engine.call("callInto", program["update"], names, arguments, size))


def flat(*arrays):
    return np.concatenate([np.ravel(array) for array in arrays])


@settings(max_examples=150, deadline=None)
@given(data=st.data(), rule=rules_with_values(), t=step, dim=st.integers(1, 4))
def test_one_step_is_the_same(engine, data, rule, t, dim):
    theta, g = (np.array(data.draw(st.lists(number, min_size=dim, max_size=dim))) for _ in "θg")
    state = rule.init(theta)
    with np.errstate(all="ignore"):
        for _ in range(data.draw(st.integers(0, 3))):  # a memory that a walk can have
            _, state = rule.update(theta, np.array(data.draw(st.lists(number, min_size=dim, max_size=dim))), state, t)
        expected = flat(*(lambda new, memory: (new, *memory))(*rule.update(theta, g, state, t)))
    assume(np.isfinite(expected).all())
    found = one_step(engine, javascript(rule, dim), theta, g, flat([], *state).tolist(), rule, t)
    before = flat(theta, *state)
    scale = np.abs(expected) + np.abs(before) + np.abs(g).max()
    assert np.all(np.abs(found - expected) <= 1e-12 * scale)


@pytest.mark.parametrize("t", [1, 2])
def test_a_rule_may_do_something_else_in_its_first_step(engine, t):
    rule, theta, g = WarmStart(), np.array([1.0, -2.0]), np.array([0.5, 3.0])
    state = rule.init(theta)
    after, memory = rule.update(theta, g, state, t)
    found = one_step(engine, javascript(rule), theta, g, flat(*state).tolist(), rule, t)
    np.testing.assert_allclose(found, flat(after, *memory), rtol=1e-12)


def test_a_rule_without_equations_runs_without_their_lines(engine):
    @rule
    class Twice(Rule):
        alpha: Value = 0.1

        def update(self, theta, g, state, t):
            for _ in range(2):
                theta = theta - self.alpha * g
            return theta, state

    program = javascript(Twice())
    assert "lines" not in program
    assert one_step(engine, program, np.array([1.0, 2.0]), np.array([1.0, 0.0]), [], Twice(), 1).tolist() == [0.8, 2]


@settings(max_examples=100, deadline=None)
@given(rule=rules_with_values(), dim=st.integers(1, 3), data=st.data())
def test_the_memory_starts_the_same_and_the_probe_looks_to_the_same_place(engine, rule, dim, data):
    program, theta = javascript(rule, dim), np.array(data.draw(st.lists(number, min_size=dim, max_size=dim)))
    state = rule.init(theta)
    size = flat([], *state).size
    start = engine.call("callInto", program["init"].replace("s[", "o["), ["x", "h"], [theta.tolist(), []], size)
    assert start == flat([], *state).tolist()
    state = type(state)(*(np.asarray(value) + data.draw(number) for value in state))
    arguments = [theta.tolist(), flat([], *state).tolist(), numbers_of(rule)]
    found = engine.call("callInto", program["probe"], ["x", "s", "h"], arguments, dim)
    assert np.allclose(found, rule.probe(theta, state), rtol=1e-12, atol=1e-12)


@settings(max_examples=150, deadline=None)
@given(surface=st.sampled_from([*SURFACES, kinked]), shares=st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_a_surface_has_the_same_value_and_gradient(engine, surface, shares):
    x = [low + share * (high - low) for (low, high), share in zip(surface.window, shares, strict=True)]
    program = javascript(surface)
    value = engine.eval(f"(function (x) {{ {program['value']} }})({json.dumps(x)})")
    assert abs(value - surface.value(x)) <= 1e-12 * (1 + abs(value))
    grad = np.array(engine.call("callInto", program["grad"], ["x"], [x], 2))
    expected = surface.grad(x)
    if np.isfinite(expected).all():  # NaN at the kink of a norm, in both
        assert np.all(np.abs(grad - expected) <= 1e-12 * (1 + np.abs(expected).max()))


def take(engine, objective, rule, start, steps, **chosen):
    """A whole walk in the page's engine."""
    described = objectives.specification(objective, steps)
    program = rules.specification(rule, {len(start)}, {})
    arguments = [described, program | program["programs"][len(start)], numbers_of(rule)]
    path = engine.call("take", *arguments, list(start), steps, DIVERGED, chosen)
    return np.array(list(path["theta"])).reshape(-1, len(start)), path["diverged"]


@pytest.mark.parametrize(
    ("rule", "names"),
    [(Momentum(), ["v"]), (Adam(), ["m"]), (AdaMax(), ["m"]), (Nadam(), ["m"]), (Adadelta(), []), (AggMo(), ["v"])],
)
def test_a_memory_is_an_arrow_if_it_turns_with_the_gradient(engine, rule, names):
    program = rules.specification(rule, {2}, {})
    assert list(engine.call("signed", program | program["programs"][2], numbers_of(rule))) == names


TOLERANCE = 1e-9


class Nudged:
    """A surface whose gradients are taken one unit in the last place away, this way or that, at every step."""

    def __init__(self, ground, seed):
        self.value, self.exact, self.rng = ground.value, ground.grad, np.random.default_rng(seed)

    def grad(self, theta):
        return self.exact(np.nextafter(theta, self.rng.choice([-np.inf, np.inf], size=2)))


def test_whole_paths_are_the_same_where_rounding_does_not_decide(engine, capsys):
    rng = np.random.default_rng(2026)
    compared, left_out = 0, 0
    for ground in SURFACES:
        for kind in (*RULES, *READERS):
            values = {name: rng.uniform(*LIMITS.get(name, (0, 0.999))) for name in values_of(kind())}
            if "alpha" in values:
                values["alpha"] = 10 ** rng.uniform(-4, -1.5)
            walker = with_values(kind(), values)
            path = descend(ground, ground.start, walker, 200)
            nudged = [descend(Nudged(ground, seed), ground.start, walker, 200) for seed in range(3)]
            last = path.diverged or 200
            size = 1 + np.abs(path.theta[: last + 1])
            moved = [np.abs(path.theta - other.theta)[: last + 1] / size for other in nudged]
            if any(other.diverged != path.diverged for other in nudged) or np.max(moved) > TOLERANCE / 10:
                left_out += 1
                continue
            compared += 1
            theta, diverged = take(engine, ground, walker, ground.start, 200)
            assert diverged == path.diverged
            assert np.all(np.abs(theta - path.theta[: last + 1]) <= TOLERANCE * size)
    with capsys.disabled():
        print(f" [{compared} paths compared, {left_out} left out: one unit in the last place decides them] ", end="")
    assert compared > 3 * left_out


@pytest.mark.parametrize("rule", [GradientDescent(alpha=0.3), Momentum(alpha=0.05), Adam(alpha=0.05)])
@pytest.mark.parametrize(("n", "batch"), [(40, 1), (40, 7), (40, 20), (40, 39), (40, 40), (300, 9)])
def test_a_table_is_walked_with_numpys_own_draws(engine, rule, n, batch):
    rng = np.random.default_rng(3)
    X = np.column_stack([np.ones(n), rng.normal(size=(n, 2))]).round(6)
    model = LeastSquares(X, rng.normal(size=n).round(6))
    table = Regression(model, window=((-1, 1), (-1, 1)), start=(1, 1, -1), plane=(1, 2), seeds=(5, 6))
    for draw in range(2):
        theta, _ = take(engine, table, rule, table.start, 100, batch=batch, draw=draw)
        expected = descend(table.source(batch, draw), table.start, rule, 100).theta
        assert np.allclose(theta, expected, rtol=0, atol=1e-9)


@given(loss=st.lists(st.sampled_from([0.5, 2.0]), min_size=1, max_size=9))
def test_both_languages_say_when_a_walk_arrives_and_whether_for_good(engine, loss):
    path = Path(np.arange(len(loss)), np.zeros((len(loss), 1)), (), np.array(loss), 0)
    assert engine.call("ended", loss, 1) == verdict(path, lowest=0, goal=1, noisy=False)


def test_a_walk_that_leaves_again_has_not_arrived():
    def ended(*loss):
        path = Path(np.arange(len(loss)), np.zeros((len(loss), 1)), (), np.array(loss), 0)
        return verdict(path, lowest=0, goal=1, noisy=False)

    assert ended(2, 0.5, 0.5) == "reaches 1 after 1 step"
    assert ended(2, 0.5, 2, 0.5, 0.5) == "reaches 1 after 1 step, for good after 3"
    assert ended(2, 0.5, 2) == "reaches 1 after 1 step, but ends at 2"
    assert ended(2, 2, 2) == "is at 2 after 2 steps"


@settings(max_examples=60, deadline=None)
@given(rule=rules_with_values([*RULES, Sign, Normalised, Clipped, WarmStart, Largest]), t=step, data=st.data())
def test_the_lines_under_the_microscope_end_in_the_step(engine, rule, t, data):
    theta, g = (np.array(data.draw(st.lists(number, min_size=2, max_size=2))) for _ in "θg")
    program = javascript(rule)
    state = flat([], *rule.init(theta)).tolist()
    after = one_step(engine, program, theta, g, state, rule, t)
    written = rules.equations_with_room(type(rule))
    arguments = [theta.tolist(), g.tolist(), state, numbers_of(rule), t]
    names = ["x", "g", "s", "h", "t"]
    lines = engine.call("callInto", program["lines"], names, arguments, 2 * written["values"])
    last = max(k for k, (left, *_) in enumerate(written["equations"]) if left == rules.mathml(r"\theta"))
    assert np.allclose(lines[2 * last : 2 * last + 2], after[:2], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("kind", [Nadam, Normalised])
def test_a_line_that_is_one_number_has_a_place_for_each_coordinate_too(kind):
    places = re.findall(r"^o\[(\d+)\] = ", javascript(kind())["lines"], flags=re.MULTILINE)
    assert places == [str(i) for i in range(2 * rules.equations_with_room(kind)["values"])]


def untraceable(body):
    """A rule whose update is this expression."""

    @rule
    class Own(Rule):
        alpha: Value = 0.01

        def update(self, theta, g, state, t):
            return body(theta, g, t), state

    return Own()


@pytest.mark.parametrize(
    ("thing", "message"),
    [
        (untraceable(lambda theta, g, t: theta - g if t > 1 else theta), "use np.where"),
        (untraceable(lambda theta, g, t: theta - np.sort(g)), "np.sort can't be traced"),
        (untraceable(lambda theta, g, t: theta - np.cumsum(g)), "np.cumsum can't be traced"),
        (untraceable(lambda theta, g, t: np.sum(theta)), r"must keep the shape of theta, \(2,\), got \(\)"),
        (untraceable(lambda theta, g, t: np.stack([theta, g])), r"must keep the shape of theta, \(2,\), got \(2, 2\)"),
        (Surface(lambda x, y: y + 1 / (0 * x), (), ((0, 1), (0, 1)), (0, 0)), "can't be written in JavaScript"),
        (Surface(lambda x, y: float(x), (), ((0, 1), (0, 1)), (0, 0)), "needs a plain number"),
        (GradientDescent, "a rule with its hyperparameters"),
    ],
)
def test_what_cant_be_traced_names_the_operation(thing, message):
    with pytest.raises(TypeError, match=message):
        javascript(thing)
