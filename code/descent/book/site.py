"""The book as a site: what search engines, shared links and readers learn about a page, and where it comes from.

The repository's address stands in _config.yml and nowhere else. While it is empty, all that would need it is left
out; with it come canonical addresses, cards for shared links, the site map, and a link for feedback.
"""

import re
import subprocess
from functools import cache
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError

from descent.book.publish import TAG, numbers

CARD = {"line_color": "#1f77d0", "image_mini": "chapters/images/mark.png"}
NOT_FOUND = """
<h1>No such page</h1>
<p>Nothing is at this address, or no longer. The contents are at the side; the search knows every page.</p>
"""


def repository(config: Config) -> str:
    """The repository's address in _config.yml; empty where none is named."""
    return config.html_theme_options.get("repository_url", "")


def on_github(address: str) -> str:
    """OWNER/NAME of a repository's address; empty where there is none, or where it is elsewhere."""
    found = re.fullmatch(r"https://github\.com/([\w-]+/[\w.-]+?)(\.git)?/?", address)
    return found[1] if found else ""


def pages_address(address: str) -> str:
    """Where GitHub Pages shows the site of a repository: ``https://OWNER.github.io/NAME/``.

    Raises ConfigError for an address that isn't ``https://github.com/OWNER/NAME``.
    """
    if not (place := on_github(address)):
        raise ConfigError(
            f"repository: url must be https://github.com/OWNER/NAME, or html: baseurl be given too; got {address!r}"
        )
    owner, name = place.split("/")
    host = f"{owner.lower()}.github.io"
    return f"https://{host}/" + ("" if name.lower() == host else f"{name}/")


def site_address(config: Config) -> str:
    """Where the book is published: ``html: baseurl``, else the pages of the repository, else nowhere."""
    if config.html_baseurl:
        return config.html_baseurl.rstrip("/") + "/"
    return pages_address(repository(config)) if repository(config) else ""


@cache
def commit(folder: str) -> dict[str, Any]:
    """The commit that the working tree in `folder` is at: number, day, release, and whether files differ from it.

    The release is a tag such as v1.2, or empty. Outside a repository there is nothing to tell.
    """

    def git(*arguments: str) -> str:
        return subprocess.run(
            ["git", *arguments], cwd=folder, capture_output=True, check=True, text=True
        ).stdout.strip()

    try:
        number, day = git("show", "--no-patch", "--format=%H %cs", "HEAD").split()
        release = max(filter(TAG.fullmatch, git("tag", "--points-at", "HEAD").split()), key=numbers, default="")
        changed = bool(git("status", "--porcelain", "--untracked-files=no"))
        return {"number": number, "day": day, "release": release, "changed": changed}
    except (OSError, subprocess.CalledProcessError):
        return {}


def start_with_the_problem(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Let the description of a chapter leave out its first paragraph, which says how many minutes it takes."""
    first = next(doctree.findall(nodes.paragraph), None) if doctree else None
    if first and re.match(r"\d+ minutes", first.astext()):
        first.parent.remove(first)


def describe(app: Sphinx, config: Config) -> None:
    """Tell the theme and the extensions where the book lives."""
    options = config.html_theme_options
    options["footer_content_items"] = ["author.html", "built-from.html"]
    options["secondary_sidebar_items"] = ["page-toc.html", "feedback.html"]
    options["use_repository_button"] = bool(repository(config))
    config.html_baseurl = config.ogp_site_url = site_address(config)
    config.ogp_site_name = config.html_title
    config.ogp_social_cards = CARD if config.html_baseurl else {"enable": False}
    config.notfound_context = {"title": "No such page", "body": NOT_FOUND}
    if config.html_baseurl:
        config.notfound_urls_prefix = urlsplit(config.html_baseurl).path
        config.sitemap_url_scheme = "{link}"
        config.sitemap_excludes = ["404.html", "search.html", "genindex.html", "py-modindex.html"]


def tell(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Give the templates what they say of the book's version, and where it leads on GitHub."""
    place = on_github(repository(app.config))
    context["github"] = place and f"https://github.com/{place}"
    context["site"], context["commit"] = app.config.html_baseurl, commit(str(app.srcdir))
    context["book_version"] = version("descent-book")


def leave_out_addresses(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """While the book has no address, its pages have none to share."""
    if not app.config.html_baseurl and "metatags" in context:
        context["metatags"] = re.sub(r'<meta property="og:url"[^>]*>\n?', "", context["metatags"])


def connect(app: Sphinx) -> None:
    """Hook into the build."""
    app.setup_extension("notfound.extension")
    app.setup_extension("sphinxext.opengraph")
    if site_address(app.config):
        app.setup_extension("sphinx_sitemap")
    app.connect("config-inited", describe)
    app.connect("html-page-context", tell, priority=300)  # before those who ask it
    app.connect("html-page-context", start_with_the_problem, priority=400)  # before sphinxext.opengraph reads it
    app.connect("html-page-context", leave_out_addresses, priority=600)  # after sphinxext.opengraph has written it
