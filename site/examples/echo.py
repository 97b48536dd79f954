"""Echo: what you write comes back from the page whose link you opened."""

from pyscript import display, when, window
from pyscript.web import page

from peerscript import DataConnection, Peer

peer = Peer()


@peer.on("connection")  # somebody opened this page's link
async def echo(conn: DataConnection) -> None:
    async for message in conn:
        await conn.send(message)


async def main() -> None:
    await peer.start()
    page["link"].hash = peer.id  # https://…/echo.html#<peer.id>
    display(page["link"].href, target="link")

    if other_id := window.location.hash[1:]:  # this page was opened by a link
        conn = await peer.connect(other_id)
        page["say"].hidden = False

        @when("submit", "#say")
        async def say() -> None:
            await conn.send(page["words"].value)

        async for answer in conn:
            display(answer, target="log")


await main()  # type: ignore[top-level-await]  # PyScript allows it
