"""Every rule of the book and the call of each library that does the same, side by side.

A library runs untouched, from its own fresh memory, and is fed the gradients that our walk met; so at every step
both stand in the same state, up to rounding. (Each with gradients of its own would be chaos: a start moved by one
unit in the last place changes Adam's 500th point on Rosenbrock by O(1).)
"""

import inspect
import os
from collections.abc import Callable, Mapping
from importlib.metadata import version
from types import MappingProxyType
from typing import Any, NamedTuple

os.environ["KERAS_BACKEND"] = "jax"

import jax
import jax.numpy as jnp
import keras
import numpy as np
import optax
import qhoptim.pyt
import torch
import torch_optimizer

import descent
from descent import Rule, Surface
from descent.conventions import forms
from descent.conventions import keras as of_keras
from descent.conventions import optax as of_optax
from descent.conventions import torch as of_torch
from feeding import met, random_rule
from strategies import RULES, SURFACES

jax.config.update("jax_enable_x64", True)  # else JAX turns float64 into float32 without an error
keras.config.set_floatx("float64")  # else Keras stores the learning rate as float32
torch.set_default_dtype(torch.float64)  # else NAdam keeps its product of μ as float32

VERSIONS = {
    "PyTorch": torch.__version__.partition("+")[0],
    "Keras": keras.__version__,
    "optax": optax.__version__,
    "qhoptim": version("qhoptim"),
    "torch-optimizer": version("torch-optimizer"),
}

HOMES = {
    "PyTorch": (torch.optim, "torch.optim"),
    "Keras": (keras.optimizers, "keras.optimizers"),
    "optax": (optax, "optax"),
    "qhoptim": (qhoptim.pyt, "qhoptim.pyt"),
    "torch-optimizer": (torch_optimizer, "torch_optimizer"),
}


class Case(NamedTuple):
    """A rule and what to call for it: ``arguments`` says which of our values each of theirs is."""

    library: str
    rule: type[Rule]
    call: Callable[..., Any]
    arguments: dict[str, Any]
    options: Mapping[str, Any] = MappingProxyType({})

    @property
    def name(self) -> str:
        """A readable test id."""
        return f"{self.library}-{self.rule.__name__}"

    def optimiser(self, rule: Rule, *parameters: Any) -> Any:
        """Theirs, with the values of ours."""
        values = {theirs: of(rule, ours) for theirs, ours in self.arguments.items()}
        return self.call(*parameters, **values, **self.options)

    @property
    def free(self) -> set[str]:
        """Our hyperparameters that they have an argument for; the others keep our default."""
        return {name for ours in self.arguments.values() for name in ((ours,) if isinstance(ours, str) else ours)}

    @property
    def defaults(self) -> dict[str, str]:
        """Their defaults, read from their own signature."""
        signature = inspect.signature(self.call).parameters
        given = {name: repr(signature[name].default) for name in self.arguments if name in signature}
        return {name: "required" if "empty" in value or "required" in value else value for name, value in given.items()}


def of(rule: Rule, ours: Any) -> Any:
    """One hyperparameter, or a tuple of them."""
    return tuple(getattr(rule, name) for name in ours) if isinstance(ours, tuple) else getattr(rule, ours)


def sgdw(learning_rate, momentum, weight_decay, eta):
    """keras.optimizers.SGD(weight_decay=λ/α)"""  # Keras multiplies its λ by its rate, which is η α
    return keras.optimizers.SGD(eta * learning_rate, momentum, weight_decay=weight_decay / learning_rate)


sgdw.__wrapped__ = keras.optimizers.SGD  # its signature has the defaults; η is ours


def averaged_momentum(learning_rate, decay):
    """optax.chain(optax.ema(debias=False), …)"""
    return optax.chain(optax.ema(decay, debias=False), optax.scale_by_learning_rate(learning_rate))


BETAS = ("beta1", "beta2")
BY_B1_B2 = {"learning_rate": "alpha", "b1": "beta1", "b2": "beta2", "eps": "epsilon"}
BY_BETAS = {"lr": "alpha", "betas": BETAS, "eps": "epsilon"}
BY_BETA_1 = {"learning_rate": "alpha", "beta_1": "beta1", "beta_2": "beta2", "epsilon": "epsilon"}
BY_DECAY = {"learning_rate": "alpha", "decay": "beta", "eps": "epsilon"}
BY_RHO = {"learning_rate": "alpha", "rho": "beta", "epsilon": "epsilon"}
LR_MOMENTUM = {"learning_rate": "alpha", "momentum": "beta"}

CASES = [
    Case("PyTorch", descent.GradientDescent, torch.optim.SGD, {"lr": "alpha"}),
    Case("PyTorch", of_torch.Momentum, torch.optim.SGD, {"lr": "alpha", "momentum": "beta", "dampening": "dampening"}),
    Case("PyTorch", of_torch.Nesterov, torch.optim.SGD, {"lr": "alpha", "momentum": "beta"}, {"nesterov": True}),
    Case("PyTorch", descent.AdaGrad, torch.optim.Adagrad, {"lr": "alpha", "eps": "epsilon"}),
    Case(
        "PyTorch",
        of_torch.RMSprop,
        torch.optim.RMSprop,
        {"lr": "alpha", "alpha": "beta", "eps": "epsilon", "momentum": "momentum"},
    ),
    Case(
        "PyTorch",
        of_torch.CenteredRMSprop,
        torch.optim.RMSprop,
        {"lr": "alpha", "alpha": "beta", "eps": "epsilon"},
        {"centered": True},
    ),
    Case("PyTorch", of_torch.Adadelta, torch.optim.Adadelta, {"lr": "alpha", "rho": "beta", "eps": "epsilon"}),
    Case("PyTorch", of_torch.Adam, torch.optim.Adam, BY_BETAS | {"weight_decay": "weight_decay"}),
    Case("PyTorch", of_torch.AdaMax, torch.optim.Adamax, BY_BETAS),
    Case("PyTorch", of_torch.Nadam, torch.optim.NAdam, BY_BETAS | {"momentum_decay": "psi"}),
    Case("PyTorch", of_torch.AMSGrad, torch.optim.Adam, BY_BETAS, {"amsgrad": True}),
    Case("PyTorch", of_torch.AdamW, torch.optim.AdamW, BY_BETAS | {"weight_decay": "weight_decay"}),
    Case("Keras", descent.GradientDescent, keras.optimizers.SGD, {"learning_rate": "alpha"}),
    Case("Keras", descent.Momentum, keras.optimizers.SGD, LR_MOMENTUM),
    Case("Keras", of_keras.Nesterov, keras.optimizers.SGD, LR_MOMENTUM, {"nesterov": True}),
    Case("Keras", descent.SGDW, sgdw, LR_MOMENTUM | {"weight_decay": "weight_decay", "eta": "eta"}),
    Case(
        "Keras",
        of_keras.AdaGrad,
        keras.optimizers.Adagrad,
        {"learning_rate": "alpha", "initial_accumulator_value": "initial", "epsilon": "epsilon"},
    ),
    Case("Keras", of_keras.RMSprop, keras.optimizers.RMSprop, BY_RHO | {"momentum": "momentum"}),
    Case("Keras", of_keras.CenteredRMSprop, keras.optimizers.RMSprop, BY_RHO, {"centered": True}),
    Case("Keras", of_keras.Adadelta, keras.optimizers.Adadelta, BY_RHO),
    Case("Keras", of_keras.Adam, keras.optimizers.Adam, BY_BETA_1),
    Case("Keras", of_keras.AdaMax, keras.optimizers.Adamax, BY_BETA_1),
    Case("Keras", of_keras.Nadam, keras.optimizers.Nadam, BY_BETA_1),
    Case("Keras", of_keras.AMSGrad, keras.optimizers.Adam, BY_BETA_1, {"amsgrad": True}),
    Case("Keras", of_keras.AdamW, keras.optimizers.AdamW, BY_BETA_1 | {"weight_decay": "weight_decay"}),
    Case("optax", descent.GradientDescent, optax.sgd, {"learning_rate": "alpha"}),
    Case("optax", of_optax.Momentum, optax.sgd, LR_MOMENTUM),
    Case("optax", descent.AveragedMomentum, averaged_momentum, {"learning_rate": "alpha", "decay": "beta"}),
    Case("optax", of_optax.Nesterov, optax.sgd, LR_MOMENTUM, {"nesterov": True}),
    Case(
        "optax",
        of_optax.AdaGrad,
        optax.adagrad,
        {"learning_rate": "alpha", "initial_accumulator_value": "initial", "eps": "epsilon"},
    ),
    Case("optax", of_optax.RMSprop, optax.rmsprop, BY_DECAY | {"momentum": "momentum"}),
    Case("optax", descent.RMSprop, optax.rmsprop, BY_DECAY, {"eps_in_sqrt": False}),
    Case("optax", of_optax.CenteredRMSprop, optax.rmsprop, BY_DECAY, {"centered": True}),
    Case("optax", of_optax.Adadelta, optax.adadelta, {"learning_rate": "alpha", "rho": "beta", "eps": "epsilon"}),
    Case("optax", descent.Adam, optax.adam, BY_B1_B2),
    Case("optax", of_optax.AdaMax, optax.adamax, BY_B1_B2),
    Case("optax", of_optax.Nadam, optax.nadam, BY_B1_B2),
    Case("optax", of_optax.AMSGrad, optax.amsgrad, BY_B1_B2),
    Case(
        "optax",
        descent.AMSGrad,
        optax.amsgrad,
        BY_B1_B2,
        {"bias_correction_mu": False, "bias_correction_nu": False},
    ),
    Case("optax", of_optax.AdamW, optax.adamw, BY_B1_B2 | {"weight_decay": "weight_decay"}),
    Case("qhoptim", descent.QHM, qhoptim.pyt.QHM, {"lr": "alpha", "momentum": "beta", "nu": "nu"}),
    Case("qhoptim", descent.QHAdam, qhoptim.pyt.QHAdam, BY_BETAS | {"nus": ("nu1", "nu2")}),
    Case("torch-optimizer", descent.AggMo, torch_optimizer.AggMo, {"lr": "alpha", "betas": "betas"}),
]


def walk_torch(case: Case, rule: Rule, start: np.ndarray, gradients: np.ndarray) -> np.ndarray:
    """θ before the first step and after each, of an optimiser of torch's kind."""
    p = torch.nn.Parameter(torch.tensor(start))
    optimiser, points = case.optimiser(rule, [p]), [start]
    for g in gradients:
        p.grad = torch.tensor(g)
        optimiser.step()
        points.append(p.detach().numpy().copy())
    return np.array(points)


def walk_keras(case: Case, rule: Rule, start: np.ndarray, gradients: np.ndarray) -> np.ndarray:
    """θ before the first step and after each, of keras.optimizers."""
    p = keras.Variable(start, dtype="float64")
    optimiser, points = case.optimiser(rule), [start]
    optimiser.build([p])
    for g in gradients:
        optimiser.apply([jnp.asarray(g)], [p])
        points.append(np.asarray(p))
    return np.array(points)


def walk_optax(case: Case, rule: Rule, start: np.ndarray, gradients: np.ndarray) -> np.ndarray:
    """θ before the first step and after each, of a gradient transformation of optax."""
    optimiser = case.optimiser(rule)

    def step(carried, g):
        p, state = carried
        updates, state = optimiser.update(g, state, p)
        p = optax.apply_updates(p, updates)
        return (p, state), p

    p = jnp.asarray(start)
    _, points = jax.lax.scan(step, (p, optimiser.init(p)), jnp.asarray(gradients))
    return np.concatenate([[start], np.asarray(points)])


def claimed():
    """Every (library, rule, form) that the book claims."""
    for rule in RULES:
        for library, form in forms(rule).items():
            if library != "the paper":
                yield library, rule, form


WALKS = {
    "PyTorch": walk_torch,
    "Keras": walk_keras,
    "optax": walk_optax,
    "qhoptim": walk_torch,
    "torch-optimizer": walk_torch,
}


def both_walks(case: Case, surface: Surface) -> tuple[np.ndarray, np.ndarray]:
    """Our walk from a random setting and start, and theirs, fed with the gradients that ours met."""
    rng = np.random.default_rng([CASES.index(case), SURFACES.index(surface)])
    rule = random_rule(case.rule, case.free, rng)
    ours, gradients = met(rule, surface, np.asarray(surface.start) + rng.normal(scale=0.1, size=2))
    return ours, library_walk(case, rule, ours[0], gradients)


def library_walk(case: Case, rule: Rule, start: np.ndarray, gradients: np.ndarray) -> np.ndarray:
    """θ before the first step and after each, shape ``(time, 2)``, of the library fed with these gradients."""
    return WALKS[case.library](case, rule, np.asarray(start, dtype=float), np.asarray(gradients))
