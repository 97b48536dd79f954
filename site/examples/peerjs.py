"""PeerJS and Python: the Python page. Its twin is the script in javascript.html."""

from pyscript import display, when
from pyscript.web import page

from peerscript import Peer

peer = Peer()


@peer.on("open")
def opened(peer_id):
    page["link"].hash = peer_id
    display(page["link"].href, target="link")


@peer.on("connection")
def connected(conn):
    page["say"].hidden = False

    @conn.on("data")
    def received(message):
        display(f"{message['from']}: {message['text']}", target="log")

    @when("submit", "#say")
    async def say():
        if conn.open:
            await conn.send({"from": "Python", "text": page["words"].value})


await peer.start()
