"""The network: its loss, its gradient, and what a permutation of its hidden units changes (nothing)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from descent import Adam, Network, all_samples, descend, load_digits, mini_batches

seeds = st.integers(0, 1000)


@st.composite
def networks(draw):
    """A small random network with a θ."""
    rng = np.random.default_rng(draw(seeds))
    n, inputs, classes = draw(st.integers(1, 7)), draw(st.integers(1, 4)), draw(st.integers(2, 4))
    hidden = tuple(draw(st.lists(st.integers(1, 4), max_size=2)))
    net = Network(rng.normal(size=(n, inputs)), rng.integers(classes, size=n), hidden, classes)
    return net, rng.normal(size=net.dim)


def example(n=9, hidden=(3,)):
    rng = np.random.default_rng(1)
    return Network(rng.normal(size=(n, 2)), rng.integers(3, size=n), hidden, classes=3)


def test_the_loss_and_gradient_of_one_unit_are_those_on_paper():
    # one input 1, no hidden layer, two classes, W = (1, 0), b = 0: p = e/(e + 1), and the right class is the other
    net = Network([[1.0]], [1], hidden=())
    p = np.e / (np.e + 1)
    theta = [1.0, 0.0, 0.0, 0.0]
    assert net.value(theta) == pytest.approx(-np.log(1 - p), rel=1e-15)
    np.testing.assert_allclose(net.grad(theta), [p, -p, p, -p], rtol=1e-15)


@pytest.mark.parametrize("wrong", [0, None, np.random])
def test_a_start_is_drawn_from_a_generator(wrong):
    with pytest.raises(TypeError, match=r"rng must be a NumPy Generator, such as np.random.default_rng\(0\), got"):
        example().start(wrong)


@given(networks())
def test_the_gradient_agrees_with_differences(case):
    net, theta = case
    steps = 1e-5 * np.eye(net.dim)
    slopes = [(net.value(theta + step) - net.value(theta - step)) / 2e-5 for step in steps]
    np.testing.assert_allclose(net.grad(theta), slopes, atol=1e-8)


@given(networks(), seeds)
def test_a_column_of_a_grid_is_a_network_of_its_own(case, seed):
    net, _ = case
    theta = np.random.default_rng(seed).normal(size=(net.dim, 2, 3))
    for at in np.ndindex(2, 3):
        column = theta[(slice(None), *at)]
        assert net.value(theta)[at] == pytest.approx(net.value(column), rel=1e-12)
        assert net.accuracy(theta)[at] == net.accuracy(column)
        np.testing.assert_allclose(net.grad(theta)[(slice(None), *at)], net.grad(column), rtol=1e-10, atol=1e-14)


@given(networks(), seeds)
def test_the_order_of_hidden_units_and_their_signs_do_not_matter(case, seed):
    net, theta = case
    rng = np.random.default_rng(seed)
    layers = net.layers(theta)
    for k in range(len(net.hidden)):
        order, sign = rng.permutation(net.hidden[k]), rng.choice([-1, 1], net.hidden[k])
        (W, b), (after, its_b) = layers[k : k + 2]
        layers[k : k + 2] = [(W[order] * sign[:, None], b[order] * sign), (after[:, order] * sign, its_b)]
    twin = np.concatenate([part.ravel() for layer in layers for part in layer])
    assert net.value(twin) == pytest.approx(net.value(theta), rel=1e-12)


@given(networks())
def test_the_gradient_of_all_is_the_mean_over_the_samples(case):
    net, theta = case
    each = np.mean([net.batch([i]).grad(theta) for i in range(len(net))], axis=0)
    np.testing.assert_allclose(each, net.grad(theta), atol=1e-12)


def test_a_network_that_knows_nothing_gives_every_class_the_same():
    net = example()
    assert net.value(np.zeros(net.dim)) == pytest.approx(np.log(3), rel=1e-15)


@given(networks())
def test_the_loss_is_minus_the_mean_log_of_the_right_probabilities(case):
    net, theta = case
    p = net.probabilities(theta)
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-12)
    assert net.value(theta) == pytest.approx(-np.log(p[np.arange(len(net)), net.y]).mean(), rel=1e-9, abs=1e-12)


def test_scores_beyond_the_range_of_exp_make_no_overflow():
    net = Network([[1.0]], [0], hidden=())
    assert net.value([1e4, -1e4, 0.0, 0.0]) == 0
    assert net.value([-1e4, 1e4, 0.0, 0.0]) == pytest.approx(2e4)


def test_the_start_lies_in_glorots_range_and_has_no_bias():
    net = example(hidden=(50,))
    (W, b), (after, its_b) = net.layers(net.start(np.random.default_rng(0)))
    assert not b.any() and not its_b.any()
    for weights, units in ((W, 2 + 50), (after, 50 + 3)):
        assert 0.9 * np.sqrt(6 / units) < np.abs(weights).max() <= np.sqrt(6 / units)


def test_the_digits_are_learned():
    X, y = load_digits()
    assert X.shape == (1797, 64) and X.min() == 0 and X.max() == 1
    assert np.bincount(y).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    net = Network(X[::4], y[::4], hidden=(10,))
    rng = np.random.default_rng(0)
    end = descend(mini_batches(net, 50, rng), net.start(rng), Adam(alpha=0.02), 200, keep="end")
    assert net.accuracy(end.theta[-1]) > 0.95
    assert end.loss[-1] < 0.2 < all_samples(net).value(np.zeros(net.dim))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"X": [[1.0], [np.nan]]}, r"X must be finite, got nan at index \(1, 0\)"),
        ({"X": []}, r"X must be a non-empty table"),
        ({"y": [0, 1, 1]}, r"y must be 2 whole numbers"),
        ({"y": [0, -1]}, r"y must be 2 whole numbers in \[0, ∞\)"),
        ({"y": [0.0, 1.0]}, r"y must be 2 whole numbers"),
        ({"hidden": (0,)}, r"hidden must be a whole number in \[1, ∞\), got 0"),
        ({"classes": 1}, r"classes must be in \[2, ∞\)"),
    ],
)
def test_what_does_not_fit_is_named(wrong, message):
    with pytest.raises(ValueError, match=message):
        Network(**({"X": [[1.0], [2.0]], "y": [0, 1]} | wrong))


def test_a_theta_of_another_length_is_named():
    with pytest.raises(ValueError, match=r"theta must have 21 coordinates, got an array of shape \(3,\)"):
        example().value([1, 2, 3])
    with pytest.raises(ValueError, match="samples must name at least one row"):
        example().batch([])
