"""The reference in the back of the book: every public name, from its signature and its docstring.

The directive ``{room}`` lists what a module offers in its ``__all__``, in the order of its code. Sphinx's autodoc
reads it; what is done here makes docstrings that are written for the eye into a page: a rule's first lines give
way to the formulas that are derived from its code, and the code is folded away below.
"""

import inspect
import re
import textwrap
from importlib import import_module
from types import ModuleType
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.pycode import ModuleAnalyzer
from sphinx.util.docutils import SphinxDirective
from sphinx.util.inspect import stringify_signature

import descent
from descent.render import equations
from descent.rules import Rule
from descent.surfaces import Surface

# A line of a table of arguments, ``steps``  how many, with the lines that go on below it.
ARGUMENT = re.compile(r"^(``\S.*?``)  +(\S.*(?:\n +\S.*)*)", re.MULTILINE)


def public(module: ModuleType) -> dict[str, str]:
    """What a module offers and defines itself, in the order of its code: each name, and where a reader finds it.

    The book's names are all in `descent`; a library's form of a rule is in its module of `descent.conventions`.
    """
    code = analysed(module)
    offered = sorted(set(module.__all__) & set(code.tagorder), key=code.tagorder.__getitem__)
    in_book = {name: getattr(descent, name, None) is getattr(module, name) for name in offered}
    return {name: f"{'descent' if in_book[name] else module.__name__}.{name}" for name in offered}


def analysed(module: ModuleType) -> ModuleAnalyzer:
    """What Sphinx reads in a module's source: the order of its names, and the comments ``#:`` above them."""
    code = ModuleAnalyzer.for_module(module.__name__)
    code.analyze()
    return code


class Room(SphinxDirective):
    """What a module of the package says of itself, and all that it offers: ``{room} path``."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """The entries, made by autodoc."""
        module = import_module(f"descent.{self.arguments[0]}")
        comments = analysed(module).attr_docs
        lines = [f".. automodule:: {module.__name__}", "   :no-members:"]
        for name, address in public(module).items():
            thing = getattr(module, name)
            if ("", name) in comments:
                hide = [] if isinstance(thing, (float, tuple)) else ["   :no-value:"]
                comment = restructured("\n".join(comments["", name]))
                lines += ["", f".. autodata:: {address}", *hide, "", *textwrap.indent(comment, "   ").splitlines()]
            elif isinstance(thing, Surface):
                lines += ["", f".. autodata:: {address}", "   :no-value:"]
            else:
                lines += ["", f".. auto{'class' if isinstance(thing, type) else 'function'}:: {address}"]
        return self.parse_text_to_nodes("\n".join(["```{eval-rst}", *lines, "```"]))


def write_docstring(app: Sphinx, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    """A docstring as a page has it; of a number, its class' docstring tells nothing."""
    text = "\n".join(lines)
    if isinstance(thing, type) and issubclass(thing, Rule) and thing is not Rule:
        text = with_formulas(thing, text)
    elif isinstance(thing, Surface):
        text += f"\n\n{where(thing)}"
    elif what == "data":
        text = ""
    lines[:] = restructured(text).splitlines()


def restructured(text: str) -> str:
    """Our docstrings as reStructuredText: arguments in a list, `names` that are the package's as links."""
    text = text.replace("|", r"\|")  # the size of a number, not a substitution
    text = ARGUMENT.sub(lambda row: f"{row[1]}\n    {' '.join(row[2].split())}", text)
    return re.sub(r"(?<!`)`([\w.]+)`(?!`)", link, text)


def link(match: re.Match[str]) -> str:
    """A name that the package has becomes a link to it, any other code."""
    found: Any = descent
    for part in match[1].split("."):
        found = getattr(found, part, None)
    known = found is not None and not isinstance(found, ModuleType)
    return f":py:obj:`~descent.{match[1]}`" if known else f"``{match[1]}``"


def with_formulas(rule: type[Rule], text: str) -> str:
    """A rule's docstring, with its equation, all before the paragraph that explains a hyperparameter, from the code."""
    paragraphs = text.split("\n\n")
    first = next((number for number, paragraph in enumerate(paragraphs) if "``" in paragraph), 1)
    formulas = f".. math::\n\n    {equations(rule).latex}"
    own = [getattr(rule, name) for name in ("init", "probe", "update")]
    code = "\n".join(textwrap.dedent(inspect.getsource(method)) for method in own if method not in vars(Rule).values())
    fold = f".. dropdown:: Its code\n\n    .. code-block:: python\n\n{textwrap.indent(code, ' ' * 8)}"
    return "\n\n".join([formulas, *paragraphs[first:], fold])


def where(surface: Surface) -> str:
    """The numbers of a surface, as a sentence."""

    def point(*place: float) -> str:
        return f"({', '.join(f'{value:.4g}' for value in place)})".replace("-", "−")

    (left, right), (low, high) = surface.window
    minima = ", ".join(point(*minimum) for minimum in surface.minima)
    return (
        f"Lowest at {minima}; ``start`` is {point(*surface.start)}; ``window`` reaches from {point(left, low)} "
        f"to {point(right, high)}."
    )


def write_signature(
    app: Sphinx, what: str, name: str, thing: Any, options: Any, signature: str | None, result: str | None
) -> tuple[str | None, str | None]:
    """A signature without what tells nothing: the type Any, an exponent's zero, what a rule's base class takes."""
    if thing is Rule:
        return "", None
    if signature and signature.startswith("(*args"):  # traitlets' classes hide it
        own = inspect.signature(thing.__init__)
        _, *arguments = own.parameters.values()
        signature = stringify_signature(own.replace(parameters=arguments), unqualified_typehints=True)

    def short(text: str | None) -> str | None:
        if text:
            text = re.sub(r": (?:~typing\.)?Any = ", "=", text)
            text = re.sub(r": (?:~typing\.)?Any(?=[,)])", "", text)
            text = re.sub(r"e-0(\d)", r"e-\1", text)
        return text

    return short(signature), None if result in ("~typing.Any", "None") else short(result)


def use_autodoc(app: Sphinx, config: Config) -> None:
    """Set up autodoc: members in the order of the code, none without a docstring of its own."""
    config.autodoc_default_options = {"members": True, "member-order": "bysource"}
    config.autodoc_default_options["exclude-members"] = "State, t, theta, state"  # fields of a tuple, named above
    config.autodoc_inherit_docstrings = False
    config.autodoc_typehints_format = "short"
    config.autodoc_preserve_defaults = True
    config.python_use_unqualified_type_names = True
    config.add_module_names = False
    config.toc_object_entries_show_parents = "hide"
    config.nitpick_ignore_regex.append(("py:.*", r"(?!descent\.).*"))  # NumPy's types have no page here
    # Types that a reader meets and never writes.
    config.nitpick_ignore_regex.append(("py:class", r"descent\.(rules\.base\.R|rules\.grid\.Axis|lab\.scales\.Scale)"))


def connect(app: Sphinx) -> None:
    """Hook into the build."""
    app.setup_extension("sphinx.ext.autodoc")
    app.add_directive("room", Room)
    app.add_css_file("reference.css")
    app.connect("config-inited", use_autodoc)
    app.connect("autodoc-process-docstring", write_docstring)
    app.connect("autodoc-process-signature", write_signature)
