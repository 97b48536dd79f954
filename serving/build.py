"""Builds `dist/`: the page with everything it needs, and no third party's host at run time."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from serving import node, stdlib
from serving.places import DIST, ROOT, SetupProblem

# What of each package the browser asks for, beside the hashed names of PyScript's own chunks.
_VENDORED = {
    "@knadh/oat": ["oat.min.css", "LICENSE"],
    "@micropython/micropython-webassembly-pyscript": ["micropython.mjs", "micropython.wasm"],
    "@pyscript/core": ["dist/*.js"],
    "peerjs": ["dist/peerjs.min.js", "LICENSE"],
    "pyodide": ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "pyodide-lock.json"],
}
_HEAVY = re.compile(r"codemirror|xterm|py-editor|py-game|py-terminal|service-worker|storage\.js")

_CDN_PACKAGE = re.compile(r"https://cdn\.jsdelivr\.net/npm/((?:@[\w.-]+/)?[\w.-]+)@[\w.-]+/")
_CDN_PYODIDE = re.compile(r"https://cdn\.jsdelivr\.net/pyodide/v[\d.]+/full/")
_CHECKS = re.compile(r'\s+(?:integrity|crossorigin)="[^"]*"')

# The one place where PyScript needs 'unsafe-eval': making worker hooks, which nothing here uses.
_EVAL = re.compile(
    r"return Function\(`return\(w,x\)=>\(\$\{\w+\}\)\(w,x,\.\.\.\[\$\{\w+\}\]\)`\)\(\)"
)
# The broker may be anywhere (settings), so connections go to any https host; all else is our own.
CSP = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' https: wss:; "
    "style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; manifest-src 'self'; "
    "base-uri 'none'; form-action 'none'"
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
    shutil.copy(stdlib.compiled(packages / "pyodide"), target / "vendor" / "pyodide")
    shutil.copytree(ROOT / "site", target / "site")
    for script in ("py/main.py", "py/ui/bridge/loading.py"):
        (target / script).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / script, target / script)
    _zip_python(target / "app.zip")
    loading = target / "site" / "loading.json"
    loading.write_text(_localised(loading.read_text(), up="../"))
    (target / "index.html").write_text(_page((ROOT / "index.html").read_text()))
    (target / "pyscript.toml").write_text(_config((ROOT / "pyscript.toml").read_text()))
    (target / ".nojekyll").touch()
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


def _without_eval(core: Path) -> int:
    text, count = _EVAL.subn("return void 0", core.read_text())
    core.write_text(text)
    return count


def _localised(text: str, up: str = "./") -> str:
    text = _CDN_PYODIDE.sub(f"{up}vendor/pyodide/", text)
    return _CDN_PACKAGE.sub(rf"{up}vendor/\1/", text)


def _page(html: str) -> str:
    policy = f'<meta http-equiv="Content-Security-Policy" content="{CSP}">'
    html = _CHECKS.sub("", _localised(html))
    return html.replace('<meta charset="utf-8">', f'<meta charset="utf-8">\n  {policy}', 1)


def _config(toml: str) -> str:
    """One archive instead of many files, and no packages to install: they are in the archive."""
    head = re.sub(r"^packages = .*\n", "", toml.partition("[files]")[0], flags=re.MULTILINE)
    return f'{_localised(head)}[files]\n"./app.zip" = "./*"\n'


def _zip_python(target: Path) -> None:
    segno = importlib.util.find_spec("segno")
    if segno is None or not segno.submodule_search_locations:
        raise SetupProblem("segno is missing in this environment: pip install segno")
    library = Path(segno.submodule_search_locations[0])
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for root in (ROOT / "py", library.parent):
            base = root if root.name == "py" else library
            for path in sorted(base.rglob("*.py")):
                archive.write(path, path.relative_to(root))


def _wheel(target: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(target), "."]
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        raise SetupProblem("The library's wheel could not be built (pip's words are above).")
