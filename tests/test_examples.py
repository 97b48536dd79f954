"""The example pages load the library, all of it and nothing else, from what the app uses too."""

from __future__ import annotations

import ast
import json
import re
import sys
import tomllib
from pathlib import Path

import pytest

from serving.build import CSP, _example_config, _hash, _peerjs_options, built_page
from serving.front import Front
from serving.places import ROOT

EXAMPLES = ROOT / "site" / "examples"
SETTINGS = (ROOT / "pyscript.toml").read_text()
CONFIG = (EXAMPLES / "pyscript.toml").read_text()
NAMES = (
    *("echo", "chat", "plot", "quiz", "whiteboard"),
    *("remote", "dropbox", "call", "picture", "sensors", "game", "deck", "peerjs"),
)
PAGES = ("index", *NAMES, "javascript")


def page(name: str) -> str:
    return (EXAMPLES / f"{name}.html").read_text()


def test_the_examples_load_exactly_the_library() -> None:
    files = sorted((ROOT / "py" / "peerscript").rglob("*.py"))
    names = [path.relative_to(ROOT / "py") for path in files if "testing" not in path.parts]
    listed = tomllib.loads(CONFIG)["files"]
    assert listed == {f"../../py/{name}": f"./{name}" for name in names}


def test_the_examples_run_the_same_python_with_the_same_broker() -> None:
    ours, root = tomllib.loads(CONFIG), tomllib.loads(SETTINGS)
    assert ours["interpreter"] == root["interpreter"]
    assert ours["plugins"] == root["plugins"]
    options = json.loads((EXAMPLES / "broker.json").read_text())
    assert options == _peerjs_options(ours["peerscript"])


@pytest.mark.parametrize("name", PAGES)
def test_parts_from_the_cdn_are_those_of_the_app(name: str) -> None:
    tags = re.findall(r"<(?:script|link)[^>]*https://[^>]*>", page(name))
    assert set(tags) <= set(
        re.findall(r"<(?:script|link)[^>]*>", (ROOT / "index.html").read_text())
    )
    assert tags or name == "index"


@pytest.mark.parametrize("name", NAMES)
def test_an_example_needs_the_library_and_pyscript_alone(name: str) -> None:
    tree = ast.parse((EXAMPLES / f"{name}.py").read_text())
    modules = {
        module
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for module in ([node.module] if isinstance(node, ast.ImportFrom) else _names(node))
    }
    tops = {str(module).partition(".")[0] for module in modules}
    assert tops <= {"peerscript", "pyscript", *sys.stdlib_module_names}
    assert f'<script type="py" src="./{name}.py" config="./pyscript.toml">' in page(name)
    assert f'href="./{name}.html"' in page("index")
    assert f'src="./pictures/{name}.webp"' in page("index")
    assert (EXAMPLES / "pictures" / f"{name}.webp").stat().st_size < 40_000


def _names(node: ast.Import) -> list[str]:
    return [alias.name for alias in node.names]


def test_the_echo_is_short() -> None:
    body = ast.parse((EXAMPLES / "echo.py").read_text()).body[1:]
    code = [node for node in body if not isinstance(node, ast.Import | ast.ImportFrom)]
    lines = [line for node in code for line in ast.unparse(node).splitlines() if line.strip()]
    assert len(lines) <= 18


@pytest.mark.parametrize("name", PAGES)
def test_only_the_page_in_javascript_has_a_script_in_it(name: str) -> None:
    inline = [
        body for body in re.findall(r"<script[^>]*>(.*?)</script>", page(name), re.DOTALL) if body
    ]
    assert len(inline) == (name == "javascript")
    assert not re.search(r"\s(?:on\w+|style)=", page(name))


@pytest.mark.parametrize("name", PAGES)
def test_a_built_example_asks_no_cdn(name: str) -> None:
    built = built_page(page(name), up="../../")
    assert "jsdelivr" not in built
    assert "integrity=" not in built
    assert "Content-Security-Policy" in built


def test_the_policy_allows_the_page_in_javascript_its_own_script_alone() -> None:
    (script,) = re.findall(r'<script type="module">(.*?)</script>', page("javascript"), re.DOTALL)
    allowed = CSP.replace("script-src 'self'", f"script-src 'self' '{_hash(script)}'")
    assert f'content="{allowed}"' in built_page(page("javascript"), up="../../")
    assert f'content="{CSP}"' in built_page(page("echo"), up="../../")


def test_the_built_examples_have_the_broker_that_a_fork_set() -> None:
    fork = SETTINGS.replace("0.peerjs.com", "broker.example.org")
    fork = fork.replace("#   ice_transport_policy", "ice_transport_policy")
    built = tomllib.loads(_example_config(CONFIG, fork))
    assert built["peerscript"] == tomllib.loads(fork)["peerscript"]
    assert built["files"] == {"../../library.zip": "./*"}
    assert built["interpreter"] == "../../vendor/pyodide/pyodide.mjs"
    options = _peerjs_options(built["peerscript"])
    assert options["host"] == "broker.example.org"
    assert options["config"] == {
        "iceServers": built["peerscript"]["ice_servers"],
        "iceTransportPolicy": "relay",
    }


def test_the_front_is_the_broker_of_the_page_in_javascript() -> None:
    servers = '[{ urls = "stun:stun.example.org" }]'
    front = Front(Path(), broker_port=1, ice_servers=servers, port=1234)
    own = front._with_own_broker_in_json((EXAMPLES / "broker.json").read_text())
    table = tomllib.loads(front._with_own_broker(CONFIG))["peerscript"]
    assert json.loads(own) == _peerjs_options(table)
    assert json.loads(own) == {
        "host": "/",
        "port": 1234,
        "path": "/",
        "key": "peerjs",
        "secure": False,
        "config": {"iceServers": [{"urls": "stun:stun.example.org"}]},
    }
