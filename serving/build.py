"""Builds `dist/`: the page with everything it needs, and no third party's host at run time."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

from serving import brotli, catalogues, names, node, offline, sheets, start
from serving.archives import archives
from serving.places import DIST, ROOT, SetupProblem

# What of each package the browser asks for, beside the hashed names of PyScript's own chunks.
_VENDORED = {
    "@knadh/oat": ["oat.min.css", "LICENSE"],
    "@pyscript/core": ["dist/*.js"],
    "@tabler/icons": ["LICENSE"],  # its icons are in a style sheet (_with_icons)
    "katex": ["dist/katex.min.css", "dist/katex.min.js", "LICENSE"],
    "pdfjs-dist": [
        "legacy/build/pdf.min.mjs",
        "legacy/build/pdf.worker.min.mjs",
        "cmaps/*.bcmap",
        "standard_fonts/*",
        "wasm/jbig2*",
        "wasm/openjpeg*",
        "wasm/qcms*",
        "LICENSE",
    ],
    "peerjs": ["dist/peerjs.min.js", "LICENSE"],
    "pyodide": ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "pyodide-lock.json"],
    "reveal.js": [
        "dist/reveal.css",
        "dist/reveal.js",
        "dist/plugin/markdown.js",
        "dist/plugin/highlight.js",
        "LICENSE",
    ],
}
# What a first visit mostly consists of, and how hard to try: the last changes with our own code.
_COMPRESSED = {"pyodide.asm.wasm": 11, "pyodide.asm.mjs": 11, "python.zip": 9}
_HEAVY = re.compile(r"codemirror|xterm|py-editor|py-game|py-terminal|service-worker|storage\.js")

_CDN_PACKAGE = re.compile(r"https://cdn\.jsdelivr\.net/npm/((?:@[\w.-]+/)?[\w.-]+)@[\w.-]+/")
_CDN_PYODIDE = re.compile(r"https://cdn\.jsdelivr\.net/pyodide/v[\d.]+/full/")
_CHECKS = re.compile(r'\s+(?:integrity|crossorigin)="[^"]*"')
# The tags of PyScript and of what start.mjs loads itself, each on a line of its own.
_PYSCRIPT = re.compile(
    r'^ *<(?:script|link)[^>]*(?:@pyscript/core|pyodide\.mjs|peerjs\.min|type="py")[^>]*>'
    r"(?:</script>)?\n",
    re.MULTILINE,
)
_INLINE_SCRIPT = re.compile(r'<script(?: type="module")?>(.*?)</script>', re.DOTALL)

# The one place where PyScript needs 'unsafe-eval': making worker hooks, which nothing here uses.
_EVAL = re.compile(
    r"return Function\(`return\(w,x\)=>\(\$\{\w+\}\)\(w,x,\.\.\.\[\$\{\w+\}\]\)`\)\(\)"
)
# Pyodide would run Python on a stack of its own (JSPI) so that it can be suspended. Nothing here
# needs that, and Chromium 156 reads past such a stack when it collects garbage (decision 13).
_STACK_SWITCHING = '"Suspending"in WebAssembly'
# A font of KaTeX, with the older formats that follow it.
_FONT = re.compile(r'src:url\((fonts/[\w-]+\.woff2)\) format\("woff2"\)[^;}]*')
# An icon, as the un-built page's style sheet has it.
_ICON = re.compile(r"https://cdn\.jsdelivr\.net/npm/(@tabler/icons)@[\d.]+/([\w/-]+\.svg)")
# The broker may be anywhere (settings), so connections go to any https host; all else is our own.
CSP = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' https: wss:; "
    "style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; manifest-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)
# The page with decks allows what they show, too (decision 12): their own styles, and pictures,
# films and fonts from elsewhere. Not one script more than above.
DECKS_CSP = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' https: wss:; "
    "style-src 'self' 'unsafe-inline' https:; img-src 'self' data: blob: https:; "
    "media-src 'self' data: blob: https:; font-src 'self' data: https:; frame-src 'self' https:; "
    "worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'"
)


def build(target: Path = DIST, *, wheel: bool = True) -> Path:
    """Build the page into `target`, from nothing.

    Args:
        target: a folder of our own; it is emptied first.
        wheel: put the library's wheel beside the page.

    Raises:
        SetupProblem: something that the build needs is missing.
    """
    packages = node.packages()
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    _vendor(packages, target / "vendor")
    made = archives(packages / "pyodide")
    shutil.copy(made.standard_library, target / "vendor" / "pyodide" / "python_stdlib.zip")
    shutil.copy(made.library, target / "library.zip")
    shutil.copytree(ROOT / "site", target / "site")
    _with_icons(target / "site" / "css" / "icons.css", packages)
    catalogues.write(target)
    (target / "page").mkdir()
    page = sheets.join(_main_page((ROOT / "index.html").read_text()), target)
    folders = [*(f"vendor/{each}" for each in _VENDORED), "site/css", "site/locale"]
    named = names.rename(target, folders)
    with zipfile.ZipFile(packages / "pyodide" / "python_stdlib.zip") as standard:
        standard.extract(start.GETTEXT, target / "page")
    shutil.copy(made.page, target / start.PYTHON)
    start.write(target, named)
    named = {**named, **names.rename(target, ["page"])}
    for name, quality in _COMPRESSED.items():
        for path in target.rglob(name):
            brotli.compress(path, quality)
    (target / "index.html").write_text(names.put_in(page, named))
    (target / "pyscript.toml").write_text(_config((ROOT / "pyscript.toml").read_text()))
    _examples(target, named)
    (target / ".nojekyll").touch()
    offline.write(target)
    if wheel:
        _wheel(target)
    return target


def _vendor(packages: Path, target: Path) -> None:
    for package, patterns in _VENDORED.items():
        for pattern in patterns:
            found = [path for path in packages.glob(f"{package}/{pattern}") if path.is_file()]
            if not found:
                raise SetupProblem(f"{package} has no {pattern}: was its version changed?")
            for path in found:
                if not _HEAVY.search(path.name):
                    copy = target / path.relative_to(packages)
                    copy.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(path, copy)
    cores = list(target.glob("@pyscript/core/dist/core-*.js"))
    patched = sum(_without_eval(path) for path in cores)
    if patched != 1:
        raise SetupProblem("PyScript's core has changed: its use of Function() was not found once.")
    _without_stack_switching(target / "pyodide" / "pyodide.asm.mjs")
    _with_fonts(target / "katex" / "dist" / "katex.min.css", packages / "katex" / "dist")


def _without_eval(core: Path) -> int:
    text, count = _EVAL.subn("return void 0", core.read_text())
    core.write_text(text)
    return count


def _without_stack_switching(module: Path) -> None:
    text = module.read_text()
    if text.count(_STACK_SWITCHING) != 1:
        raise SetupProblem("Pyodide has changed: its look for stack switching was not found once.")
    module.write_text(text.replace(_STACK_SWITCHING, "false"))


def _with_fonts(styles: Path, folder: Path) -> None:
    """Put the fonts into the style sheet: a deck's frame has no origin, and gets none by address
    from a host that says nothing of CORS.
    """

    def put(found: re.Match[str]) -> str:
        font = base64.b64encode((folder / found[1]).read_bytes()).decode()
        return f'src:url(data:font/woff2;base64,{font}) format("woff2")'

    text, count = _FONT.subn(put, styles.read_text())
    if not count or "url(fonts" in text:
        raise SetupProblem("KaTeX has changed: its fonts were not all found in its style sheet.")
    styles.write_text(text)


def _with_icons(styles: Path, packages: Path) -> None:
    """Put the icons that a style sheet names into it: those of the package that are used."""

    def put(found: re.Match[str]) -> str:
        icon = packages / found[1] / found[2]
        if not icon.is_file():
            raise SetupProblem(f"{found[1]} has no {found[2]}: was its version changed?")
        return f"data:image/svg+xml,{quote(' '.join(icon.read_text().split()), safe=' =:/')}"

    styles.write_text(_ICON.sub(put, styles.read_text()))


def _localised(text: str, up: str = "./") -> str:
    text = _CDN_PYODIDE.sub(f"{up}vendor/pyodide/", text)
    return _CDN_PACKAGE.sub(rf"{up}vendor/\1/", text)


def built_page(html: str, up: str = "./", csp: str = CSP) -> str:
    inline = "".join(f" '{_hash(script)}'" for script in _INLINE_SCRIPT.findall(html))
    content = csp.replace("script-src 'self'", f"script-src 'self'{inline}")
    policy = f'<meta http-equiv="Content-Security-Policy" content="{content}">'
    html = _CHECKS.sub("", _localised(html, up))
    return html.replace('<meta charset="utf-8">', f'<meta charset="utf-8">\n  {policy}', 1)


def _hash(script: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _main_page(html: str) -> str:
    """The page with one script of its own instead of PyScript's (decision 20)."""
    html = built_page(_PYSCRIPT.sub("", html), csp=DECKS_CSP)
    early = (f"{start.PYODIDE}/pyodide.mjs", f"{start.PYODIDE}/pyodide.asm.mjs", start.PEERJS)
    tags = [  # what the script looks for comes before it
        catalogues.PSEUDO_LINK,
        f'<meta name="service-worker" content="./{offline.NAME}">',
        f'<script type="module" async src="./{start.NAME}"></script>',
        *(f'<link rel="modulepreload" href="./{path}">' for path in early),
    ]
    return html.replace("</head>", "".join(f"  {tag}\n" for tag in tags) + "</head>", 1)


def _config(toml: str) -> str:
    """What a fork edits: the rest is for PyScript."""
    return "[peerscript]" + toml.partition("[peerscript]")[2].partition("# Every Python file")[0]


def _examples(target: Path, named: names.Names) -> None:
    """The root's broker for the examples, too."""
    settings = (ROOT / "pyscript.toml").read_text()
    folder = target / "site" / "examples"
    config = folder / "pyscript.toml"
    config.write_text(names.put_in(_example_config(config.read_text(), settings), named))
    table = tomllib.loads(settings)["peerscript"]
    (folder / "broker.json").write_text(json.dumps(_peerjs_options(table), indent=2))
    for page in folder.glob("*.html"):
        page.write_text(names.put_in(built_page(page.read_text(), up="../../"), named))


def _example_config(toml: str, settings: str) -> str:
    table = settings.partition("[peerscript]")[2].partition("[files]")[0]
    head = _localised(toml.partition("[peerscript]")[0], up="../../")
    return f'{head}[peerscript]{table}[files]\n"../../library.zip" = "./*"\n'


def _peerjs_options(table: dict[str, Any]) -> dict[str, Any]:
    """The broker and the ICE servers of a `[peerscript]` table, as PeerJS calls them."""
    names = ("host", "port", "path", "key", "secure")
    options = {name: table[name] for name in names if name in table}
    names_in_config = {"ice_servers": "iceServers", "ice_transport_policy": "iceTransportPolicy"}
    config = {theirs: table[ours] for ours, theirs in names_in_config.items() if ours in table}
    if config:
        options["config"] = config
    return options


def _wheel(target: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(target), "."]
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        raise SetupProblem("The library's wheel could not be built (pip's words are above).")
