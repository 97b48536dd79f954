"""Compiles Python for the browser. Runs in Pyodide, in Node: bytecode is that of one Python alone.

Bytecode has an "unchecked" hash, so that Python does not look for its source, and is without
docstrings and asserts (`optimize=2`). The page's own is without the annotations of functions, too.
"""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from importlib import _bootstrap_external as external
from pathlib import Path

# What runs before, or is imported by a name that cannot be read in a source.
_ROOTS = (
    "_pyodide._base",
    "_pyodide._core_docs",
    "_pyodide._future_helper",
    "_pyodide._importhook",
    "_pyodide.docs_argspec",
    "_pyodide.docstring",
    "_pyodide.jsbind",
    "concurrent.futures.thread",
    "encodings.aliases",
    "encodings.ascii",
    "encodings.cp437",
    "encodings.idna",
    "encodings.latin_1",
    "encodings.utf_8",
    "pyodide",
    "pyodide._core",
    "pyodide._package_loader",
    "pyodide._run_js",
    "pyodide.code",
    "pyodide.ffi",
    "pyodide.ffi.wrappers",
    "pyodide.webloop",
)
_BUILT_IN = ("importlib._bootstrap", "importlib._bootstrap_external")

_NEVER = re.compile(
    r"TYPE_CHECKING$|^__name__ == '__main__'$|^sys.platform == '(win32|ios|android)'$"
)

# What segno imports for two functions that escape text imports all of HTTP, to open the address of
# a document. That would be 70 kB of a first visit.
_SPARED = {
    "xml/sax/saxutils.py": (b"import os, urllib.parse, urllib.request", b"import os, urllib.parse")
}

Sources = Mapping[str, bytes]  # by the path in the archive


def standard_library(_: Path, standard: Path, target: Path) -> None:
    """Compile all of Pyodide's python_stdlib.zip."""
    _write(target, _sources(standard), zipfile.ZIP_DEFLATED)


def library(folder: Path, _: Path, target: Path) -> None:
    """Compile all below a folder."""
    _write(target, _below(folder), zipfile.ZIP_DEFLATED)


def page(folder: Path, standard: Path, target: Path) -> None:
    """Compile our own code below a folder, and what it needs of others', into one archive.

    It is not compressed: the server compresses it as a whole, which takes a quarter more off it
    than compressing each module, and Python reads it faster.

    Args:
        folder: `own/`, all of which is taken, and `others/`.
        standard: Pyodide's python_stdlib.zip.
        target: the archive.
    """
    own = _below(folder / "own")
    others = spared({**_sources(standard), **_below(folder / "others")})
    kept = needed(own, others)
    part = {path: source for path, source in others.items() if module(path) in kept}
    _write(target, {**part, **own}, zipfile.ZIP_STORED, unannotated=own.keys())


def spared(sources: Sources) -> Sources:
    """Those sources without the imports that nothing here needs.

    Raises:
        ValueError: a source has changed, and no longer has the import.
    """
    edited = dict(sources)
    for path, (before, after) in _SPARED.items():
        if edited[path].count(before) != 1:
            raise ValueError(f"Python has changed: {path} has no {before.decode()!r}")
        edited[path] = edited[path].replace(before, after)
    return edited


def needed(own: Sources, others: Sources) -> set[str]:
    """Those of the others' modules that ours can import, and what they need themselves.

    Of ours, every `import` counts, wherever it stands, and every codec that is named; of theirs,
    the imports that run when the module is imported: what stands inside a function there is for
    rare cases.
    """
    modules = {module(path): (path, source) for path, source in others.items()}
    waiting = set(_ROOTS)
    for path, source in own.items():
        waiting |= set(imported(source, module(path), package=is_package(path), everywhere=True))
        waiting |= set(codecs_named(source)) & modules.keys()
    kept: set[str] = set()
    while waiting:
        name = waiting.pop()
        kept.add(name)
        waiting |= {name.rpartition(".")[0]} - {"", *kept}
        if name in modules:
            path, source = modules[name]
            found = imported(source, name, package=is_package(path), everywhere=False)
            waiting |= set(found) - kept
    # Frozen modules are in the interpreter itself.
    return kept - {*sys.modules["_imp"]._frozen_module_names(), *_BUILT_IN}


def imported(source: bytes, name: str, *, package: bool, everywhere: bool) -> Iterator[str]:
    """The names that a module's source may import; some may be of no module (`from a import b`)."""
    for node in _statements(ast.parse(source).body, everywhere):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = name.split(".")
                parts = parts[: len(parts) - node.level + package]
                base = ".".join([*parts, *([base] if base else [])])
            yield base
            yield from (f"{base}.{each.name}" for each in node.names)


def codecs_named(source: bytes) -> Iterator[str]:
    """The modules of codecs of which a source has the name, as `decode` imports them by name; some
    may be of no codec.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 20:
            yield f"encodings.{node.value.lower().replace('-', '_')}"


def _statements(body: Iterable[ast.AST], everywhere: bool) -> Iterator[ast.AST]:
    for node in body:
        if isinstance(node, ast.ExceptHandler) and "ImportError" in ast.unparse(node.type or node):
            continue  # for a Python that lacks what this one has
        if isinstance(node, ast.If) and _NEVER.search(ast.unparse(node.test)):
            yield from _statements(node.orelse, everywhere)
        elif everywhere or not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node
            yield from _statements(ast.iter_child_nodes(node), everywhere)


def module(path: str) -> str:
    """The name of the module at a path in an archive."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def is_package(path: str) -> bool:
    """Whether the path is of a package's own module."""
    return path.endswith("__init__.py")


def compiled(path: str, source: bytes, *, annotated: bool = True) -> bytes:
    """The content of the module's .pyc.

    Args:
        annotated: functions have their annotations when it runs. Those of remote functions are
            read then, so only the page that serves none can be without: they take a tenth of the
            memory of what it imports.
    """
    tree = ast.parse(source)
    if not annotated:
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                node.returns = None
            elif isinstance(node, ast.arg):
                node.annotation = None
    code = compile(tree, path, "exec", dont_inherit=True, optimize=2)
    pyc: bytes = external._code_to_hash_pyc(  # type: ignore[attr-defined]
        code, importlib.util.source_hash(source), checked=False
    )
    return pyc


def _write(
    target: Path, sources: Sources, compression: int, unannotated: Collection[str] = ()
) -> None:
    with zipfile.ZipFile(target, "w", compression, compresslevel=9) as archive:
        for path, source in sorted(sources.items()):
            # zipimport takes bytecode beside the path of its source.
            entry = zipfile.ZipInfo(path + "c")
            code = compiled(path, source, annotated=path not in unannotated)
            archive.writestr(entry, code, compression)


def _sources(archive: Path) -> Sources:
    with zipfile.ZipFile(archive) as opened:
        return {name: opened.read(name) for name in opened.namelist() if name.endswith(".py")}


def _below(folder: Path) -> Sources:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.py")}
