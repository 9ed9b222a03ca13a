"""The book as a site: what search engines, shared links and readers learn about a page, and where it comes from.

The repository's address stands in _config.yml and nowhere else. While it is empty, all that would need it is left
out; with it come canonical addresses, cards for shared links, the site map, and a link for feedback.
"""

import re
import subprocess
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError

from descent.book.publish import TAG

CARD = {"line_color": "#1f77d0", "image_mini": "chapters/images/mark.png"}
NOT_FOUND = """
<h1>No such page</h1>
<p>Nothing is at this address, or no longer. The contents are at the side; the search knows every page.</p>
"""


def pages_address(repository: str) -> str:
    """Where GitHub Pages shows the site of a repository: ``https://OWNER.github.io/NAME/``.

    Raises ConfigError for an address that isn't ``https://github.com/OWNER/NAME``.
    """
    parts = re.fullmatch(r"https://github\.com/([\w-]+)/([\w.-]+?)(\.git)?/?", repository)
    if not parts:
        raise ConfigError(
            f"repository: url must be https://github.com/OWNER/NAME, or html: baseurl be given too; got {repository!r}"
        )
    owner, name = parts[1].lower(), parts[2]
    return f"https://{owner}.github.io/" + ("" if name.lower() == f"{owner}.github.io" else f"{name}/")


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
        release = max(filter(TAG.fullmatch, git("tag", "--points-at", "HEAD").split()), default="")
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
    """Tell the theme and the extensions where the book lives, and which version it is."""
    options, repository = config.html_theme_options, config.html_theme_options.get("repository_url", "")
    config.ogp_site_name = config.html_title
    options["footer_content_items"] = ["author.html", "built-from.html"]
    options["secondary_sidebar_items"] = ["page-toc.html", "feedback.html"]
    config.notfound_context = {"title": "No such page", "body": NOT_FOUND}
    config.ogp_social_cards = {"enable": False}
    if repository:
        options["use_repository_button"] = True
        config.html_baseurl = config.html_baseurl or pages_address(repository)
        config.ogp_site_url = config.html_baseurl
        config.ogp_social_cards = CARD
        config.notfound_urls_prefix = urlsplit(config.html_baseurl).path
        config.sitemap_url_scheme = "{link}"
        config.sitemap_excludes = ["404.html", "search.html", "genindex.html"]


class Origin:
    """What each page says of its version: the commit it was built from, which is not looked up for each anew."""

    def __init__(self, folder: str):
        self.commit = commit(folder)

    def tell(self, app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
        """Give the templates what they say of it."""
        context["repository"] = app.config.html_theme_options.get("repository_url", "")
        context |= {"site": app.config.html_baseurl, "book_version": version("descent-book"), "commit": self.commit}


def leave_out_addresses(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """While the book has no address, its pages have none to share."""
    if not app.config.html_baseurl and "metatags" in context:
        context["metatags"] = re.sub(r'<meta property="og:url"[^>]*>\n?', "", context["metatags"])


def connect(app: Sphinx) -> None:
    """Hook into the build."""
    app.setup_extension("notfound.extension")
    app.setup_extension("sphinxext.opengraph")
    if app.config.html_theme_options.get("repository_url"):
        app.setup_extension("sphinx_sitemap")
    app.connect("config-inited", describe)
    app.connect("html-page-context", Origin(str(app.srcdir)).tell, priority=300)  # before those who ask it
    app.connect("html-page-context", start_with_the_problem, priority=400)  # before sphinxext.opengraph reads it
    app.connect("html-page-context", leave_out_addresses, priority=600)  # after sphinxext.opengraph has written it
