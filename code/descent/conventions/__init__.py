"""The libraries' forms of the rules, for those whose path isn't the paper's.

``conventions.keras.Adam(…)`` is a rule like any other. A rule that a library has in the form of its paper has
no class here; its name stands in the library's ``SAME``.
"""

from types import ModuleType

from descent import rules
from descent.conventions import keras, optax, torch
from descent.rules.base import Rule

__all__ = ["LIBRARIES", "forms"]

#: The module of each library.
LIBRARIES: dict[str, ModuleType] = {"PyTorch": torch, "Keras": keras, "optax": optax}


def forms(rule: type[Rule]) -> dict[str, type[Rule]]:
    """A rule as its paper has it and as each library has it: ``{"the paper": Adam, "PyTorch": …, "Keras": …}``.

    ``rule`` is any of them. A library that keeps the paper's form has the paper's class; one that doesn't have the
    rule is left out, and a rule that isn't the book's has only itself.
    """
    if any(rule.__module__ == module.__name__ for module in LIBRARIES.values()):
        rule = getattr(rules, rule.__name__, rule)
    every = {"the paper": rule}
    if getattr(rules, rule.__name__, None) is not rule:
        return every
    for library, module in LIBRARIES.items():
        if hasattr(module, rule.__name__):
            every[library] = getattr(module, rule.__name__)
        elif rule.__name__ in module.SAME:
            every[library] = rule
    return every
