"""Python's standard library for the browser, compiled beforehand.

Pyodide ships it as source; compiling it at every start is half of the start-up time. The bytecode
must be that of Pyodide's own Python, so Pyodide compiles it, in Node.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from serving.node import node
from serving.places import CACHE, SetupProblem

# Runs in Pyodide; the folders are mounted from this machine. zipimport takes bytecode beside the
# path of its source; "unchecked" keeps it from looking for that source.
_COMPILE = """
import importlib._bootstrap_external as external, importlib.util, zipfile
with zipfile.ZipFile("/from/python_stdlib.zip") as source, zipfile.ZipFile(
    "/to/python_stdlib.zip.part", "w", zipfile.ZIP_DEFLATED, compresslevel=9
) as target:
    for entry in source.infolist():
        data, name = source.read(entry), entry.filename
        if name.endswith(".py"):
            code = compile(data, "/lib/" + name, "exec", dont_inherit=True, optimize=2)
            hashed = importlib.util.source_hash(data)
            data = external._code_to_hash_pyc(code, hashed, checked=False)
            name += "c"
        target.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
"""
# For Node: start Pyodide, mount two folders, and run the code above.
_START = (
    "const {{loadPyodide}} = await import({module}); const py = await loadPyodide();"
    "for (const [name, root] of {folders}) {{ py.FS.mkdir(name);"
    " py.FS.mount(py.FS.filesystems.NODEFS, {{root}}, name); }} py.runPython({program});"
)


def compiled(pyodide: Path) -> Path:
    """The path of the compiled python_stdlib.zip; made once for each version of Pyodide.

    Args:
        pyodide: the folder of npm's package.

    Raises:
        SetupProblem: Pyodide could not compile it.
    """
    version = json.loads((pyodide / "package.json").read_text())["version"]
    folder = CACHE / f"pyodide-{version}"
    target = folder / "python_stdlib.zip"
    if target.exists():
        return target
    print("Compiling the standard library with Pyodide's own Python …", flush=True)
    folder.mkdir(parents=True, exist_ok=True)
    script = _START.format(
        module=json.dumps((pyodide / "pyodide.mjs").as_uri()),
        folders=json.dumps([["/from", str(pyodide)], ["/to", str(folder)]]),
        program=json.dumps(_COMPILE),
    )
    command = [node(), "--input-type=module", "-e", script]
    if subprocess.run(command, check=False, stdin=subprocess.DEVNULL).returncode:
        raise SetupProblem("Pyodide could not compile the standard library (its words are above).")
    (folder / "python_stdlib.zip.part").rename(target)
    return target
