"""The lab in Python: what it tells the page, what the page may tell it, what stands where nothing moves."""

import json
import re

import numpy as np
import pytest
import traitlets
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from descent import (
    Adam,
    AggMo,
    GradientDescent,
    Lab,
    LeastSquares,
    Momentum,
    Nesterov,
    Regression,
    Rule,
    Value,
    bowl,
    conventions,
    decay_scale,
    descend,
    grid,
    linear_scale,
    log_scale,
    rosenbrock,
    rule,
    saddle,
    surface,
)
from descent.lab import rules, script
from descent.lab.objectives import contour_map
from descent.lab.scales import scale_of
from readers import Halved, Normalised
from strategies import RULES, SURFACES, broken_formulas, names


@rule
class Halving(Rule):
    """θ ← θ/2, whatever the gradient says </script> here."""

    alpha: Value = 0.1

    def update(self, theta, g, state, t):
        return theta / 2, state


@surface(minima=[(0, 0)], window=((-1, 1), (-1, 1)), start=(0.5, 0.5))
def cup(x, y):
    return np.abs(x) + y**2


def table(**options):
    rng = np.random.default_rng(0)
    X = np.column_stack([np.ones(20), rng.normal(size=(20, 2))])
    given = {"window": ((-1, 1), (-1, 1)), "start": (0, 0.5, 0.5), "plane": (1, 2)} | options
    return Regression(LeastSquares(X, rng.normal(size=20)), **given)


def shown(lab):
    """The HTML that stands where no kernel runs."""
    return lab._repr_mimebundle_()[0]["text/html"]


def test_path_is_the_path_on_the_screen():
    lab = Lab(rosenbrock, Adam(alpha=0.1), Momentum(), name="lab", steps=50)
    lab.hyperparameters = [{"rule": "Adam", "alpha": 0.2, "beta1": 0.5, "beta2": 0.9, "epsilon": 1e-6}]
    lab.start = [0.5, -0.5]
    expected = descend(rosenbrock, (0.5, -0.5), Adam(0.2, 0.5, 0.9, 1e-6), 50)
    assert np.array_equal(lab.path().theta, expected.theta)


def test_another_surface_another_path():
    lab = Lab([rosenbrock, saddle], GradientDescent(), name="lab", steps=5)
    lab.surface = "saddle"
    assert np.array_equal(lab.path().theta, descend(saddle, lab.start, GradientDescent(), 5).theta)


def test_a_surface_of_other_parameters_and_samples_starts_where_it_says():
    lab = Lab([rosenbrock, table(batch=4)], GradientDescent(), name="lab", steps=5)
    lab.surface = "least squares"
    assert (lab.start, lab.batch, lab.path().theta.shape) == ([0, 0.5, 0.5], 4, (6, 3))
    with pytest.raises(traitlets.TraitError, match=r"batch must be in \[1, 20\], got 0"):
        lab.batch = 0
    lab.draw = 2
    lab.surface = "rosenbrock"
    assert (lab.start, lab.batch, lab.draw) == ([-1.2, 1], 0, 0)


def test_what_python_leaves_out_is_as_it_was_and_numpys_numbers_are_numbers():
    lab = Lab(rosenbrock, Adam(beta1=0.5), name="lab", steps=5)
    lab.hyperparameters = [{"rule": "Adam", "alpha": np.float32(2)}]
    assert json.dumps(lab.hyperparameters[0]) == (
        '{"rule": "Adam", "alpha": 2.0, "beta1": 0.5, "beta2": 0.999, "epsilon": 1e-08}'
    )


def test_a_table_without_draws_is_read_whole():
    lab = Lab([rosenbrock, table(seeds=())], GradientDescent(), name="lab", steps=5)
    lab.surface = "least squares"
    assert lab.batch == 20
    with pytest.raises(traitlets.TraitError, match=r"batch must be in \[20, 20\], got 2"):
        lab.batch = 2


@pytest.mark.parametrize("steps", [1, 2, 5])
def test_the_second_half_of_a_noisy_walk_begins_after_the_middle_step(steps):
    lab = Lab(table(batch=4), GradientDescent(alpha=0.1), name="lab", steps=steps)
    late = lab.path().loss[steps // 2 + 1 :] - lab.specification["objectives"][0]["lowest"]
    assert f"averages {late.mean():.2g} over the second half" in lab.at_rest().alt


def test_a_tables_draws_are_numpys():
    lab = Lab(table(batch=4, seeds=(7, 8)), GradientDescent(alpha=0.1), name="lab", steps=30)
    lab.draw = 1
    source = table().source(4, 1)
    assert not np.array_equal(lab.path().theta, descend(source, lab.start, GradientDescent(alpha=0.1), 30).theta)
    source = table(seeds=(7, 8)).source(4, 1)
    assert np.array_equal(lab.path().theta, descend(source, lab.start, GradientDescent(alpha=0.1), 30).theta)


@pytest.mark.parametrize(
    ("trait", "value", "message"),
    [
        ("hyperparameters", [{"rule": "Adam", "alpha": -1}], r"alpha must be in \[0, ∞\), got -1"),
        ("hyperparameters", [{"rule": "Adamant"}], "rule must be one of .*'Adam'.*, got 'Adamant'"),
        ("hyperparameters", [{"rule": "Adam", "gamma": 1}], "hyperparameter of Adam must be one of .*, got 'gamma'"),
        ("hyperparameters", [], "hyperparameters must be of one to 6 rules, got 0"),
        ("hyperparameters", [{"rule": "Adam"}] * 7, "hyperparameters must be of one to 6 rules, got 7"),
        ("hyperparameters", [{"rule": "Adam", **grid(alpha=[0.1, 1])}], "alpha must be one number in a lab"),
        ("batch", 1, r"batch must be in \[0, 0\], got 1"),
        ("surface", "beale", r"surface must be one of \['rosenbrock'\], got 'beale'"),
        ("step", 51, r"step must be in \[0, 50\], got 51"),
        ("start", [np.nan, 0], "start must be finite"),
        ("start", [1.0], "start must have 2 coordinates, got 1"),
        ("draw", 1, r"draw must be in \[0, 0\], got 1"),
    ],
)
def test_a_wrong_value_from_python_is_an_error_and_changes_nothing(trait, value, message):
    lab = Lab(rosenbrock, Adam(), name="lab", steps=50)
    before = getattr(lab, trait)
    with pytest.raises((traitlets.TraitError, ValueError, TypeError), match=message):
        setattr(lab, trait, value)
    assert getattr(lab, trait) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "My lab"}, "name must be lower-case letters, digits and hyphens, got 'My lab'"),
        ({"steps": 0}, r"steps must be a whole number in \[1, 2000\], got 0"),
        ({"rules": []}, "rules must be one to 6 rules, got 0"),
        ({"rules": [Adam]}, "rules must be rules with their hyperparameters"),
        ({"objective": abs}, "objective must be a Surface or a Regression"),
        ({"objective": [bowl(3), bowl(30)]}, "objective must be surfaces of different names, got bowl, bowl"),
        ({"start": (1, 2, 3)}, "start must have 2 coordinates, got 3"),
        ({"scales": {"gamma": log_scale(1, 2)}}, "scales must be for hyperparameters of these rules, got gamma"),
    ],
)
def test_a_lab_says_what_is_wrong_with_its_arguments(arguments, message):
    given = {"objective": rosenbrock, "rules": [GradientDescent()], "name": "lab"} | arguments
    with pytest.raises((ValueError, TypeError), match=message):
        Lab(given.pop("objective"), *given.pop("rules"), **given)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"batch": 21}, r"batch must be a whole number in \[1, 20\]"),
        ({"start": (0, 0)}, "start must have 3 coordinates, got 2"),
        ({"plane": (1, 1)}, r"plane must be two different numbers in \[0, 3\)"),
    ],
)
def test_a_regression_says_what_is_wrong_with_its_arguments(options, message):
    with pytest.raises(ValueError, match=message):
        table(**options)


def test_where_no_kernel_runs_stands_a_picture_and_the_specification():
    lab = Lab(cup, Halving(), Nesterov(), name="own", steps=20, caption="Mine.")
    page = BeautifulSoup(shown(lab), "html.parser")
    assert page.img["alt"].startswith(
        "Contours of cup with paths from (0.5, 0.5), and their losses. Halving reaches 1e-06"
    )
    assert json.loads(page.script.text) == json.loads(json.dumps(lab.specification))
    assert "Mine." in page.text


def test_a_lab_with_conventions_offers_every_form_of_its_rules():
    lab = Lab(rosenbrock, Adam(alpha=0.1, epsilon=0.01), Momentum(), name="lab", steps=20, conventions=True)
    names = [rule["name"] for rule in lab.specification["rules"]]
    assert names == ["Adam", "torch.Adam", "keras.Adam", "Momentum", "torch.Momentum"]
    families = lab.specification["families"]
    assert families[2]["forms"] == [("the paper, optax", 0), ("PyTorch", 1), ("Keras", 2)]
    assert families[3]["forms"] == [("the paper, Keras", 3), ("PyTorch, optax", 4)]
    assert "np.sqrt(1 - self.beta2**t)" in families[2]["code"]
    values = {slider["name"]: slider["value"] for slider in lab.specification["rules"][2]["sliders"]}
    assert values == {"alpha": 0.1, "beta1": 0.9, "beta2": 0.999, "epsilon": 0.01}  # those of the given rule
    lab.hyperparameters = [{"rule": "keras.Adam", **values}]
    expected = descend(rosenbrock, lab.start, conventions.keras.Adam(**values), 20)
    assert np.array_equal(lab.path().theta, expected.theta)
    assert lab.specification["rules"][2]["python"]["call"] == "conventions.keras.Adam"


def test_a_lab_shows_a_librarys_form_beside_the_papers():
    lab = Lab(rosenbrock, Adam(alpha=0.1), conventions.keras.Adam(alpha=0.1), name="lab", steps=20)
    assert [each["rule"] for each in lab.hyperparameters] == ["Adam", "keras.Adam"]
    assert lab.specification["families"] == []


def test_the_betas_of_a_tuple_are_sliders_of_their_own():
    lab = Lab(rosenbrock, AggMo(betas=(0, 0.5)), name="lab", steps=20)
    assert [slider["label"] for slider in lab.specification["rules"][0]["sliders"]] == ["α", "β₁", "β₂"]
    lab.hyperparameters = [{"rule": "AggMo", "betas[1]": 0.9}]
    assert lab.rules()[0].betas == (0, 0.9)


def test_a_rule_of_the_readers_brings_its_source_and_one_of_ours_does_not():
    lab = Lab(cup, Halving(), Momentum(), name="own")
    sources = {each["name"]: each["python"]["setup"] for each in lab.specification["rules"]}
    assert sources["Halving"].startswith("@rule\nclass Halving(Rule):")
    assert sources["Momentum"] == ""
    assert lab.specification["objectives"][0]["python"]["setup"].startswith("@surface(minima=")


def test_the_same_lab_is_the_same_text():
    make = lambda: shown(Lab(bowl(10, 30), Adam(), GradientDescent(alpha=0.3), name="lab"))
    assert make() == make()
    assert repr(Lab(cup, Halving(), name="own")) == "Lab own"


def test_the_picture_tells_how_each_walk_ended():
    lab = Lab(bowl(10), GradientDescent(alpha=0.21), GradientDescent(alpha=0.1), name="lab", steps=300)
    diverged = descend(bowl(10), bowl(10).start, GradientDescent(alpha=0.21), 300).diverged
    assert (
        f"Gradient descent diverges at step {diverged}; gradient descent (2) reaches 1e-06 after" in lab.at_rest().alt
    )


@pytest.mark.parametrize("thing", RULES, ids=names(RULES))
def test_every_rule_of_the_book_has_room_for_numbers(thing):
    written = rules.equations_with_room(thing)
    templates = [right for _, right, _ in written["equations"]] + [written["ahead"][1] if written["ahead"] else ""]
    used = {int(k) for template in templates for k in re.findall(r"@(\d+)@", template)}
    assert used == set(range(len(written["refs"]))) != set()


@pytest.mark.parametrize("thing", RULES, ids=names(RULES))
def test_the_formulas_of_every_rule_have_their_parts(thing):
    written = rules.equations_with_room(thing)
    formulas = [
        written["gradient"],
        *(written["ahead"] or []),
        *(part for line in written["equations"] for part in line),
    ]
    assert broken_formulas(BeautifulSoup("".join(formulas), "html.parser")) == []


def test_a_constant_of_the_readers_own_keeps_its_name():
    written = rules.equations_with_room(Halved)
    _, right, _ = written["equations"][0]
    assert "".join(re.findall(r">([A-Z])</mi>", right)) == "HALF"
    assert written["refs"] == [["x"], ["h", "alpha"], ["g"]]


def test_a_norm_is_one_number_for_all_coordinates():
    written = rules.equations_with_room(Normalised)
    assert written["values"] == 2  # θ and ‖g‖
    assert ["line", 1] in written["refs"]


def test_what_stands_under_a_root_is_a_box():
    assert rules.equations_with_room(Adam)["boxes"] == ["v_hat"]
    assert rules.equations_with_room(Nesterov)["boxes"] == []


@pytest.mark.parametrize("name", ["alpha", "beta1", "epsilon", "gamma"])
@given(value=st.floats(1e-8, 0.999))
def test_a_slider_reaches_the_value_it_starts_from(name, value):
    scale = scale_of(name, value)
    assert scale.low <= value <= max(scale.high, 0.9999)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: linear_scale(1, 1, 0.1), r"high must be in \(1, ∞\), got 1"),
        (lambda: linear_scale(0, 1, 0), r"step must be in \[0.0001, 1\], got 0"),
        (lambda: log_scale(0, 1), r"low and high must be in \(0, ∞\) and in this order, got 0 and 1"),
        (lambda: decay_scale(1), r"high must be in \[0.5, 1\), got 1"),
    ],
)
def test_a_scale_says_what_is_wrong(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("ground", SURFACES, ids=names(SURFACES))
def test_contours_lie_on_their_height(ground):
    """The points of each path, back in the plane, all have the height of their level, as far as the grid is fine."""
    (x0, x1), (y0, y1) = ground.window
    z, paths = contour_map(ground)
    for path in filter(None, paths[4:9:4]):
        points = []
        for piece in path.split("M")[1:]:
            start, moves = (np.array(re.findall(r"-?\d+", part), int).reshape(-1, 2) for part in piece.split("l"))
            points.append(np.cumsum(np.concatenate([start, moves]), axis=0))
        a, b = np.concatenate(points).T / 1000
        heights = ground.value([x0 + a * (x1 - x0), y1 - b * (y1 - y0)])
        assert np.ptp(heights) < 0.15 * np.ptp(z)


def test_the_curvatures_of_a_bowl_and_of_nothing_else():
    lab = Lab([bowl(10, rotation=30), rosenbrock, saddle], GradientDescent(), name="lab")
    of_bowl, of_rosenbrock, of_saddle = lab.specification["objectives"]
    (low, (a, b)), (high, _) = of_bowl["curvatures"]
    assert (low, high) == (1, 10)
    assert np.degrees(np.arctan2(b, a)) == pytest.approx(30)
    assert "curvatures" not in of_rosenbrock | of_saddle


def test_equal_curvatures_are_drawn_along_the_axes():
    lab = Lab(bowl(1, rotation=30), GradientDescent(), name="lab")
    assert lab.specification["objectives"][0]["curvatures"] == [[1, [1, 0]], [1, [0, 1]]]


def test_the_script_leaves_no_names_and_imports_nothing():
    page, module = script.page_script(), script.widget_module()
    assert page.startswith("(() => {") and page.endswith("})();\n")
    assert not re.search(r"^\s*(import|export)\b|\bimport\(|https?://(?!www\.w3\.org/2000/svg)", page, re.M)
    assert module.count("export ") == 1


def test_the_words_of_a_number_in_a_table_are_short():
    lab = Lab(table(seeds=()), GradientDescent(), name="lab")
    numbers = np.ravel(lab.specification["objectives"][0]["X"])
    assert max(len(repr(float(value))) for value in numbers) <= 14
