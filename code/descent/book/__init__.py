"""What turns the chapters into pages: a Sphinx extension, loaded in _config.yml.

The published book asks nothing from the network, and is complete when it is opened from the disk. Each module
named below is one concern, and hooks itself into the build; the others serve them, or are commands.
"""

from sphinx.application import Sphinx

from descent.book import formulas, house, lean, notebooks, pages, paper, reference, site, terms


def setup(app: Sphinx) -> dict[str, bool]:
    """Entry point of the extension."""
    for concern in (formulas, house, lean, notebooks, pages, paper, reference, site, terms):
        concern.connect(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
