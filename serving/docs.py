"""The docs site: the pages of `docs/` with a navigation, some of them to be edited and run.

Links stay as they are written for whoever reads the Markdown in the repository. On the site, one to
a page leads to the built page, one to what is published (`site/`) stays, and any other leads to the
repository, if it is known where that is.
"""

from __future__ import annotations

import html
import os
import posixpath
import re
import tomllib
from functools import cache, partial
from pathlib import Path

import jinja2
import markdown2  # type: ignore[import-untyped]

from serving import names
from serving.build import built_page
from serving.places import DIST, ROOT
from serving.reference import write_reference

# What stands in the navigation: a page of docs/, or an address on the site.
NAVIGATION = {
    "Learn": {
        "Tutorial": "tutorial",
        "Try it": "live",
        "Gallery": "site/examples/",
        "From PeerJS": "from-peerjs",
    },
    "How to": {
        "Files": "files",
        "Calls": "calls",
        "Slides": "slides",
        "Rooms": "rooms",
        "Remote functions": "remote",
        "Broker and TURN": "servers",
        "Testing": "testing",
    },
    "Look up": {
        "Reference": "reference/",
        "PeerJS, name by name": "peerjs",
        "What arrives": "values",
    },
    "Understand": {
        "Security": "security",
        "Performance": "performance",
        "Decisions": "decisions/index",
    },
}
LIVE = "live"  # its blocks of Python can be edited and run
EXAMPLE = ROOT / "site" / "examples" / "echo.html"  # has the tags that a page with Python needs

_EXTRAS = ["code-friendly", "cuddled-lists", "fenced-code-blocks", "header-ids", "tables"]
_TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
_LINK = re.compile(r'(?P<head><(?:a|img)[^>]*?(?:href|src)=")(?P<target>[^"]+)"')
_CONTENT = "<!-- content -->"
_HERE = '[page]\ndocs = "./docs/"\n'
_STATUS = """<p id="status" role="status">Python is loading.</p>
<noscript><p>This page runs Python in your browser, and that needs JavaScript to be switched on.</p>
</noscript>"""
_SECTION = re.compile(
    r"^## (?P<title>.+?)\n(?P<words>.*?)```python\n(?P<code>.*?)^```\n(?:\n```text\n.*?^```\n)?",
    re.DOTALL | re.MULTILINE,
)


def write_docs(target: Path) -> None:
    """Write the site into `target`, beside the page that `nox -s build` puts there."""
    write_pages(target)
    write_reference(target / "reference")


def write_pages(target: Path) -> None:
    """Write all of it but the reference."""
    named = names.given(target)

    def write(page: Path, text: str) -> None:
        page.write_text(_page(text, page.relative_to(target).as_posix(), named))

    for source in sources():
        page = target / "docs" / source.relative_to(ROOT / "docs").with_suffix(".html")
        page.parent.mkdir(parents=True, exist_ok=True)
        write(page, source.read_text())
    write(target / "docs" / "decisions" / "index.html", _list_of_decisions())
    _lead_here(target / "pyscript.toml")


def _lead_here(settings: Path) -> None:
    """Have the built page's settings lead to the site, unless they lead to another."""
    if settings.exists() and "page" not in tomllib.loads(settings.read_text()):
        with settings.open("a") as file:
            file.write(f"\n# Of `nox -s docs`, which has built the site beside the page.\n{_HERE}")


def sources() -> list[Path]:
    """The pages; package.md is the package index's."""
    return [path for path in sorted((ROOT / "docs").rglob("*.md")) if path.name != "package.md"]


def _list_of_decisions() -> str:
    lines = ["# Decisions", "", "Why things are as they are, a page each.", ""]
    for path in sorted((ROOT / "docs" / "decisions").glob("*.md")):
        title = path.read_text().partition("\n")[0].lstrip("# ")
        lines.append(f"- [{title}]({path.name})")
    return "\n".join(lines)


def _page(text: str, address: str, named: names.Names) -> str:
    """A page of the site, from its Markdown.

    Args:
        text: the Markdown.
        address: where it stands on the site.
        named: the site's folders whose names have changed.
    """
    live = address == f"docs/{LIVE}.html"
    title = re.sub(r"[`*]", "", text.partition("\n")[0].lstrip("# "))
    content = markdown2.markdown(_SECTION.sub(_editor, text) if live else text, extras=_EXTRAS)
    content = _LINK.sub(partial(_led, address), content)
    content = re.sub(
        r"<table>.*?</table>", r'<div class="wide">\g<0></div>', content, flags=re.DOTALL
    )
    up = "../" * address.count("/")
    scripts, python = _tags_of_python(up) if live else ("", "")
    if live:
        content = content.replace("</h1>", f"</h1>\n{_STATUS}", 1)
    whole = _template().render(
        title=title,
        up=up,
        here=address,
        navigation={
            group: {name: _address(page) for name, page in pages.items()}
            for group, pages in NAVIGATION.items()
        },
        content=_CONTENT,
        scripts=scripts,
        python=python,
    )
    page = names.put_in(built_page(whole, up=up), named)
    return page.replace(_CONTENT, content)  # what it shows stays as it is


@cache
def _template() -> jinja2.Template:
    folder = Path(__file__).parent / "docs_template"
    environment = jinja2.Environment(autoescape=False, keep_trailing_newline=True)
    return environment.from_string((folder / "page.html.jinja2").read_text())


def _address(page: str) -> str:
    return page if page.endswith("/") else f"docs/{page}.html"


def _led(address: str, link: re.Match[str]) -> str:
    """A link or picture of a page with that address, as it has to be on the site."""
    target = html.unescape(link["target"])
    if re.match(r"[a-z]+:|#", target):
        return link[0]
    place, _, anchor = target.partition("#")
    path = posixpath.normpath(posixpath.join(posixpath.dirname(address), place))
    if path.startswith("docs/") and path.endswith(".md"):
        place = f"{place.removesuffix('.md')}.html"
    elif not path.startswith(("docs/", "site/")):
        home = _repository()
        if not home:
            return "<a"  # words alone
        place = f"{home}/blob/HEAD/{path}"
    return f'{link["head"]}{place}{f"#{anchor}" if anchor else ""}"'


def _repository() -> str:
    """Where the repository is published, as GitHub's workflows say it (see hatch_build.py)."""
    name = os.environ.get("GITHUB_REPOSITORY")
    return f"{os.environ.get('GITHUB_SERVER_URL', 'https://github.com')}/{name}" if name else ""


def _editor(section: re.Match[str]) -> str:
    """A block of Python that can be edited and run; what it prints comes there, too."""
    rows = section["code"].count("\n")
    return f"""## {section["title"]}
{section["words"]}
<form class="editor" method="dialog" data-title="{section["title"]}"><textarea rows="{rows}" \
spellcheck="false" autocapitalize="off" aria-label="Python: {section["title"]}">
{html.escape(section["code"].rstrip()).replace(chr(10), "&#10;")}</textarea><div class="row">\
<button type="submit" disabled>Run</button> <button type="reset">Undo changes</button></div>\
<pre class="printed" role="log" aria-label="What it prints" hidden></pre></form>
"""


def _tags_of_python(up: str) -> tuple[str, str]:
    """What a page needs for Python, as the examples have it: in its head, and at its end."""
    example = EXAMPLE.read_text()
    head = "".join(re.findall(r"^ *<(?:link|script)[^>]*https://.*\n", example, re.MULTILINE))
    end = "".join(re.findall(r"^<(?:mpy-config|script).*\n", example, re.MULTILINE))
    return head, end.replace("./echo.py", "./live.py").replace("./", f"{up}site/examples/")


if __name__ == "__main__":
    write_docs(DIST)
