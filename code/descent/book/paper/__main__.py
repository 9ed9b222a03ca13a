"""Prints the built book: `python -m descent.book.paper`. It needs Chromium, and the fonts of `make pdf`."""

import html
import io
import json
import re
import shutil
import subprocess
from importlib.metadata import version
from itertools import product
from pathlib import Path
from typing import Any

import matplotlib
import pikepdf
import yaml

from descent.book.node import NODE, PACKAGES
from descent.book.paper import PDF, ROOT
from descent.book.paper.manuscript import FORMULA, PAGES, Manuscript, manuscript
from descent.book.site import commit

HERE = Path(__file__).parent
SHEETS = (
    *(PAGES / "_static" / name for name in ("katex/katex.min.css", "pygments.css")),
    *(
        PACKAGES / "@fontsource" / "source-serif-4" / f"{face}.css"
        for face in ("400", "400-italic", "600", "600-italic")
    ),
    PACKAGES / "@fontsource-variable/noto-sans-sc/wght.css",
    HERE.parent / "static" / "house.css",
    HERE / "print.css",
)
# matplotlib brings them: code, the text of its figures, and signs that the serif lacks.
FACES = {
    "DejaVu Sans": ("DejaVuSans", "-Bold", "-Oblique", "-BoldOblique"),
    "DejaVu Sans Mono": ("DejaVuSansMono", "-Bold", "-Oblique", "-BoldOblique"),
    "STIXGeneral": ("STIXGeneral", "Bol", "Italic", "BolIta"),
}
PASSES = 5


def document(book: Manuscript) -> str:
    """The whole book as one HTML document, with {id} where the number of that element's page belongs."""
    config = settings()
    home = config["repository"]["url"]
    styles = [f'<link rel="stylesheet" href="{sheet.as_uri()}">' for sheet in SHEETS]
    template = (HERE / "print.html").read_text(encoding="utf-8")
    return template.format(
        title=html.escape(config["title"]),
        mark=(HERE.parent / "static" / "favicon.svg").read_text(encoding="utf-8"),
        author=html.escape(config["author"]),
        edition=html.escape(edition()),
        address=f'<p><a href="{home}">{home}</a></p>' if home else "",
        styles="\n".join([*styles, f"<style>{fonts()}{sheets(book.feet)}</style>"]),
        contents=book.contents,
        body=book.body,
    )


def settings() -> dict[str, Any]:
    """What _config.yml says."""
    return yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))


def edition() -> str:
    """The version of the book, and which state of its repository this is, where that is known."""
    state = commit(str(ROOT))
    where = f" Commit {state['number'][:7]} of {state['day']}{', changed since' * state['changed']}." if state else ""
    return f"Version {version('descent-book')}.{where}"


def fonts() -> str:
    """The fonts that matplotlib brings, as CSS."""
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return "".join(
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; font-style: {style};'
        f' src: url("{(folder / (name + face)).as_uri()}.ttf") }}\n'
        for family, (name, *faces) in FACES.items()
        for face, (style, weight) in zip(["", *faces], product(("normal", "italic"), (400, 700)), strict=True)
    )


def sheets(feet: dict[str, str]) -> str:
    """What stands at the foot of each kind of sheet, as CSS."""
    foot = "font: 8.6pt 'Source Serif 4'; color: #555; vertical-align: top; padding-top: 6mm"
    return "".join(
        f"@page {sheet} {{ @bottom-left {{ content: {json.dumps(text, ensure_ascii=False)}; {foot} }}"
        f" @bottom-right {{ content: counter(page); {foot} }} }}\n"
        for sheet, text in {"contents": "Contents", **feet}.items()
    )


def filled(document: str, pages: dict[str, int]) -> str:
    """The document with its page numbers; as long as none is known, each is three digits wide."""
    mark = r'(?<=<span class="page">)\{(.*?)\}'
    return re.sub(mark, lambda name: str(pages[html.unescape(name[1])] if pages else 100), document)


def print_to(pdf: Path, document: str) -> dict[str, int]:
    """Print the document with Chromium; returns on which page each linked element begins."""
    chromium = shutil.which("chromium")
    if not chromium:
        raise FileNotFoundError("printing needs Chromium: no `chromium` on the PATH")
    page = pdf.with_suffix(".html")
    page.write_text(document, encoding="utf-8")
    subprocess.run([NODE, HERE / "print.mjs", chromium, page, pdf], check=True)
    with pikepdf.open(pdf) as printed:
        numbers = {sheet.objgen: number for number, sheet in enumerate(printed.pages, start=1)}
        return {name[1:]: numbers[place[0].objgen] for name, place in printed.Root.Dests.as_dict().items()}


def finish(draft: Path, out: Path, book: Manuscript) -> None:
    """Give the print its bookmarks and its description, and take out of it what differs from print to print."""
    with pikepdf.open(io.BytesIO(_numbered(draft.read_bytes()))) as pdf:
        places = pdf.Root.Dests.as_dict()
        with pdf.open_outline() as outline:
            outline.root.clear()  # Chromium's has no parts, and says some titles twice
            above = [outline.root]
            for level, title, name in book.outline:
                item = pikepdf.OutlineItem(title, pikepdf.Array(places[f"/{name}"]))
                item.is_closed = level > 0
                above[level].append(item)
                above[level + 1 :] = [item.children]
        for tag in pdf.objects:
            if isinstance(tag, pikepdf.Dictionary) and str(tag.get("/Alt", "")).startswith(FORMULA):
                tag.S, tag.Alt = pikepdf.Name.Formula, str(tag.Alt).removeprefix(FORMULA)
        title, author = str(pdf.docinfo.Title), settings()["author"]
        for key in ("/CreationDate", "/ModDate", "/Creator"):
            del pdf.docinfo[key]
        pdf.docinfo["/Author"] = author
        with pdf.open_metadata(set_pikepdf_as_editor=False) as about:
            about["dc:title"], about["dc:creator"], about["dc:language"] = title, [author], ["en"]
            about["dc:rights"] = "CC BY 4.0; code BSD 3-Clause"
        pdf.Root.PageMode = pikepdf.Name.UseOutlines
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)


def _numbered(pdf: bytes) -> bytes:
    """The print with the heads of its tables numbered from 0: Chromium counts on from whatever it did before."""
    name = re.compile(rb"\(node(\d{8})\)")
    numbers = {old: new for new, old in enumerate(sorted(set(name.findall(pdf))))}
    return name.sub(lambda old: b"(node%08d)" % numbers[old[1]], pdf)


def main(out: Path = PDF) -> None:
    """Entry point: print until the numbers in the book are those of its pages."""
    book = manuscript()
    text, draft = document(book), out.with_name("draft.pdf")
    out.parent.mkdir(parents=True, exist_ok=True)
    pages: dict[str, int] = {}
    for _ in range(PASSES):
        before, pages = pages, print_to(draft, filled(text, pages))
        if pages == before:
            break
    else:
        raise RuntimeError(f"the page numbers still move after {PASSES} passes")
    finish(draft, out, book)


if __name__ == "__main__":
    main()
