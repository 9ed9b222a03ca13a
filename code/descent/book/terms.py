"""The index leads to the sections that teach a term, and not to the glossary alone."""

from docutils.nodes import definition_list_item
from sphinx.addnodes import index, pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment


def index_sections(app: Sphinx, env: BuildEnvironment) -> None:
    """Add to the index, for each link in a term's explanation, the section that it leads to."""
    labels, entries = env.domaindata["std"]["labels"], env.domaindata["index"]["entries"]
    for item in env.get_doctree("chapters/glossary").findall(definition_list_item):
        kind, term, *_ = next(iter(item.findall(index)))["entries"][0]
        for link in item.findall(pending_xref):
            page, anchor, _ = labels.get(link["reftarget"], ("", "", ""))
            entry = (kind, term, anchor, "", None)
            if page and entry not in entries[page]:
                entries[page].append(entry)


def connect(app: Sphinx) -> None:
    """Hook into the build."""
    app.connect("env-updated", index_sections)
