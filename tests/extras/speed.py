"""How fast the loop is against PyTorch and optax: `make speed` prints ratios from one run.

On f(x, y) = (1 − x)² + 100 (y − x²)², in float64 on both sides: a single walk of 300 steps, a grid of 100 × 100
hyperparameters × 300 steps, and the 200 × 200 map of a chapter.
"""

import os
import time
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import optax
import torch

from descent import Adam, Momentum, bowl, cosine, descend, grid, rosenbrock

jax.config.update("jax_enable_x64", True)
torch.set_default_dtype(torch.float64)

STEPS, START = 300, (-1.2, 1.0)
ALPHAS, BETAS = np.geomspace(1e-5, 1e-3, 100), np.linspace(0, 0.99, 100)


def seconds(work, times=9):
    """The least of several runs: what the machine does when nothing else disturbs it."""
    taken = []
    for _ in range(times):
        begin = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begin)
    return min(taken)


def f(p):
    """Rosenbrock's function, for torch and for JAX."""
    return (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2


def with_torch(make):
    """One walk of PyTorch: its own gradient, its own optimiser."""
    p = torch.tensor(START, requires_grad=True)
    optimiser = make([p])
    for _ in range(STEPS):
        optimiser.zero_grad()
        f(p).backward()
        optimiser.step()
    return p


def with_optax(make, keep):
    """A function of all α and β that walks a path for each pair: `vmap` makes the grid, `scan` the loop.

    It looks at the loss in every step, as our loop does; ``keep`` says what is left of it, as in `descend`.
    """

    def one(alpha, beta):
        optimiser = make(alpha, beta)

        def step(carried, _):
            p, state, highest = carried
            loss, g = jax.value_and_grad(f)(p)
            updates, state = optimiser.update(g, state, p)
            p = optax.apply_updates(p, updates)
            return (p, state, jnp.maximum(highest, loss)), ((p, loss) if keep == "all" else None)

        p = jnp.array(START)
        (end, _, highest), path = jax.lax.scan(step, (p, optimiser.init(p), 0.0), None, length=STEPS)
        return end, highest, path

    return jax.jit(jax.vmap(jax.vmap(one, (None, 0)), (0, None)))


def line(what, value, unit, aim=""):
    """One row of the report."""
    print(f"  {what:44s} {value:9.3g} {unit:3s} {aim}")


CASES = {
    "momentum": (
        lambda alpha, beta: Momentum(alpha, beta),
        ("alpha", "beta"),
        lambda alpha, beta: optax.sgd(alpha, beta),
        lambda p: torch.optim.SGD(p, lr=2e-4, momentum=0.9),
    ),
    "Adam": (
        lambda alpha, beta: Adam(alpha, beta),
        ("alpha", "beta1"),
        lambda alpha, beta: optax.adam(alpha, beta),
        lambda p: torch.optim.Adam(p, lr=2e-4),
    ),
}

if __name__ == "__main__":
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    for name, (ours, axes, theirs, of_torch) in CASES.items():
        walk = partial(descend, rosenbrock, START, ours(2e-4, 0.9), STEPS)
        single = seconds(walk)
        scheduled = seconds(partial(walk, schedule=cosine(2e-4, STEPS)))
        torch_single = seconds(partial(with_torch, of_torch))
        print(f"{name}, one walk of {STEPS} steps")
        line("a step", single / STEPS * 1e6, "µs")
        line("a step with a schedule", scheduled / STEPS * 1e6, "µs")
        line("a step of PyTorch", torch_single / STEPS * 1e6, "µs")
        line("times faster than PyTorch", torch_single / single, "×", "≥ 5")

        rule = ours(*grid(**dict(zip(axes, (ALPHAS, BETAS), strict=True))).values())
        print(f"{name}, {ALPHAS.size * BETAS.size} walks of {STEPS} steps, the loss looked at in each")
        for keep in ("all", "end"):
            whole = seconds(partial(descend, rosenbrock, START, rule, STEPS, keep=keep))
            compiled = with_optax(theirs, keep)
            begin = time.perf_counter()
            end, *_ = jax.block_until_ready(compiled(ALPHAS, BETAS))
            first = time.perf_counter() - begin
            again = seconds(lambda walk=compiled: jax.block_until_ready(walk(ALPHAS, BETAS)))
            line(f'ours, keep="{keep}"', whole, "s")
            line("optax, compiled", again, "s")
            line("    that / ours", again / whole, "×", "≥ 0.83")
            line("    counting its compilation", first / whole, "×", "≥ 5")
        line("PyTorch one by one / ours", ALPHAS.size * BETAS.size * torch_single / whole, "×")
        found = descend(rosenbrock, START, rule, STEPS, keep="end").theta[-1]
        np.testing.assert_allclose(np.moveaxis(found, 0, -1), end, rtol=1e-6, atol=1e-6)

    alphas, betas = np.linspace(0.005, 2.2, 200), np.linspace(0, 0.99, 200)
    phases = Momentum(**grid(alpha=alphas, beta=betas))
    print("a map of 200 × 200 settings, 100 steps each")
    line("ours", seconds(lambda: descend(bowl(10), (1, 1), phases, 100, keep="end")), "s", "≤ 1")
