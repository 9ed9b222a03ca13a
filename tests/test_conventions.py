"""Where a library's form meets that of the paper, and where the two part."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from descent import (
    Adadelta,
    AdaGrad,
    Adam,
    AdaMax,
    AdamW,
    AveragedMomentum,
    GradientDescent,
    Momentum,
    Nadam,
    Nesterov,
    RMSprop,
    Rule,
    bowl,
    constant,
    descend,
    rosenbrock,
    staircase,
)
from descent.conventions import LIBRARIES, forms, keras, optax, torch
from feeding import moves
from strategies import FORMS, RULES, Parabola, hyperparameters, names, settings_of, vectors

each_form = pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.__module__.split('.')[-1]}.{form.__name__}")


def test_each_rule_knows_its_forms():
    assert forms(Adam) == {"the paper": Adam, "PyTorch": torch.Adam, "Keras": keras.Adam, "optax": Adam}
    assert forms(keras.Adam) == forms(Adam)
    assert forms(optax.Momentum)["Keras"] is Momentum
    assert forms(AveragedMomentum) == {"the paper": AveragedMomentum, "optax": AveragedMomentum}
    assert forms(torch.CenteredRMSprop) == {"the paper": torch.CenteredRMSprop}


def test_a_readers_rule_of_the_same_name_has_no_other_form():
    own = type("Adam", (Rule,), {})
    assert forms(own) == {"the paper": own}


def test_what_a_library_has_unchanged_is_a_rule_of_the_book():
    for module in LIBRARIES.values():
        assert set(module.SAME) <= set(names(RULES))
        assert not [name for name in module.SAME if hasattr(module, name)]


HEIRS = [rule for rule in (*RULES, *FORMS) if rule.__base__ is not Rule]


@pytest.mark.parametrize("rule", HEIRS, ids=names(HEIRS))
def test_no_rule_overrides_another_rules_method(rule):
    assert not {"init", "probe", "update", "State"} & set(vars(rule)), "other defaults only"


@each_form
def test_a_forms_docstring_starts_with_its_equation_and_names_the_version(form):
    assert "←" in form.__doc__.splitlines()[0]
    assert re.search(r"Source:\s+\w+\.[\w.]+(\([^)]*\))?,\s+(PyTorch|Keras|optax) \d", form.__doc__)
    if form.__base__ is Rule:
        for name in hyperparameters(form):
            assert f"``{name}``" in form.__doc__
    assert re.search(r"\((PyTorch|Keras|optax)(, optax)?\)$", form.title)


@each_form
def test_a_forms_defaults_stay_finite_on_rosenbrock(form):
    assert descend(rosenbrock, (-1.2, 1), form(), 2000, keep="end").diverged == 0


# ------------------------------------------------------------------ where they coincide


def walked(rule, start=(1.5, -0.5), schedule=None, steps=40):
    return descend(bowl(), start, rule, steps, schedule=schedule)


SAME_PATH = {
    "the sum of gradients, constant α": (Momentum, lambda s: torch.Momentum(s["alpha"], s["beta"])),
    "torch.Adam without decay": (Adam, lambda s: torch.Adam(**s)),
    "Adadelta with α = 1": (Adadelta, lambda s: torch.Adadelta(alpha=1, **s)),
    "torch.RMSprop without momentum": (RMSprop, lambda s: torch.RMSprop(**s)),
    "AdamW with λ/α for λ": (
        AdamW,
        lambda s: torch.AdamW(
            **{k: v for k, v in s.items() if k not in ("eta", "alpha", "weight_decay")},
            alpha=s["alpha"] * s["eta"],
            weight_decay=s["weight_decay"] / s["alpha"],
        ),
    ),
}


@pytest.mark.parametrize(("paper", "library"), SAME_PATH.values(), ids=SAME_PATH)
@given(data=st.data())
def test_the_same_path(paper, library, data):
    setting = data.draw(settings_of(paper))
    expected, found = walked(paper(**setting)), walked(library(setting))
    np.testing.assert_allclose(found.theta, expected.theta, rtol=1e-9, atol=1e-10)


WITHOUT_EPSILON = {
    "Keras' Adam": (Adam, keras.Adam),
    "AdaMax of PyTorch": (AdaMax, torch.AdaMax),
    "AdaMax of Keras": (AdaMax, keras.AdaMax),
    "Keras' RMSprop": (RMSprop, keras.RMSprop),
    "Keras' AdaGrad that starts at zero": (AdaGrad, lambda **s: keras.AdaGrad(initial=0, **s)),
}


@pytest.mark.parametrize(("paper", "library"), WITHOUT_EPSILON.values(), ids=WITHOUT_EPSILON)
@given(data=st.data())
def test_without_epsilon_the_same_path(paper, library, data):
    setting = data.draw(settings_of(paper)) | {"epsilon": 0}
    own = {name: value for name, value in setting.items() if name in hyperparameters(paper)}
    expected, found = walked(paper(**own), steps=10), walked(library(**setting), steps=10)
    np.testing.assert_allclose(found.theta, expected.theta, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("library", [torch.Nesterov, keras.Nesterov])
@given(data=st.data(), start=vectors())
def test_a_library_stores_nesterovs_look_ahead_point(library, data, start):
    setting = data.draw(settings_of(Nesterov))
    paper = walked(Nesterov(**setting), start)
    v = paper.state.v
    np.testing.assert_allclose(
        walked(library(**setting), start).theta, paper.theta - setting["beta"] * v, rtol=1e-9, atol=1e-10
    )


@given(data=st.data())
def test_with_the_same_decays_nadams_m_is_the_papers(data):
    # ψ so large that μ = β₁ at once: only then are the paper's m and the libraries' the same average
    setting = data.draw(settings_of(Nadam)) | {"psi": 1e4}
    expected = walked(Nadam(**setting))
    np.testing.assert_allclose(walked(torch.Nadam(**setting)).theta, expected.theta, rtol=1e-9, atol=1e-10)
    setting.pop("psi")
    np.testing.assert_allclose(walked(optax.Nadam(**setting)).theta, expected.theta, rtol=1e-9, atol=1e-10)


# ------------------------------------------------------------------ where they part


def test_a_schedule_parts_the_look_ahead_of_pytorch_from_that_of_keras():
    # f = x²/2 from 1, β = 0.9, ten steps of 0.1 and ten of 0.01: −0.2001 and −0.1839
    drop = staircase(0.1, 0.1, every=10)
    for rule, end in ((torch.Nesterov(), -0.2001), (keras.Nesterov(), -0.1839)):
        assert descend(Parabola(), [1.0], rule, 20, schedule=drop).theta[-1, 0] == pytest.approx(end, abs=5e-5)


def test_dampening_spares_the_first_gradient():
    # f' = 1 always: undamped from the first step, not an average that starts at zero
    assert moves(torch.Momentum(1, beta=0.9, dampening=0.9), [1, 1, 1]) == pytest.approx([1, 1, 1])
    assert moves(AveragedMomentum(1, beta=0.9), [1, 1, 1]) == pytest.approx([0.1, 0.19, 0.271])


@pytest.mark.parametrize(
    ("rule", "first"),
    [(Nadam(1), None), (torch.Nadam(1), 1.056), (keras.Nadam(1), 1.063), (optax.Nadam(1), 1.474)],
    ids=["paper", "torch", "keras", "optax"],
)
def test_the_first_step_of_nadam_tells_the_forms_apart(rule, first):
    (step,) = moves(rule, [1])
    mu = [rule.beta1 * (1 - 0.5 * 0.96 ** (0.004 * t)) for t in (1, 2)]
    if first is None:  # on paper: m₁ = (1 − μ₁) g and v̂₁ = g²
        first = mu[1] * (1 - mu[0]) / (1 - mu[0] * mu[1]) + 1
    assert step == pytest.approx(first, abs=5e-4)


@pytest.mark.parametrize(
    ("rule", "late"),
    [(torch.AMSGrad(1, epsilon=0), 0.972), (keras.AMSGrad(1, epsilon=0), 0.972), (optax.AMSGrad(1, epsilon=0), 0.100)],
    ids=["torch", "keras", "optax"],
)
def test_a_spike_is_remembered_longest_by_optax(rule, late):
    assert moves(rule, [10, *[1] * 999])[-1] == pytest.approx(late, abs=5e-4)


def test_keras_adagrad_does_not_see_a_small_first_gradient():
    assert moves(AdaGrad(1), [0.01]) == pytest.approx([1], rel=1e-5)
    assert moves(keras.AdaGrad(1), [0.01]) == pytest.approx([0.0316], abs=5e-5)


@given(start=vectors())
def test_gradient_descent_has_one_form(start):
    assert len(set(forms(GradientDescent).values())) == 1
    np.testing.assert_array_equal(
        walked(GradientDescent(0.01), start).theta, walked(GradientDescent(), start, constant(0.01)).theta
    )
