"""The libraries' forms of the rules, for those whose path isn't the paper's.

``conventions.keras.Adam(…)`` is a rule like any other. A library that keeps the form of the paper has no class
here; its name stands in ``SAME``.
"""

from types import ModuleType

from descent.conventions import keras, optax, torch
from descent.rules.base import Rule

LIBRARIES: dict[str, ModuleType] = {"PyTorch": torch, "Keras": keras, "optax": optax}


def forms(rule: type[Rule]) -> dict[str, type[Rule]]:
    """A rule as its paper has it and as each library has it: ``{"paper": Adam, "PyTorch": …, "Keras": …}``.

    A library that keeps the paper's form has the paper's class; one that doesn't have the rule is left out.
    """
    every = {"paper": rule}
    for library, module in LIBRARIES.items():
        if hasattr(module, rule.__name__):
            every[library] = getattr(module, rule.__name__)
        elif rule.__name__ in module.SAME:
            every[library] = rule
    return every
