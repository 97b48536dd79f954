"""The rules of the house, held."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PY = ROOT / "py"
MODULES = sorted(path.relative_to(PY) for path in PY.rglob("*.py"))

BROWSER = {"_pyodide", "js", "pyodide", "pyodide_js", "pyscript"}
# lines; what a reader can hold in mind. The reports below name what comes near.
MODULE_TARGET, MODULE_LIMIT = 300, 400
FUNCTION_TARGET, FUNCTION_LIMIT = 40, 60
TEST_LIMIT = 500


def imports(path: Path) -> set[str]:
    """The top-level names that a module imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_only_bridges_import_the_browser(module: Path) -> None:
    if "bridge" not in module.parts:
        assert not imports(PY / module) & BROWSER


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_rooms_know_only_the_rooms_below_them(module: Path) -> None:
    above = {"peerscript": {"app", "ui", "main"}, "app": {"ui", "main"}, "ui": {"main"}}
    assert not imports(PY / module) & above.get(module.parts[0], set())


def imported_modules(module: Path) -> set[str]:
    """The dotted names of this repository's modules that a module imports, for types alone too."""
    names = {".".join(each.with_suffix("").parts).removesuffix(".__init__") for each in MODULES}
    found = set()
    for node in ast.walk(ast.parse((PY / module).read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                found.add(inner if inner in names else node.module)
    return found & names


def test_no_module_imports_itself_by_way_of_others() -> None:
    graph = {
        ".".join(module.with_suffix("").parts).removesuffix(".__init__"): imported_modules(module)
        for module in MODULES
    }
    with_all_below = TopologicalSorter(graph)
    with_all_below.prepare()  # raises CycleError, which names the modules of a circle


def test_no_capability_imports_itself_by_way_of_others() -> None:
    """One folder of the library, of the app or of its look, with all below it."""
    graph: dict[str, set[str]] = {}
    for module in MODULES:
        folder = ".".join(module.parts[:2]).removesuffix(".py")
        others = {".".join(name.split(".")[:2]) for name in imported_modules(module)}
        graph.setdefault(folder, set()).update(others - {folder})
    TopologicalSorter(graph).prepare()


# Tasks outside `peerscript.aio.tasks`: the page's own, which lives as long as it does.
UNOWNED_TASKS = {
    "main.py": 1,
}


STARTS_A_TASK = re.compile(r"\b(ensure_future|create_task|asyncio\.Task)$")


def unowned_tasks(module: Path) -> int:
    """How many tasks a module starts by itself, besides in a TaskGroup."""
    tree = ast.parse((PY / module).read_text())
    groups = {
        ast.unparse(item.optional_vars)
        for node in ast.walk(tree)
        if isinstance(node, ast.AsyncWith)
        for item in node.items
        if item.optional_vars and ast.unparse(item.context_expr).endswith("TaskGroup()")
    }
    called = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    starts = [name.rpartition(".") for name in called if STARTS_A_TASK.search(name)]
    return sum(owner not in groups for owner, _, _ in starts)


def test_every_task_has_an_owner() -> None:
    modules = set(MODULES) - {Path("peerscript/aio/tasks.py")}
    found = {str(module): count for module in modules if (count := unowned_tasks(module))}
    assert found == UNOWNED_TASKS


def test_the_protocol_does_not_wait() -> None:
    for path in (PY / "peerscript" / "protocol").rglob("*.py"):
        waiting = [
            node
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.AsyncFunctionDef | ast.Await)
        ]
        assert not waiting, path
        assert "asyncio" not in imports(path)


def has_unit_tests(module: Path) -> bool:
    """Bridges and the panels over them run in browsers only (tests/browser); Protocols, doors and
    main.py have nothing to run; the network in memory is tested as a whole."""
    return not (
        {"bridge", "ports"} & set(module.parts)
        or module.parts[0] == "ui"
        or ("testing" in module.parts and module.name != "network.py")
        or module.name in {"__init__.py", "ports.py", "main.py"}
    )


def is_topic_of(test: Path, path: Path) -> bool:
    """Whether a file has more tests of the same module: test_room_pace.py beside test_room.py."""
    return path.parent == test.parent and bool(re.fullmatch(rf"{test.stem}_[a-z]\w*", path.stem))


def test_the_unit_tests_mirror_the_tree() -> None:
    unit = ROOT / "tests" / "unit"
    wanted = {
        module.with_name(f"test_{module.name}") for module in MODULES if has_unit_tests(module)
    }
    there = {path.relative_to(unit) for path in unit.rglob("test_*.py")}
    topics = {path for path in there - wanted if any(is_topic_of(test, path) for test in wanted)}
    assert there - topics == wanted


def test_the_page_loads_exactly_the_tree() -> None:
    listed = tomllib.loads((ROOT / "pyscript.toml").read_text())["files"]
    wanted = {
        f"./py/{module}": f"./{module}"
        for module in MODULES
        if module != Path("main.py") and "testing" not in module.parts
    }
    assert listed == wanted


def test_there_is_no_hand_written_javascript() -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert not [path for path in tracked if re.search(r"\.[cm]?[jt]sx?$", path)]


def test_the_page_has_one_line_of_script_and_no_handler() -> None:
    """The line stands in the template of the decks' frame, and is not run in the page."""
    page = (ROOT / "index.html").read_text()
    assert "docs/decisions/0012" in page
    (decks,) = re.findall(r'<template id="deck-template">.*?</template>', page, re.DOTALL)
    (line,) = re.findall(r"<script>(.+)</script>", decks)
    assert line.startswith("Reveal.initialize({")
    assert "{" not in line.partition("{")[2]
    for tag in re.findall(r"<script[^>]*>[^<]*", page.replace(line, "")):
        head, _, body = tag.partition(">")
        assert "src=" in head or head == "<script"
        assert not body.strip()
    assert not re.search(r"\s(?:on\w+|style)=", page)


# What stands in a later layer wins, whatever its specificity: nothing has to shout.
STYLES = ROOT / "site" / "css"
LAYER_ORDER = STYLES / "page.css"
ICONS = STYLES / "icons.css"
# The deck's frame is a document of its own, over reveal.css, which has no layers and so would win
# against any of ours; and a person's wish for less motion stands above what a deck's author wrote.
UNLAYERED = {ROOT / "site" / "deck.css": "(prefers-reduced-motion: reduce)"}
SHEETS = sorted(set((ROOT / "site").rglob("*.css")) - set(UNLAYERED))


def blocks(css: str) -> list[tuple[str, str]]:
    """What stands outside all braces, and what each pair of them holds: ("@layer chat", "…")."""
    found, depth, start, head = [], 0, 0, ""
    for at, sign in enumerate(css):
        if sign == "{":
            if not depth:
                head, start = css[start:at].strip(), at + 1
            depth += 1
        elif sign == "}":
            depth -= 1
            if not depth:
                found.append((head, css[start:at]))
                start = at + 1
    assert not depth
    return [*found, (css[start:].strip(), "")]


def style(path: Path) -> str:
    """A stylesheet without its comments and strings, where braces mean nothing."""
    return re.sub(r'/\*.*?\*/|"[^"\n]*"', "", path.read_text(), flags=re.DOTALL)


def declared_layers() -> list[str]:
    (order,) = re.findall(r"@layer ([\w, -]+);", style(LAYER_ORDER))
    return str(order).split(", ")


def test_a_layer_is_a_file_and_the_page_links_them_in_the_one_order() -> None:
    layers = declared_layers()
    assert {path.stem for path in STYLES.glob("*.css")} == set(layers)
    page = (ROOT / "index.html").read_text()
    assert re.findall(r'<link rel="stylesheet" href="\./site/css/(\w+)\.css">', page) == layers
    oat = page.index("oat.min.css")
    assert oat < page.index("site/css/"), "Oat's layers are the lowest: it is linked first"
    statements = [path for path in SHEETS if re.search(r"@layer [^{;]*;", style(path))]
    assert statements == [LAYER_ORDER], "the order is declared in one place"


def test_each_icon_of_the_page_has_a_drawing_and_no_other_is_loaded() -> None:
    page = (ROOT / "index.html").read_text()
    named = set(re.findall(r'data-icon="([\w-]+)"', page))
    drawn = re.findall(
        r'^  \[data-icon="([\w-]+)"\].*/([\w-]+)\.svg"\)', ICONS.read_text(), re.MULTILINE
    )
    plain = {name for name, drawing in drawn if name == drawing}
    assert plain == named
    assert {name for name, _ in drawn} == named, "what a pressed button shows is another's"


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_each_rule_stands_in_the_layer_of_its_file(path: Path) -> None:
    css = re.sub(r"@layer [^{;]*;", "", style(path))
    assert [head for head, _ in blocks(css)] == [f"@layer {path.stem}", ""]
    assert css.count("@layer") == 1
    assert "@import" not in css


@pytest.mark.parametrize("path", [*SHEETS, *UNLAYERED], ids=lambda path: path.name)
def test_styles_do_not_fight_over_specificity(path: Path) -> None:
    css = style(path)
    if query := UNLAYERED.get(path):
        (still,) = (body for head, body in blocks(css) if query in head)
        css = css.replace(still, "")
    assert "!important" not in css.replace(" ", "")
    assert not re.search(r"(#[\w-]+)\1(?![\w-])", css), "an ID is said once"
    assert not re.search(r"(\.[\w-]+)\1(?![\w-])", css), "a class is said once"


def sizes() -> dict[str, int]:
    """Lines of each module and function, without docstrings."""
    found = {}
    for module in MODULES:
        tree = ast.parse((PY / module).read_text())
        found[str(module)] = len((PY / module).read_text().splitlines())
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                words = ast.get_docstring(node, clean=False)
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                found[f"{module}:{node.name}"] = length - len((words or "").splitlines())
    return found


def test_rooms_are_small() -> None:
    for name, lines in sizes().items():
        is_function = ":" in name
        target = FUNCTION_TARGET if is_function else MODULE_TARGET
        if lines > target:
            print(f"{name}: {lines} lines (the target is {target})")
        assert lines <= (FUNCTION_LIMIT if is_function else MODULE_LIMIT), name


def test_files_of_tests_are_small() -> None:
    """What is too much for one file of a module's tests goes into one beside it, by its topic."""
    for path in sorted((ROOT / "tests").rglob("*.py")):
        lines = len(path.read_text().splitlines())
        assert lines <= TEST_LIMIT, f"{path.relative_to(ROOT)}: {lines} lines"
