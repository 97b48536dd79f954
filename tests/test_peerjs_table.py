"""docs/peerjs.md has a row for each public name of PeerJS, and only names that PeerScript has."""

from __future__ import annotations

import inspect
import itertools
import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

import peerscript
from peerscript import Peer, PeerScriptError, errors
from peerscript.protocol.values.codecs import codec_for
from peerscript.testing import MemoryNetwork
from peerscript.testing.call import MemoryStream
from serving.node import packages
from serving.places import ROOT

PAGE = (ROOT / "docs" / "peerjs.md").read_text()
Name = tuple[str, str]  # whose, and which

# What TypeScript's declarations look like, as far as PeerJS's use them


@dataclass
class Declaration:
    """A class, interface, enum or constant.

    Attributes:
        exported: whether another module can import it.
        parents: every name in its heritage: what it extends, and the events that it is given.
        members: the public ones; of an enum the values too, as they are written.
    """

    exported: bool
    parents: set[str] = field(default_factory=set)
    members: set[str] = field(default_factory=set)


DECLARATION = re.compile(
    r"^(?P<export>export )?(?:declare )?(?:abstract )?"
    r"(?P<kind>class|interface|enum|const) (?P<name>\w+)(?P<head>[^{;]*)(?P<end>[{;])",
    re.MULTILINE,
)
MEMBER = re.compile(
    r"(?:(?:static|readonly|abstract|get|set) )*(?P<name>[\w$]+)\s*(?P<after>[?:(<=])"
)
PRIVATE = re.compile(r"\b(?:private|protected)\b|@internal")


def read_types(text: str) -> dict[str, Declaration]:
    """The declarations of a `.d.ts` file by name."""
    text = re.sub(r"/\*\*.*?\*/", _keep_internal, text, flags=re.DOTALL)
    text = re.sub(r"//.*", "", text)
    found = {}
    for match in DECLARATION.finditer(text):
        declaration = found[match["name"]] = Declaration(bool(match["export"]))
        if match["end"] == "{":
            declaration.parents = set(re.findall(r"\w+", match["head"]))
            body = _body(text, match.end())
            read = _enum_members if match["kind"] == "enum" else _members
            declaration.members = set(read(body))
    return found


def _keep_internal(comment: re.Match[str]) -> str:
    return "@internal " if "@internal" in comment[0] else ""


def _body(text: str, start: int) -> str:
    depth = 1
    for place in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return text[start:place]
    raise ValueError("a declaration without an end")


def _members(body: str) -> Iterator[str]:
    for statement in _split(body, ";"):
        if PRIVATE.search(statement) or statement.startswith("["):
            continue
        member = MEMBER.match(statement)
        if member is None:
            raise ValueError(f"not understood: {statement}")
        yield member["name"]


def _enum_members(body: str) -> Iterator[str]:
    for statement in _split(body, ","):
        name, value = statement.split("=")
        yield name.strip()
        yield value.strip()


def _split(body: str, separator: str) -> Iterator[str]:
    """The statements of a body: a separator inside brackets is not one."""
    depth, statement = 0, ""
    for sign in body:
        depth += {"(": 1, "{": 1, "[": 1, ")": -1, "}": -1, "]": -1}.get(sign, 0)
        if sign == separator and depth == 0:
            yield " ".join(statement.split())
            statement = ""
        else:
            statement += sign
    if statement.strip():
        yield " ".join(statement.split())


def public_names(types: dict[str, Declaration]) -> set[Name]:
    """Everything that a user of PeerJS can write."""
    exported = {name for name, declaration in types.items() if declaration.exported}
    reachable, waiting = set(), list(exported)
    while waiting:
        name = waiting.pop()
        if name in types and name not in reachable:
            reachable.add(name)
            waiting += types[name].parents
    names = {(owner, member) for owner in reachable for member in types[owner].members}
    return names | {("peerjs", name) for name in (*exported, "default")}


# The page


@dataclass(frozen=True)
class Row:
    """A row of a table of the page; `owners` are the types that its heading names."""

    owners: frozenset[str]
    cells: dict[str, str]

    def names(self, column: str) -> list[str]:
        return re.findall(r"`([^`]+)`", self.cells.get(column, ""))


def read_rows(page: str) -> list[Row]:
    """Every row of every table, with its cells by their column's heading."""
    rows: list[Row] = []
    owners: frozenset[str] = frozenset()
    columns: list[str] = []
    for line in page.splitlines():
        if line.startswith("#"):
            owners = frozenset(re.findall(r"`(\w+)`", line))
        if not line.startswith("|"):
            columns = []
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not columns:
            columns = cells
        elif not line.startswith("| ---"):
            rows.append(Row(owners, dict(zip(columns, cells, strict=True))))
    return rows


def missing(public: set[Name], rows: list[Row]) -> set[Name]:
    """What PeerJS has and the page does not."""
    return public - {(owner, name) for row in rows for owner in row.owners for name in _theirs(row)}


def stale(public: set[Name], rows: list[Row]) -> set[str]:
    """What the page says of PeerJS and PeerJS does not have."""
    return {
        name
        for row in rows
        if row.owners
        for name in _theirs(row)
        if not any((owner, name) in public for owner in row.owners)
    }


def _theirs(row: Row) -> list[str]:
    return row.names("PeerJS")


# PeerScript


@pytest.fixture
async def alive() -> AsyncIterator[dict[str, Any]]:
    """One of each: attributes may be set by a constructor only."""
    network = MemoryNetwork()
    async with (
        Peer("here", browser=network) as here,
        Peer("there", browser=network),
        here.connect("there") as connection,
        await here.call("there", MemoryStream(audio=True, video=False)) as call,
    ):
        yield {"Peer": here, "DataConnection": connection, "MediaConnection": call}


def unknown(name: str, alive: dict[str, Any]) -> str | None:
    """Why a name is not PeerScript's; None if it is. Forms:

    `Peer.connect`, `Peer.connect(label=)`, `Peer.connect(serialization="json")`, `Peer.on("open")`.
    """
    form = re.fullmatch(
        r'(?P<path>[\w.]+)(?:\((?:"(?P<event>\w+)"|(?P<argument>\w+)=(?P<value>.*))\))?', name
    )
    if form is None:
        return "not a name"
    thing: Any = peerscript
    owner: Any = None
    for part in form["path"].split("."):
        owner, thing = thing, _member(thing, part, alive)
        if thing is None:
            return f"there is no {part}"
    if form["argument"]:
        return _unknown_argument(thing, form["argument"], form["value"].strip('"'))
    if form["event"] and form["event"] not in owner._EVENTS:
        return f"there is no event {form['event']}"
    return None


def _member(thing: Any, name: str, alive: dict[str, Any]) -> Any:
    if hasattr(thing, name):
        return getattr(thing, name)
    instance = alive.get(getattr(thing, "__name__", ""))
    here = hasattr(instance, name) or name in getattr(thing, "__dataclass_fields__", {})
    return object() if here else None


def _unknown_argument(function: Callable[..., Any], argument: str, value: str) -> str | None:
    if argument not in inspect.signature(function).parameters:
        return f"it takes no {argument}"
    if argument == "serialization" and value:
        codec_for(value)  # raises what is wrong
    return None


# The tests


@pytest.fixture(scope="module")
def public() -> set[Name]:
    modules = packages()
    types = [
        read_types((modules / path).read_text())
        for path in ("peerjs/dist/types.d.ts", "eventemitter3/index.d.ts")
    ]
    emitter = {"EventEmitter": types[1]["EventEmitter"]}
    return public_names(emitter | types[0])


def test_the_types_are_read_as_a_person_would(public: set[Name]) -> None:
    for name in (
        ("peerjs", "default"),
        ("Peer", "connect"),
        ("Peer", "destroyed"),
        ("PeerEvents", "disconnected"),
        ("PeerOptions", "pingInterval"),
        ("PeerErrorType", '"peer-unavailable"'),
        ("ServerMessageType", "IdTaken"),
        ("BaseConnection", "connectionId"),
        ("DataConnectionEvents", "data"),
        ("MediaConnectionEvents", "willCloseOnRemote"),
        ("EventEmitter", "removeAllListeners"),
        ("BinaryPackChunker", "chunkedMTU"),
        ("UtilSupportsObj", "binaryBlob"),
    ):
        assert name in public
    inside = {"_open", "_getMessages", "socket", "emitError", "_send", "ID_PREFIX", "writer"}
    assert inside.isdisjoint(member for _, member in public)


def test_every_name_of_peerjs_has_a_row(public: set[Name]) -> None:
    rows = read_rows(PAGE)
    assert missing(public, rows) == set()
    assert stale(public, rows) == set()


def test_a_missing_row_is_noticed(public: set[Name]) -> None:
    lines = PAGE.splitlines(keepends=True)
    for name in [("Peer", "getConnection"), ("LogLevel", "Warnings"), ("peerjs", "CallOption")]:
        without = [line for line in lines if not line.startswith(f"| `{name[1]}`")]
        assert name in missing(public, read_rows("".join(without)))
    assert stale(public, read_rows(PAGE.replace("`listAllPeers`", "`listPeers`"))) == {"listPeers"}


def test_every_row_says_what_is_ours_or_why_nothing_is() -> None:
    for row in read_rows(PAGE):
        if row.names("PeerScript"):
            assert "none" not in row.cells["PeerScript"]
        else:
            assert row.cells["PeerScript"] == "none"
            assert row.cells["what differs"], f"no reason: {row.cells}"


async def test_an_object_asked_by_a_name_of_peerjs_tells_ours(alive: dict[str, Any]) -> None:
    told: list[str] = []
    for row in read_rows(PAGE):
        for name, ours in itertools.product(row.names("PeerJS"), row.names("PeerScript")):
            owner, _, member = ours.partition(".")
            if owner not in alive or not member.isidentifier() or hasattr(alive[owner], name):
                continue
            if {owner, "EventEmitter", "BaseConnection"}.isdisjoint(row.owners):
                continue
            with pytest.raises(AttributeError, match=f"it is {member}$"):
                getattr(alive[owner], name)
            told.append(name)
    assert {"listAllPeers", "destroy", "bufferSize", "localStream", "addListener"} <= set(told)


async def test_our_names_exist(alive: dict[str, Any]) -> None:
    rows = read_rows(PAGE)
    named = {name for row in rows for name in row.names("PeerScript")}
    for row in rows:  # in prose too, where it is clear whose name it is
        prose = row.cells.get("what differs", "")
        named |= set(re.findall(r"`((?:Peer|DataConnection|MediaConnection)\.\w+)", prose))
    wrong = {name: why for name in sorted(named) if (why := unknown(name, alive))}
    assert wrong == {}


@pytest.mark.parametrize(
    "name",
    ["Pear", "Peer.conect", "Peer(hosts=)", 'Peer.on("opened")', "Supports.webRTC", "media.mute"],
)
async def test_a_name_that_does_not_exist_is_noticed(name: str, alive: dict[str, Any]) -> None:
    assert unknown(name, alive)


def test_errors_are_those_that_peerjs_ones_become() -> None:
    shown = {}
    for row in read_rows(PAGE):
        if any(owner.endswith("ErrorType") for owner in row.owners):
            (ours,) = row.names("PeerScript")
            shown[row.names("PeerJS")[1].strip('"')] = getattr(errors, ours.removeprefix("errors."))
    assert shown == errors.FROM_PEERJS
    assert all(issubclass(error, PeerScriptError) for error in shown.values())
