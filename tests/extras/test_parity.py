"""The rules against PyTorch, optax and Keras, step by step.

Whole paths are chaotic: one unit in the last place at the start changes Adam's 500th point on Rosenbrock by
O(1). So every step of the library starts from the state recorded on our side and is fed the same gradient;
what is compared is the point and the memory it comes to. The first step starts from the library's own fresh
memory. Needs the libraries of the extra `full` and torch; a missing one is a failure, not a skip.
"""

import os

os.environ["KERAS_BACKEND"] = "jax"

import jax
import jax.numpy as jnp
import keras
import numpy as np
import optax
import pytest
import torch

from descent import DIVERGED, Adam, GradientDescent, Momentum, Nesterov, walk
from strategies import RULES, SURFACES, names

jax.config.update("jax_enable_x64", True)  # else JAX turns float64 into float32 without an error
keras.config.set_floatx("float64")  # else Keras stores the learning rate as float32

STEPS = 200
TOLERANCE = 1e-10


# Each library is a function of one step, (rule, point, memory, g, t) → (point, memory), with our memory on both
# sides. At t = 1 the memory is the library's own. `point` is what the library stores:
# - our θ, but for Nesterov all three store the look-ahead point p = θ − β v and take the gradient there.
# - torch and optax keep momentum as a plain sum of gradients, b ← β b + g, θ ← θ − α b; with a constant α that
#   is our velocity divided by α. Keras keeps the velocity itself, with the opposite sign.
# - torch and optax put ε where we do, √v̂ + ε. Keras has the ε̂ of the end of section 2 of the paper, added to
#   √v before the correction: α √(1 − β₂ᵗ)/(1 − β₁ᵗ) m / (√v + ε̂). The two agree for ε̂ = ε √(1 − β₂ᵗ), so ε̂ is
#   set anew for each step.


def torch_step(rule, point, memory, g, t):
    """One step of torch.optim."""
    p = torch.nn.Parameter(torch.tensor(point))
    p.grad = torch.tensor(g)
    if isinstance(rule, Adam):
        optimiser = torch.optim.Adam([p], rule.alpha, (rule.beta1, rule.beta2), rule.epsilon)
        if t > 1:
            m, v = map(torch.tensor, memory)
            optimiser.state[p] = {"step": torch.tensor(t - 1.0), "exp_avg": m, "exp_avg_sq": v}
        optimiser.step()
        return p.detach().numpy(), [optimiser.state[p][name].numpy() for name in ("exp_avg", "exp_avg_sq")]
    beta = getattr(rule, "beta", 0)
    optimiser = torch.optim.SGD([p], rule.alpha, momentum=beta, nesterov=isinstance(rule, Nesterov))
    if t > 1 and memory:
        optimiser.state[p] = {"momentum_buffer": torch.tensor(memory[0] / rule.alpha)}
    optimiser.step()
    return p.detach().numpy(), [rule.alpha * optimiser.state[p]["momentum_buffer"].numpy() for _ in memory]


@jax.jit
def optax_adam(setting, point, memory, g, t):
    """One step of optax.adam; t = 1 is its own first step."""
    optimiser = optax.adam(setting[0], b1=setting[1], b2=setting[2], eps=setting[3])
    fresh, *rest = optimiser.init(point)
    recorded = fresh._replace(count=t - 1, mu=memory[0], nu=memory[1])
    state = jax.tree.map(lambda own, ours: jnp.where(t == 1, own, ours), fresh, recorded)
    updates, (state, *_) = optimiser.update(g, (state, *rest))
    return optax.apply_updates(point, updates), [state.mu, state.nu]


def optax_sgd(nesterov):
    """One step of optax.sgd with momentum; t = 1 is its own first step."""

    @jax.jit
    def step(setting, point, memory, g, t):
        alpha, beta = setting
        optimiser = optax.sgd(alpha, momentum=beta, nesterov=nesterov)
        fresh, *rest = optimiser.init(point)
        state = fresh._replace(trace=jnp.where(t == 1, fresh.trace, memory[0] / alpha))
        updates, (state, *_) = optimiser.update(g, (state, *rest))
        return optax.apply_updates(point, updates), [alpha * state.trace]

    return step


@jax.jit
def optax_plain(setting, point, memory, g, t):
    """One step of optax.sgd without momentum."""
    optimiser = optax.sgd(setting[0])
    updates, _ = optimiser.update(g, optimiser.init(point))
    return optax.apply_updates(point, updates), []


OPTAX = {GradientDescent: optax_plain, Momentum: optax_sgd(False), Nesterov: optax_sgd(True), Adam: optax_adam}


def optax_step(rule, point, memory, g, t):
    """One step of optax."""
    setting = [getattr(rule, name) for name in rule.__dataclass_fields__]
    return OPTAX[type(rule)](setting, point, list(memory), g, t)


def keras_step(rule, point, memory, g, t):
    """One step of keras.optimizers."""
    p = keras.Variable(point, dtype="float64")
    if isinstance(rule, Adam):
        epsilon_hat = rule.epsilon * np.sqrt(1 - rule.beta2**t)
        optimiser = keras.optimizers.Adam(rule.alpha, rule.beta1, rule.beta2, epsilon_hat)
        optimiser.build([p])
        own, signs = [optimiser._momentums[0], optimiser._velocities[0]], [1, 1]
    else:
        beta = getattr(rule, "beta", 0.0)
        optimiser = keras.optimizers.SGD(rule.alpha, momentum=beta, nesterov=isinstance(rule, Nesterov))
        optimiser.build([p])
        own, signs = (optimiser.momentums[:1], [-1]) if memory else ([], [])
    if t > 1:
        optimiser.iterations.assign(t - 1)
        for variable, sign, value in zip(own, signs, memory, strict=True):
            variable.assign(sign * value)
    optimiser.apply([jnp.asarray(g)], [p])
    return np.asarray(p), [sign * np.asarray(variable) for sign, variable in zip(signs, own, strict=True)]


LIBRARIES = {"torch": torch_step, "optax": optax_step, "keras": keras_step}


def random_setting(rule, rng):
    """Hyperparameters with which `rule` stays finite on every surface of the book."""
    draws = {
        "alpha": 10 ** rng.uniform(-4, -1 if rule is Adam else -3.3),
        "beta": rng.uniform(0.1, 0.95),
        "beta1": rng.uniform(0, 0.99),
        "beta2": 1 - 10 ** rng.uniform(-4, -0.3),
        "epsilon": 10 ** rng.uniform(-8, -2),
    }
    return {name: float(draws[name]) for name in rule.__dataclass_fields__}


def assert_same_move(ours, theirs, before):
    """Equal to TOLERANCE relative to the distance moved, but for the rounding of the sum that makes the point."""
    theirs = np.asarray(theirs)
    assert theirs.dtype == np.float64
    rounding = 4 * np.finfo(float).eps * max(np.abs(before).max(), np.abs(ours).max())
    assert np.abs(theirs - ours).max() <= TOLERANCE * np.abs(ours - before).max() + rounding


@pytest.mark.parametrize("surface", SURFACES, ids=names(SURFACES))
@pytest.mark.parametrize("rule_type", RULES, ids=names(RULES))
@pytest.mark.parametrize("library", LIBRARIES)
def test_every_step_is_the_librarys(library, rule_type, surface):
    rng = np.random.default_rng([RULES.index(rule_type), SURFACES.index(surface)])
    rule = rule_type(**random_setting(rule_type, rng))
    start = np.asarray(surface.start) + rng.normal(scale=0.1, size=2)
    stored = rule.probe  # where the gradient is taken: what a library stores as the parameter
    previous = None
    for step in walk(surface, start, rule):
        if previous is not None:
            point, memory = stored(previous.theta, previous.state), previous.state
            g = surface.grad(point)
            their_point, their_memory = LIBRARIES[library](rule, point, memory, g, step.t)
            assert_same_move(stored(step.theta, step.state), their_point, point)
            for ours, theirs in zip(step.state, their_memory, strict=True):
                np.testing.assert_allclose(theirs, ours, rtol=TOLERANCE, atol=TOLERANCE * np.abs(ours).max())
        if step.t == STEPS:
            break
        previous = step
    assert surface.value(step.theta) < DIVERGED * max(1, surface.value(start)), "compared on a diverged walk"


def test_every_rule_of_the_book_is_compared():
    assert set(OPTAX) == set(RULES), "map the new rule's memory to the libraries above"
