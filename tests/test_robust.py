"""Whatever is handed over: a result that is finite or says that it diverged, or an error that names the argument."""

import inspect
import json
import re
import sys
from pathlib import Path
from subprocess import PIPE, Popen

import numpy as np
import pytest
import traitlets
from bs4 import BeautifulSoup
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import descent
from descent import (
    AggMo,
    GradientDescent,
    Lab,
    LeastSquares,
    Momentum,
    Network,
    Recording,
    Regression,
    Source,
    Surface,
    Table,
    bowl,
    descend,
    grid,
    load_blood_test,
)
from descent.datasets import BLOOD_TEST, DATA
from descent.lab.script import source
from descent.rules.base import range_of, values_of, with_values
from strategies import FORMS, RULES, anything, hyperparameters, problems

BIN = Path(sys.executable).parent
RNG = np.random.default_rng(0)
MODEL = LeastSquares([[1.0, 0.5], [1.0, -1.0], [1.0, 2.0]], [1.0, 2.0, 0.5])


def accepted(call, **arguments):
    """What a call returns; None where it refuses one of its arguments by name. Any other error is passed on."""
    try:
        return call(**arguments)
    except (TypeError, ValueError, traitlets.TraitError) as error:
        message = str(error)
        assert re.search(r"\b(must|sets|expected)\b", message), message
        assert re.search(rf"\b({'|'.join(arguments)}|gradient|loss)\b", message), message
        return None


def with_anything(data, valid, **kinds):
    """Valid arguments, one of them replaced; `kinds` says what is drawn for some, where anything would take hours."""
    name = data.draw(st.sampled_from(list(valid)))
    return name, valid | {name: data.draw(kinds.get(name, anything()))}


def brief():
    """Anything but a large number, for what is counted."""
    return anything().filter(lambda value: not (isinstance(value, (int, np.integer)) and value > 50))


def check_path(path):
    """All is finite up to the step at which it diverged, and NaN after it."""
    for values in filter(lambda values: values is not None, [path.theta, path.loss, *path.state]):
        lost = np.broadcast_to(path.diverged, values.shape[values.ndim - np.ndim(path.diverged) :])
        t = path.t.reshape(-1, *[1] * (values.ndim - 1))
        assert np.isfinite(values[np.broadcast_to((lost == 0) | (t < lost), values.shape)]).all()
        assert np.isnan(values[np.broadcast_to((lost > 0) & (t > lost), values.shape)]).all()


# ------------------------------------------------------------------ rules, grids, the loop


@pytest.mark.parametrize("kind", [*RULES, *FORMS], ids=lambda kind: f"{kind.__module__}.{kind.__name__}"[8:])
@given(data=st.data())
def test_a_rule_walks_or_names_its_hyperparameter(kind, data):
    name = data.draw(st.sampled_from(hyperparameters(kind)))
    rule = accepted(kind, **{name: data.draw(anything())})
    if rule and not isinstance(getattr(rule, name), descent.trace.Traced):
        check_path(descend(bowl(), (1, 1), rule, 5))


@given(values=anything())
def test_a_grid_is_walked_or_names_its_axis(values):
    axis = accepted(grid, alpha=values)
    rule = axis and accepted(lambda alpha: GradientDescent(alpha=alpha), **axis)
    if rule:
        check_path(descend(bowl(), (1, 1), rule, 5))


WALK = {"objective": bowl(), "theta": (1, 1), "rule": Momentum(), "steps": 5, "schedule": None, "keep": "all"}


@given(data=st.data())
def test_a_walk_ends_or_names_its_argument(data):
    name, arguments = with_anything(data, WALK, steps=brief(), keep=brief())
    path = accepted(descend, **arguments)
    if path:
        check_path(path)
        assert name != "keep" or not isinstance(arguments["keep"], (bool, float))


class Returning:
    """An objective whose gradient, or loss, is what it is told."""

    def __init__(self, loss, gradient):
        self.loss, self.gradient = loss, gradient

    def value(self, theta):
        return self.loss

    def grad(self, theta):
        return self.gradient


@given(loss=anything(), gradient=anything(), only=st.sampled_from(["loss", "gradient"]))
def test_what_a_readers_objective_returns_is_a_number_for_each_or_named(loss, gradient, only):
    objective = Returning(loss, [0.5, 0.5]) if only == "loss" else Returning(1.0, gradient)
    path = accepted(lambda objective: descend(objective, (1, 1), Momentum(), 3), objective=objective)
    if path:
        check_path(path)


@given(data=st.data())
def test_what_a_readers_rule_returns_is_a_walk_or_named(data):
    broken = data.draw(st.sampled_from(["init", "probe", "update", "theta", "memory"]))
    value = data.draw(anything())

    @descent.rule
    class Own(descent.Rule):
        alpha: descent.Value = 0.1
        State = Momentum.State

        def init(self, theta):
            return value if broken == "init" else self.State(np.zeros_like(theta))

        def probe(self, theta, state):
            return value if broken == "probe" else theta

        def update(self, theta, g, state, t):
            if broken == "update":
                return value
            if broken == "theta":
                return value, state
            return theta - self.alpha * g, self.State(value) if broken == "memory" else state

    path = accepted(
        lambda **own: descend(bowl(), (1, 1), Own(), 3), init=0, probe=0, update=0, theta=0, memory=0, v=0, state=0
    )
    if path and broken != "memory":
        check_path(path)


# ------------------------------------------------------------------ schedules


def rate(t):
    return 0.5 / t


SCHEDULES = {
    descent.constant: {"alpha": 0.5},
    descent.inverse_time: {"alpha": 0.5, "gamma": 0.1},
    descent.inverse_sqrt: {"alpha": 0.5},
    descent.exponential: {"alpha": 0.5, "r": 0.5},
    descent.staircase: {"alpha": 0.5, "factor": 0.5, "every": 3},
    descent.cosine: {"alpha": 0.5, "steps": 3, "floor": 0.1},
    descent.warm_restarts: {"alpha": 0.5, "steps": 3, "growth": 2, "floor": 0.1},
    descent.cyclic: {"low": 0.1, "high": 0.5, "half": 3},
    descent.warm_up: {"schedule": rate, "steps": 3},
    descent.by_epoch: {"schedule": rate, "steps_per_epoch": 3},
}


@pytest.mark.parametrize("make", SCHEDULES, ids=lambda make: make.__name__)
@given(data=st.data())
def test_a_schedule_gives_rates_or_names_its_argument(make, data):
    name, arguments = with_anything(data, SCHEDULES[make])
    schedule = accepted(make, **arguments)
    if schedule and name != "schedule":
        steps = np.array([1, 2, 3, 4, 5, 10, 1000, 10**9])
        rates = schedule(steps)
        assert rates.shape == steps.shape and np.isfinite(rates).all() and (rates >= 0).all()
        with np.errstate(over="ignore"):
            np.testing.assert_allclose([schedule(t) for t in steps.tolist()], rates, rtol=1e-9)


@pytest.mark.parametrize("make", SCHEDULES, ids=lambda make: make.__name__)
@given(t=anything())
def test_a_schedule_takes_a_step_or_names_t(make, t):
    found = accepted(make(**SCHEDULES[make]), t=t)
    if found is not None:
        assert np.shape(found) == np.shape(t) and np.isfinite(found).all()


# ------------------------------------------------------------------ where gradients come from

SOURCES = {
    descent.batches: {"n": 3, "size": 2, "rng": RNG, "shuffle": "once", "last": "smaller"},
    descent.mini_batches: {"model": MODEL, "size": 2, "rng": RNG, "shuffle": "once", "last": "smaller"},
    descent.one_sample: {"model": MODEL, "rng": RNG, "shuffle": "once"},
    descent.all_samples: {"model": MODEL},
    descent.stream: {"samples": [0, 1, 2], "objective": lambda row: MODEL.batch([row])},
    descent.given: {"gradients": [1.0, -1.0]},
    descent.with_noise: {"objective": MODEL, "eta": 0.1, "gamma": 0.5, "rng": RNG},
    descent.with_l2: {"objective": MODEL, "weight_decay": 0.1},
    Source: {"gradients": lambda: iter([MODEL.grad] * 9), "steps_per_epoch": 3, "value": MODEL.value},
}


@pytest.mark.parametrize("make", SOURCES, ids=lambda make: make.__name__)
@given(data=st.data())
def test_a_source_is_walked_or_names_its_argument(make, data):
    name, arguments = with_anything(data, SOURCES[make], n=brief())
    source = accepted(make, **arguments)
    if source is None:
        return
    if make is descent.batches:
        every = np.concatenate(next(source))
        assert len(set(every)) == len(every) <= arguments["n"]
        return
    arguments = {name: arguments[name], "samples": 0, "steps": 0, "model": 0}
    path = accepted(lambda **given: descend(source, (1, 1), Momentum(), 3), **arguments)
    if path:
        check_path(path)


# ------------------------------------------------------------------ what is minimised


def valley(x, y):
    return x**2 + (y - x) ** 2


MODELS = {
    LeastSquares: {"X": [[1.0, 2.0], [3.0, 4.0]], "y": [1.0, 2.0]},
    Network: {"X": [[1.0, 2.0], [3.0, 4.0]], "y": [0, 1], "hidden": (2,), "classes": 2},
    Surface: {"f": valley, "minima": ((0, 0),), "window": ((-1, 1), (-1, 1)), "start": (1, 1)},
    Table: {"columns": ("a", "b"), "values": [[1.0, 2.0]]},
    bowl: {"condition": 10, "rotation": 20},
}


@pytest.mark.parametrize("make", MODELS, ids=lambda make: make.__name__)
@given(data=st.data())
def test_a_model_is_walked_or_names_its_argument(make, data):
    name, arguments = with_anything(data, MODELS[make], classes=brief(), y=brief(), hidden=st.just([4]) | brief())
    model = accepted(make, **arguments)
    if model is None or name == "f":
        return
    if make is Table:
        assert {name: model[name].tolist() for name in model.columns}.keys() == set(model.columns)
        return
    start = model.start if isinstance(model, Surface) else model.start(RNG) if make is Network else np.zeros(2)
    path = accepted(lambda **given: descend(model, start, Momentum(), 3), theta=0)
    if path:
        check_path(path)


@given(problem=problems(), samples=anything())
def test_a_batch_is_taken_or_named(problem, samples):
    batch = accepted(problem.batch, samples=samples)
    if batch:
        assert set(map(tuple, batch.X)) <= set(map(tuple, problem.X))


# ------------------------------------------------------------------ tables

TEXT = (DATA / "blood_test.csv").read_bytes()
PIECES = st.sampled_from(
    [b"", b",", b"\n", b"\r", b"\n\n", b'"', b'"1\n2"', b"\x00", b"\xff", b"\xef\xbb\xbf", b"nan", b"1e999", b"1_0",
     b" ", b"1,5", b";", "١".encode(), "½".encode(), "−1".encode(), b"0x1", b"\x0c", "\u2028".encode(),
     b"#", b"'", b"-", TEXT[:40], b"x" * 140_000]
)  # fmt: skip


@given(data=st.data())
def test_a_damaged_table_is_named_and_no_number_is_changed(tmp_path_factory, data):
    damaged = TEXT[: TEXT.index(b"\n", 200)]
    for _ in range(data.draw(st.integers(1, 3))):
        at, until = sorted(data.draw(st.integers(0, len(damaged))) for _ in "at")
        damaged = damaged[:at] + data.draw(PIECES) + damaged[min(until, at + 5) :]
    file = tmp_path_factory.mktemp("tables") / "table.csv"
    file.write_bytes(data.draw(st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]).map(
        lambda encoding: damaged if encoding == "utf-8" else damaged.decode("latin-1").encode(encoding)
    )))  # fmt: skip
    try:
        table = load_blood_test(path=file)
    except ValueError as error:
        assert str(error).startswith("table.csv"), error
        return
    words = file.read_text(encoding="utf-8-sig").replace('"', "").split()
    assert words[0] == ",".join(BLOOD_TEST)
    assert [float(number) for number in re.split(r"[,\s]+", ",".join(words[1:]))] == table.values.ravel().tolist()


@given(data=st.data())
def test_a_table_is_loaded_or_its_argument_named(data):
    _, arguments = with_anything(data, {"path": None, "mend_units": False})
    try:
        accepted(load_blood_test, **arguments)
    except FileNotFoundError as error:
        assert "there is no file" in str(error)


# ------------------------------------------------------------------ the lab

VIEW = {"window": ((-1, 1), (-1, 1)), "start": (0, 0), "plane": (0, 1), "names": ("a", "b")}
SPECIFIED = {
    descent.linear_scale: {"low": 0, "high": 1, "step": 0.1, "ticks": {0: "none"}},
    descent.log_scale: {"low": 0.1, "high": 1, "ticks": {1: "one"}},
    descent.decay_scale: {"high": 0.99, "ticks": {0: "none"}},
    Regression: {"model": MODEL, "batch": 2, "seeds": (1, 2), "name": "table"} | VIEW,
    Recording: {
        "images": np.eye(2).reshape(2, 1, 1, 2), "curves": {"loss": [2.0, 1.0]}, "says": ["Start.", "End."],
        "every": 10, "shows": "One image.", "name": "recording", "caption": "A recording.",
    },
}  # fmt: skip


@pytest.mark.parametrize("make", SPECIFIED, ids=lambda make: make.__name__)
@given(data=st.data())
def test_a_part_of_a_lab_is_made_or_names_its_argument(make, data):
    _, arguments = with_anything(data, SPECIFIED[make])
    part = accepted(make, **arguments)
    if isinstance(part, Recording):
        specification_in(part)
    if isinstance(part, Regression):
        check_path(descend(part.source(part.batch, 0), part.start, Momentum(), 3))


def specification_in(lab):
    """What the page reads, as strict JSON."""
    text = BeautifulSoup(lab._repr_mimebundle_()[0]["text/html"], "html.parser").script.text

    def refuse(constant):
        raise AssertionError(f"{constant} is no JSON")

    return json.loads(text, parse_constant=refuse)


LAB = {
    "objective": bowl(), "rule": AggMo(), "name": "lab", "start": (1, 1), "steps": 5, "offer": (GradientDescent(),),
    "scales": {"alpha": descent.log_scale(0.01, 1)}, "goal": 0.1, "conventions": False, "caption": "A lab.",
}  # fmt: skip


def lab_of(objective, rule, **arguments):
    return Lab(objective, rule, **arguments)


@pytest.fixture(scope="module")
def page():
    """Asks the page's own script, in Node: a function's name and its arguments, for what it returns."""
    script = (
        source("engine", "dom", "words", "address", "lab")
        + """
        const call = { walked, offered, addressed };
        function offered(scale) { return valuesOf(scale); }
        function walked(spec, { objective, shown, start, step, ...chosen }) {
          const ground = Object.assign(makeObjective(spec.objectives[objective]), chosen);
          return shown.map(({ rule, values }) => {
            const walker = makeRule({ ...spec.rules[rule], ...spec.rules[rule].programs[ground.dim] }, ground.dim);
            const path = walk(ground, walker, values, start, makePath(walker, spec.steps), spec.diverged);
            return { last: path.last, diverged: path.diverged, said: verdict(path, 0, spec.goal, false) };
          });
        }
        function addressed(spec, query) {
          const state = fromAddress(spec, query, firstState(spec));
          const again = fromAddress(spec, toAddress(spec, state), firstState(spec));
          return { state, again, paths: walked(spec, state), python: toPython(spec, state) };
        }
        require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
          const [name, ...given] = JSON.parse(line);
          console.log(JSON.stringify(call[name](...given), (key, value) => (Object.is(value, -0) ? 0 : value)));
        });
    """
    )
    with Popen([BIN / "node", "-e", script], stdin=PIPE, stdout=PIPE, text=True, encoding="utf-8") as node:

        def ask(*call):
            node.stdin.write(json.dumps(call, allow_nan=False) + "\n")
            node.stdin.flush()
            return json.loads(node.stdout.readline())

        yield ask
        node.stdin.close()


@settings(max_examples=settings().max_examples // 2)  # each traces several rules
@given(data=st.data())
def test_a_lab_is_shown_and_walked_in_the_page_or_names_its_argument(page, data):
    _, arguments = with_anything(data, LAB, steps=brief(), conventions=st.booleans(), rule=rules_of_any_size())
    lab = accepted(lab_of, **arguments)
    if lab is None:
        return
    try:
        spec = specification_in(lab)
    except ValueError as error:  # only where the start lies too far out, which the page shows as lost
        assert "the loss at the start must be finite" in str(error)
        return
    state = page("addressed", spec, "")
    assert [path["diverged"] for path in state["paths"]] == [lab.path().diverged]
    for rule in spec["rules"]:
        for slider in rule["sliders"]:
            check_offer(page, slider)


@st.composite
def rules_of_any_size(draw):
    """A rule of the book with hyperparameters from all of their range."""
    kind = draw(st.sampled_from(RULES))
    sizes = st.sampled_from([0, 5e-324, 1e-300, 1e-12, 0.5, 0.999, 1 - 2**-53]) | st.floats(0, 0.999)
    high = sizes | st.sampled_from([1, 30, 1e6, 1e150, 1.7e308])
    values = {name: draw(sizes if range_of(name) != "[0, ∞)" else high) for name in values_of(kind())}
    return with_values(kind(), values)


def check_offer(page, slider):
    """Two positions or more, ascending, from the slider's lowest value to its highest."""
    values = page("offered", slider)
    assert 2 <= len(values) <= 13_000
    assert values == sorted(set(values))
    slack = 0.06 if slider["kind"] == "log" else 1e-9
    assert slider["low"] * (1 - slack) <= values[0] and values[-1] <= slider["high"] * (1 + slack) + 1e-9


@given(data=st.data(), make=st.sampled_from([descent.linear_scale, descent.log_scale, descent.decay_scale]))
def test_a_slider_offers_values_in_order(page, data, make):
    sizes = st.sampled_from([5e-324, 1e-300, 1e15, 1e16, 1e300, 1.7e308, 0.1, 0.11, 0.115, 0.999]) | st.floats()
    arguments = {name: data.draw(sizes) for name in inspect.signature(make).parameters if name != "ticks"}
    scale = accepted(make, **arguments)
    if scale:
        check_offer(page, scale.specification())


PLACES = ["surface", "start", "step", "rule", "batch", "draw"]
NUMBERS = ["", "0", "1", "-1", "2.5", "1e3", "1e999", "-1e308", "NaN", "Infinity", "0x10", " ", "none", "9" * 400]
WORDS = [*NUMBERS, "bowl", "table", "AggMo", "Adam", "%", "%ff", "é", "__proto__", "constructor", "&", "=", "#", ","]


@pytest.fixture(scope="module")
def two_grounds():
    table = Regression(**SPECIFIED[Regression])
    return specification_in(
        Lab([bowl(), table], AggMo(), GradientDescent(), name="lab", steps=6, offer=[descent.Adam()])
    )


@given(parts=st.lists(st.tuples(st.sampled_from(PLACES), st.lists(st.sampled_from(WORDS), max_size=6)), max_size=6))
def test_any_address_is_a_state_of_the_lab(page, two_grounds, parts):
    answer = page("addressed", two_grounds, "&".join(f"{place}={','.join(words)}" for place, words in parts))
    state = answer["state"]
    assert answer["again"] == state
    ground = two_grounds["objectives"][state["objective"]]
    assert len(state["start"]) == ground["dim"] and np.isfinite(state["start"]).all()
    assert state["step"] in range(two_grounds["steps"] + 1)
    if "orders" in ground:
        assert state["batch"] in range(1, len(ground["X"]) + 1) and state["draw"] in range(len(ground["orders"]))
    assert 1 <= len(state["shown"]) <= len(two_grounds["looks"])
    for entry in state["shown"]:
        sliders = two_grounds["rules"][entry["rule"]]["sliders"]
        for slider, value in zip(sliders, entry["values"], strict=True):
            assert min(slider["low"], slider["value"]) <= value <= max(slider["high"], slider["value"])
    compile(answer["python"], "lab", "exec")


TRAITS = ["hyperparameters", "start", "step", "surface", "batch", "draw"]


entries = st.dictionaries(st.sampled_from(["rule", "alpha", "betas[0]", "betas", 1]), anything(), max_size=2)


@given(trait=st.sampled_from(TRAITS), value=anything() | entries.map(lambda entry: [{"rule": "AggMo"} | entry]))
def test_a_trait_is_set_or_names_itself_and_stays(trait, value):
    lab = lab_of(**LAB)
    assume(not isinstance(value, int) or value < 10**4000)  # traitlets can't say so large a number
    before = json.dumps(getattr(lab, trait))
    if accepted(lambda **given: setattr(lab, trait, value) or True, **{trait: 0, "alpha": 0, "rule": 0}) is None:
        assert json.dumps(getattr(lab, trait)) == before
    json.dumps(getattr(lab, trait), allow_nan=False)
