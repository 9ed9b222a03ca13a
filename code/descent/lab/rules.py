"""A rule as a lab's page needs to know it: functions, sliders, equations with room for this step's numbers."""

import ast
import inspect
import re
import textwrap
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from latex2mathml.converter import convert

from descent.conventions import forms
from descent.lab.objectives import source_of
from descent.lab.scales import Scale, scale_of
from descent.render import javascript
from descent.render.latex import ALIASES, Latex, read, results, symbol, wholes
from descent.rules import Rule
from descent.rules.base import values_of, with_values

NO_ROOM: dict[str, Any] = {
    "equations": [],
    "refs": [],
    "boxes": [],
    "values": 0,
    "why": "a line of it is no number per coordinate",
}


def name_of(kind: type[Rule]) -> str:
    """What a lab calls a rule: ``Adam``, and ``keras.Adam`` for a library's form."""
    package, _, library = kind.__module__.rpartition(".")
    return f"{library}.{kind.__name__}" if package == "descent.conventions" else kind.__name__


def in_form(form: type[Rule], rule: Rule) -> Rule:
    """A rule in the form of a library: hyperparameters that both have stay, the others are the library's."""
    own = values_of(form())
    return with_values(form(), {name: value for name, value in values_of(rule).items() if name in own})


def families(kinds: Sequence[type[Rule]]) -> list[dict[str, Any]]:
    """For each rule the ``forms`` it can be switched to, who has them and their number here, and its ``code``."""
    every = []
    for kind in kinds:
        owners: dict[int, list[str]] = {}
        for owner, form in forms(kind).items():
            owners.setdefault(kinds.index(form), []).append(owner)
        code = textwrap.dedent(inspect.getsource(kind.update)) if len(owners) > 1 else ""
        every.append({"forms": [(", ".join(names), number) for number, names in owners.items()], "code": code})
    return every


def specification(rule: Rule, dims: set[int], scales: Mapping[str, Scale]) -> dict[str, Any]:
    """The part of a lab's specification that describes one rule, with its values as the starting ones.

    It has one program for each number of parameters in `dims`.
    """
    kind = type(rule)
    programs = {dim: javascript(rule, dim) for dim in sorted(dims)}
    call = f"conventions.{name_of(kind)}" if "." in name_of(kind) else name_of(kind)
    return {
        "name": name_of(kind),
        "title": kind.title or kind.__name__,
        "sliders": [
            {
                "name": name,
                "label": plain(name),
                "value": value,
                **scales.get(name, scale_of(name, value)).specification(),
            }
            for name, value in values_of(rule).items()
        ],
        "programs": programs,
        **(equations_with_room(kind) if all("lines" in program for program in programs.values()) else NO_ROOM),
        "python": source_of(kind, call),
    }


def equations_with_room(rule: type[Rule]) -> dict[str, Any]:
    """The lines of a rule in MathML, with ``@k@`` where the number ``refs[k]`` goes; nothing if it has none.

    A ref is a list of what it is and which: ``["x"]``, ``["g"]``, ``["t"]``, ``["h", name]``, ``["s", name]``
    or ``["line", number]``, the number of one of the ``values`` that the program's ``lines`` writes. ``ahead``
    is the point at which the gradient is taken, where that isn't θ. ``boxes`` names the memory whose root is
    taken: the page draws it as a box.
    """
    try:
        look_ahead, code = read(rule.probe), read(rule.update)
        lines = [*code.lines, *results(rule, code)]
    except TypeError as error:
        return {**NO_ROOM, "why": str(error)}
    refs: list[list[Any]] = []
    given: dict[str, int] = {}
    norms = [id(norm) for _, value in lines for norm in wholes(value)]

    def blank(ref: list[Any]) -> str:
        if ref not in refs:
            refs.append(ref)
        return rf"\text{{@{refs.index(ref)}@}}"

    def room(node: ast.expr, name: str) -> str:
        match node:
            case ast.Attribute(ast.Name("self")):
                return blank(["h", name])
            case ast.Attribute(ast.Name("state")):
                return blank(["s", name])
            case _ if name in given:
                return blank(["line", given[name]])
            case _ if name in ("theta", "g", "t"):
                return blank(["x" if name == "theta" else name])
            case _:
                return symbol(name)  # a constant of the reader's own

    words = Latex()
    write = Latex(room, norm=lambda call: blank(["line", len(lines) + norms.index(id(call))]))
    try:
        here = words(look_ahead.returned)
        plain_probe = bool(look_ahead.lines) or here == words(ast.Name("theta"))
        ahead = None if plain_probe else [mathml(here), mathml(write(look_ahead.returned))]
        equations = []
        for number, (name, value) in enumerate(lines):
            equations.append((symbol(name), write(value), words(value)))
            given[name] = number
    except TypeError as error:
        return {**NO_ROOM, "why": str(error)}
    return {
        "equations": [[mathml(left), mathml(right), mathml(in_words)] for left, right, in_words in equations],
        "gradient": mathml(rf"g \leftarrow \nabla f({here})"),
        "ahead": ahead,
        "refs": refs,
        "values": len(lines) + len(norms),
        "boxes": [name for name in given if any(_is_root_of(node, name) for _, node in lines)],
    }


def _is_root_of(node: ast.expr, name: str) -> bool:
    return any(ast.unparse(part) == f"np.sqrt({name})" for part in ast.walk(node))


def mathml(latex: str) -> str:
    """The inside of a <math> element."""
    inside = re.search(r"<math[^>]*>(.*)</math>", convert(latex), re.S)
    assert inside is not None
    return inside[1]


def plain(name: str) -> str:
    """The name of a hyperparameter as text: alpha is α, beta1 is β₁, betas[0] too; others are themselves."""
    if row := re.fullmatch(r"(\w+)s\[(\d+)\]", name):
        name = f"{row[1]}{int(row[2]) + 1}"
    name = ALIASES.get(name, name)
    letters = name.rstrip("0123456789")
    digits = name[len(letters) :].translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))
    try:
        letter = unicodedata.lookup(f"GREEK SMALL LETTER {letters.upper().replace('LAMBDA', 'LAMDA')}")
    except KeyError:
        letter = letters
    return letter + digits
