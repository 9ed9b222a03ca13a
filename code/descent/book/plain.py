"""A chapter's text in plain Markdown, for places that know no MyST: Colab, VS Code, another's JupyterLab.

Boxes become bold titles and folds, references become what the page shows: names and years, numbers, titles.
"""

import re
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from sphinx.environment import BuildEnvironment

TITLE = MarkdownIt().use(dollarmath_plugin, renderer=lambda formula, _: f"${formula}$")


def plain(text: str, page: str, env: BuildEnvironment) -> str:
    """The Markdown `text` of a page without MyST's marks.

    Raises ValueError for a mark that has no plain form here, KeyError for a reference to nothing.
    """
    text = re.sub(r"^\([\w-]+\)=\n", "", text, flags=re.M)  # the name of a section
    text = re.sub(r"\$\$ \(([\w-]+)\)$", lambda m: rf"\tag{{{_equation(m[1], env)}}} $$", text, flags=re.M)
    text = _boxes(text)
    text = re.sub(r"\{([a-z:]+)\}`([^`]+)`", lambda m: _role(m[1], m[2], page, env), text)
    text = re.sub(r"\[([^]]*)\]\(#([\w-]+)\)", lambda m: _link(m[1], m[2], page, env), text)
    text = re.sub(r"\[([^]]*)\]\([\w-]+\.md(#[\w-]*)?\)", r"\1", text)  # no notebook, so it isn't beside this one
    return re.sub(r"\n{3,}", "\n\n", text)


def _boxes(text: str) -> str:
    """Quizzes, exercises, solutions and folds."""
    lines: list[str] = []
    ends: list[str] = []
    for line in text.split("\n"):
        if opening := re.fullmatch(r":{3,}\{([\w-]+)\} ?(.*)", line):
            start, end = _box(*opening.groups())
            lines.append(start)
            ends.append(end)
        elif re.fullmatch(":{3,}", line):
            lines.append(ends.pop())
        elif not re.fullmatch(":(class|label): .*", line):
            lines.append(line)
    return "\n".join(lines).rstrip("\n")


def _box(kind: str, title: str) -> tuple[str, str]:
    """How a box begins and how it ends."""
    if kind == "admonition":
        return f"**{title}**", ""
    if kind == "exercise":
        return f"**Exercise: {title}**", ""
    if kind == "dropdown":
        return f"<details>\n<summary>{TITLE.renderInline(title)}</summary>\n", "\n</details>\n"
    if kind == "solution":
        return "<details>\n<summary>Solution</summary>", "\n</details>\n"
    if kind == "floors":
        return "*In the book, the floors of the house are drawn here.*", ""
    raise ValueError(f"a box must be an admonition, a dropdown, an exercise, a solution or floors, got {kind!r}")


def _role(kind: str, target: str, page: str, env: BuildEnvironment) -> str:
    named = re.fullmatch(r"(.*) <([\w -]+)>", target, re.S)
    if kind == "term":
        return named[1] if named else target
    if kind == "py:obj":
        return f"`{target}`"
    if kind == "eq":
        return f"({_equation(target, env)})"
    if kind == "ref":
        label = named[2] if named else target
        title = named[1] if named else env.domaindata["std"]["labels"][label][2]
        return _link(title, label, page, env)
    if kind in ("cite:p", "cite:t"):
        form = "{} ({})" if kind == "cite:t" else "{}, {}"
        text = "; ".join(form.format(*_source(key.strip(), env)) for key in target.split(","))
        return text if kind == "cite:t" else f"({text})"
    raise ValueError(f"a role must be one of term, py:obj, eq, ref, cite:p and cite:t, got {kind!r}")


def _link(text: str, label: str, page: str, env: BuildEnvironment) -> str:
    """A link to another notebook, which lies beside this one. No place in this one has the same address everywhere."""
    target, _ = env.domaindata["std"]["anonlabels"][label]
    file = Path(env.doc2path(target))
    return text if target == page or file.suffix != ".ipynb" else f"[{text}]({file.name})"


def _equation(label: str, env: BuildEnvironment) -> str:
    """Its number on the page."""
    page, _ = env.domaindata["math"]["objects"][label]
    return ".".join(map(str, env.toc_fignumbers[page]["displaymath"][f"equation-{label}"]))


def _source(key: str, env: BuildEnvironment) -> tuple[str, str]:
    """Names and year of a source."""
    domain: Any = env.get_domain("cite")
    entry = domain.bibdata.data.entries[key]
    people = entry.persons.get("author") or entry.persons["editor"]
    names = [" ".join(str(name) for name in [*person.rich_prelast_names, *person.rich_last_names]) for person in people]
    if len(names) > 2:
        names = [f"{names[0]} et al."]
    return " and ".join(names), entry.fields["year"]
