"""PeerJS and Python: the Python page. Its twin is the script in javascript.html."""

from typing import Any

from pyscript import display, when
from pyscript.web import page

from peerscript import DataConnection, Peer

peer = Peer()


@peer.on("open")
def opened(peer_id: str) -> None:
    page["link"].hash = peer_id
    display(page["link"].href, target="link")


@peer.on("connection")
def connected(conn: DataConnection) -> None:
    page["say"].hidden = False

    @conn.on("data")
    def received(message: Any) -> None:
        display(f"{message['from']}: {message['text']}", target="log")

    @when("submit", "#say")
    async def say() -> None:
        if conn.open:
            await conn.send({"from": "Python", "text": page["words"].value})


await peer.start()  # type: ignore[top-level-await]  # PyScript allows it
