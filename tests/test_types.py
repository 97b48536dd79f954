"""What a type checker tells users of the library. `nox -s types` is the test: it complains of a
`type: ignore` that ignores nothing, and of an `assert_type` that is wrong.
"""

from __future__ import annotations

from typing import Any, Literal, assert_type

import peerscript
from peerscript import (
    Connecting,
    DataConnection,
    Link,
    MediaConnection,
    OwnSerialization,
    Peer,
    PeerScriptError,
)


def taking_a_text(text: str) -> None: ...
def taking_nothing() -> None: ...
async def taking_a_connection(connection: DataConnection) -> None: ...


async def right(peer: Peer, call: MediaConnection, link: Link) -> None:
    assert_type(peer.id, str)
    assert_type(peer.connect("bob"), Connecting)
    connection = await peer.connect("bob", serialization="json")
    assert_type(connection, DataConnection)
    assert_type(connection.type, Literal["data"])
    await peer.connect("bob", serialization=OwnSerialization("yaml"))
    peer.on("open", taking_a_text)
    peer.once("connection", taking_a_connection)
    connection.on("close", taking_nothing)
    connection.on("data", lambda value: print(value))
    link.on("change", taking_nothing)

    @peer.on("error")
    async def failed(error: PeerScriptError) -> None: ...

    @call.on("stream")
    def show(stream: Any) -> None: ...

    assert_type(await peer.list_all_peers(), list[str])


async def wrong(peer: Peer, connection: DataConnection, link: Link) -> None:
    peer.on("opne", taking_a_text)  # type: ignore[call-overload]
    peer.on("open", taking_nothing)  # type: ignore[call-overload]
    peer.off("opne")  # type: ignore[arg-type]
    peer.once("connection")(taking_a_text)  # type: ignore[type-var]
    connection.on("data", taking_nothing)  # type: ignore[call-overload]
    link.on("open", taking_nothing)  # type: ignore[call-overload]
    peer.connect("bob", serialization="jsn")  # type: ignore[arg-type]
    peer.connect("bob").send("hi")  # type: ignore[attr-defined]
    peer.listAllPeers()  # type: ignore[attr-defined]
    Peer({"host": "localhost"})  # type: ignore[arg-type]
    Peer("me", pingInterval=5)  # type: ignore[call-arg]
    Peer("me", {"host": "localhost"})  # type: ignore[call-arg, arg-type]
    peerscript.Pear  # type: ignore[attr-defined]  # noqa: B018


def test_the_types_are_read_by_a_type_checker_alone() -> None:
    assert callable(right)
    assert callable(wrong)
