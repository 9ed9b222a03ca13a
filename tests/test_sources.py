"""Where a gradient comes from."""

from dataclasses import FrozenInstanceError
from itertools import combinations, islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import descent
from descent import (
    GradientDescent,
    LeastSquares,
    Momentum,
    Source,
    all_samples,
    batches,
    bowl,
    descend,
    grid,
    mini_batches,
    one_sample,
    stream,
    with_l2,
    with_noise,
)
from strategies import problems

SHUFFLES = ("every epoch", "once", "never")
sizes = st.integers(1, 40).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n)))
seeds = st.integers(0, 1000)


def generator(seed=0):
    return np.random.default_rng(seed)


def model(n=12, dim=3):
    rng = generator(7)
    return LeastSquares(rng.normal(size=(n, dim)), rng.normal(size=n))


# ------------------------------------------------------------------ batches


@given(sizes, seeds, st.sampled_from(SHUFFLES))
def test_batches_are_a_partition(n_size, seed, shuffle):
    n, size = n_size
    for epoch in islice(batches(n, size, generator(seed), shuffle), 3):
        assert len(epoch) == -(-n // size)
        assert sorted(np.concatenate(epoch)) == list(range(n))
        assert {len(batch) for batch in epoch[:-1]} <= {size}


@given(sizes, st.sampled_from(["smaller", "dropped"]))
def test_a_batch_is_never_empty(n_size, last):
    n, size = n_size
    for epoch in islice(batches(n, size, generator(), last=last), 2):
        assert epoch
        assert all(1 <= len(batch) <= size for batch in epoch)


@given(sizes, seeds)
def test_dropped_leaves_only_whole_batches(n_size, seed):
    n, size = n_size
    for epoch in islice(batches(n, size, generator(seed), last="dropped"), 2):
        assert [len(batch) for batch in epoch] == [size] * (n // size)
        assert len(set(np.concatenate(epoch))) == n // size * size


def test_dropped_samples_change_from_epoch_to_epoch():
    left_out = [set(range(5)) - set(np.concatenate(e)) for e in islice(batches(5, 2, generator(), last="dropped"), 20)]
    assert set.union(*left_out) == set(range(5))


def test_shuffling_is_done_as_often_as_it_says():
    def orders(shuffle):
        return [np.concatenate(epoch).tolist() for epoch in islice(batches(20, 6, generator(), shuffle), 3)]

    never, once, always = orders("never"), orders("once"), orders("every epoch")
    assert never == [list(range(20))] * 3
    assert once == [once[0]] * 3 != never
    assert len({tuple(order) for order in always}) == 3


def test_without_shuffling_nothing_is_drawn():
    rng = generator()
    next(batches(5, 2, rng, "never"))
    assert rng.random() == generator().random()


def test_every_sample_is_as_often_first_as_any_other():
    draws = 2000
    first = [epoch[0][0] for epoch in islice(batches(4, 1, generator()), draws)]
    expected, spread = draws / 4, np.sqrt(draws * 1 / 4 * 3 / 4)
    assert (np.abs(np.bincount(first) - expected) < 4 * spread).all()


# ------------------------------------------------------------------ gradients


@given(problems(), st.data())
def test_an_epochs_mean_gradient_is_the_full_gradient_when_the_size_divides(problem, data):
    n = len(problem)
    size = data.draw(st.sampled_from([size for size in range(1, n + 1) if n % size == 0]))
    source = mini_batches(problem, size, generator(data.draw(seeds)))
    theta = np.ones(problem.X.shape[1])
    epoch = [grad(theta) for grad in islice(source.gradients(), source.steps_per_epoch)]
    np.testing.assert_allclose(np.mean(epoch, axis=0), problem.grad(theta), atol=1e-12)


@given(problems(most=7), st.data())
def test_a_batch_gradient_is_unbiased(problem, data):
    size = data.draw(st.integers(1, len(problem)))
    theta = np.ones(problem.X.shape[1])
    every = [problem.batch(list(samples)).grad(theta) for samples in combinations(range(len(problem)), size)]
    np.testing.assert_allclose(np.mean(every, axis=0), problem.grad(theta), atol=1e-12)


def test_a_step_uses_the_samples_of_its_batch():
    problem, theta = model(), np.ones(3)
    source = mini_batches(problem, 5, generator(3))
    epochs = batches(12, 5, generator(3))
    expected = [problem.batch(batch) for _ in range(2) for batch in next(epochs)]
    for grad, part in zip(source.gradients(), expected, strict=False):
        np.testing.assert_array_equal(grad(theta), part.grad(theta))


@given(problems(), seeds)
def test_a_batch_of_all_samples_is_the_full_gradient(problem, seed):
    start = np.zeros(problem.X.shape[1])
    full = descend(all_samples(problem), start, Momentum(0.01), 5)
    one_batch = descend(mini_batches(problem, len(problem), generator(seed)), start, Momentum(0.01), 5)
    np.testing.assert_allclose(one_batch.theta, full.theta, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(one_batch.loss, full.loss, rtol=1e-10)


def test_one_sample_is_a_batch_of_one():
    problem = model()
    one = descend(one_sample(problem, generator()), [0, 0, 0], GradientDescent(0.01), 30)
    same = descend(mini_batches(problem, 1, generator()), [0, 0, 0], GradientDescent(0.01), 30)
    np.testing.assert_array_equal(one.theta, same.theta)
    x, y = problem.X, problem.y
    first = next(iter(next(batches(12, 1, generator()))))[0]
    np.testing.assert_allclose(one.theta[1], 0.01 * y[first] * x[first])  # −α (0 − y) x


@pytest.mark.parametrize(("last", "steps"), [("smaller", 2), ("dropped", 1)])
def test_a_source_knows_its_steps_per_epoch(last, steps):
    assert mini_batches(model(), 7, generator(), last=last).steps_per_epoch == steps
    assert all_samples(model()).steps_per_epoch == Source(lambda: iter([])).steps_per_epoch == 1
    assert one_sample(model(), generator()).steps_per_epoch == 12
    assert stream([], lambda sample: sample).steps_per_epoch is None


def test_a_source_is_read_only_and_equal_to_itself_alone():
    source = all_samples(bowl())
    with pytest.raises(FrozenInstanceError):
        source.value = None
    assert source != Source(source.gradients, source.steps_per_epoch, source.value)


def test_the_loss_is_judged_on_all_samples():
    problem = model()
    path = descend(mini_batches(problem, 5, generator()), [0, 0, 0], GradientDescent(0.01), 4)
    np.testing.assert_allclose(path.loss, problem.value(path.theta.T), rtol=1e-12)


@given(seeds)
def test_the_same_seed_gives_the_same_path(seed):
    sources = [mini_batches(model(), 5, generator(s)) for s in (seed, seed, seed + 5000)]
    paths = [descend(source, [0, 0, 0], GradientDescent(0.1), 9) for source in sources]
    np.testing.assert_array_equal(paths[0].theta, paths[1].theta)
    assert not np.array_equal(paths[0].theta, paths[2].theta)


def test_the_whole_grid_sees_the_same_batches():
    path = descend(mini_batches(model(), 5, generator()), [0, 0, 0], GradientDescent(**grid(alpha=[0.1, 0.1])), 9)
    np.testing.assert_array_equal(path.theta[..., 0], path.theta[..., 1])


# ------------------------------------------------------------------ given gradients


def test_given_gradients_are_the_same_wherever_theta_is():
    starts = np.array([[0.0, 5.0], [1.0, -7.0]])  # two starts
    for series, steps in (([1.0, -2.0], [[1, -2], [1, -2]]), ([[1.0, 3.0], [-2.0, 4.0]], [[1, -2], [3, 4]])):
        path = descend(descent.given(series), starts, GradientDescent(1), 2)
        np.testing.assert_array_equal(-np.diff(path.theta, axis=0)[:, :, 1].T, steps)
        assert path.loss is None


def test_given_gradients_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"gradients must have the shape \(time,\) or \(time, dim\), got \(1, 2, 1\)"):
        descent.given([[[1], [2]]])
    with pytest.raises(ValueError, match=r"shape of theta, \(2,\), got \(3,\)"):
        descend(descent.given([[1, 2, 3]]), [0, 0], GradientDescent(), 1)


# ------------------------------------------------------------------ streams


def samples(count):
    rng = generator()
    return ((rng.normal(size=(1, 2)), rng.normal(size=1)) for _ in range(count))


def test_a_stream_is_walked_one_sample_a_step():
    path = descend(stream(samples(5), lambda s: LeastSquares(*s)), [0, 0], GradientDescent(0.1), 5)
    theta = np.zeros(2)
    for t, (x, y) in enumerate(samples(5), start=1):
        theta = theta - 0.1 * (x[0] @ theta - y[0]) * x[0]
        np.testing.assert_allclose(path.theta[t], theta, rtol=1e-12)
    assert path.loss is None


def test_a_stream_is_asked_for_no_more_samples_than_steps():
    left = samples(5)
    descend(stream(left, lambda s: LeastSquares(*s)), [0, 0], GradientDescent(0.1), 3)
    assert len([*left]) == 2


def test_a_stream_of_nothing_to_go_through_is_an_error():
    with pytest.raises(TypeError, match="samples must be something to go through, such as a list, got 3"):
        stream(3, lambda s: LeastSquares(*s))


def test_a_stream_that_runs_out_says_after_how_many_steps():
    with pytest.raises(ValueError, match="ran out after 5 steps, got 6"):
        descend(stream(samples(5), lambda s: LeastSquares(*s)), [0, 0], GradientDescent(0.1), 6)


# ------------------------------------------------------------------ errors


@pytest.mark.parametrize("wrong", [0, -1, 13, 2.0, "5", None])
@pytest.mark.parametrize("make", [mini_batches, lambda m, size, rng: next(batches(len(m), size, rng))])
def test_a_size_that_is_no_part_of_the_samples_is_an_error(make, wrong):
    with pytest.raises(ValueError, match=r"size must be a whole number in \[1, 12\], the number of samples, got"):
        make(model(), wrong, generator())


@pytest.mark.parametrize("wrong", ["always", True, None])
def test_a_wrong_word_for_shuffle_lists_the_right_ones(wrong):
    with pytest.raises(ValueError, match=f'shuffle must be "every epoch", "once" or "never", got {wrong!r}'):
        mini_batches(model(), 5, generator(), wrong)


@pytest.mark.parametrize("wrong", ["larger", False, None])
def test_a_wrong_word_for_last_lists_the_right_ones(wrong):
    with pytest.raises(ValueError, match=f'last must be "smaller" or "dropped", got {wrong!r}'):
        mini_batches(model(), 5, generator(), last=wrong)


@pytest.mark.parametrize("make", [one_sample, lambda m, rng: mini_batches(m, 5, rng, "once")])
@pytest.mark.parametrize("wrong", [None, 0, np.random])
def test_shuffling_without_a_generator_says_how_to_make_one(make, wrong):
    with pytest.raises(TypeError, match=r"rng must be a NumPy Generator, such as np.random.default_rng\(0\)"):
        make(model(), wrong)


# ------------------------------------------------------------------ noise and weight decay around a source


def gradients_at(source, theta, steps):
    """The gradients of a source's first steps, all taken at one θ."""
    theta = np.array(theta, dtype=float)
    return np.array([grad(theta) for grad, _ in zip(source.gradients(), range(steps), strict=False)])


def test_the_variance_of_the_noise_falls_with_the_step():
    # 4000 coordinates at once, where the gradient is zero
    source = with_noise(lambda theta: np.zeros_like(theta), eta=0.3, gamma=0.55, rng=np.random.default_rng(0))
    found = gradients_at(source, np.zeros(4000), 50).var(axis=1)
    np.testing.assert_allclose(found, 0.3 / np.arange(1, 51) ** 0.55, rtol=0.12)  # five standard errors


def test_the_noise_is_what_the_generator_draws():
    draws = np.random.default_rng(5)
    found = gradients_at(with_noise(bowl().grad, eta=0.3, gamma=1, rng=np.random.default_rng(5)), (0, 0), 3)
    np.testing.assert_allclose(found, [np.sqrt(0.3 / t) * draws.standard_normal(2) for t in (1, 2, 3)])


def test_noise_is_added_to_the_gradient_of_any_source_and_the_loss_is_without_it():
    model = LeastSquares(np.eye(4), np.ones(4))
    plain = mini_batches(model, 2, np.random.default_rng(1))
    noisy = with_noise(mini_batches(model, 2, np.random.default_rng(1)), 0, 1, np.random.default_rng(2))
    assert noisy.steps_per_epoch == plain.steps_per_epoch == 2
    np.testing.assert_array_equal(gradients_at(noisy, np.zeros(4), 6), gradients_at(plain, np.zeros(4), 6))
    assert noisy.value(np.zeros(4)) == model.value(np.zeros(4))


def test_a_whole_grid_meets_the_same_noise():
    def source():
        return with_noise(bowl(), 0.1, 0.5, np.random.default_rng(3))

    together = descend(source(), (1, 1), GradientDescent(**grid(alpha=[0.01, 0.05])), 20)
    for k, alpha in enumerate([0.01, 0.05]):
        alone = descend(source(), (1, 1), GradientDescent(alpha), 20)
        np.testing.assert_allclose(together.theta[..., k], alone.theta, rtol=1e-12)


def test_l2_adds_its_term_to_the_loss_and_its_gradient_to_the_gradient():
    source = with_l2(bowl(), 0.3)
    theta = np.array([[1.0, 3.0, 0.0], [-2.0, 4.0, 1.0]])  # three points
    np.testing.assert_allclose(source.value(theta), bowl().value(theta) + 0.15 * np.array([5, 25, 1]))
    np.testing.assert_allclose(gradients_at(source, theta, 1)[0], bowl().grad(theta) + 0.3 * theta)
    assert with_l2(bowl().grad, 0.3).value is None


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: with_noise(bowl(), -1, 1, np.random.default_rng(0)), ValueError, r"eta must be in \[0, ∞\), got -1"),
        (lambda: with_noise(bowl(), 1, np.nan, np.random.default_rng(0)), ValueError, "gamma must be in .* got nan"),
        (lambda: with_noise(bowl(), 1, 1, 0), TypeError, "rng must be a NumPy Generator, .* got 0"),
        (lambda: with_noise(3, 1, 1, np.random.default_rng(0)), TypeError, "objective must be a source"),
        (lambda: with_l2(bowl(), -0.1), ValueError, r"weight_decay must be in \[0, ∞\), got -0.1"),
    ],
)
def test_noise_and_decay_name_a_wrong_argument(make, error, message):
    with pytest.raises(error, match=message):
        make()
