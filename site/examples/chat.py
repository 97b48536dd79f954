"""Chat: everybody who opens the link writes with everybody else."""

import asyncio
from contextlib import suppress

from pyscript import display, when, window
from pyscript.web import page

from peerscript import DataConnection, Peer
from peerscript.errors import ConnectionClosed

friends: set[DataConnection] = set()
telling: set[asyncio.Task[None]] = set()  # asyncio does not keep its tasks itself


async def talk_with(friend: DataConnection) -> None:
    friends.add(friend)
    show_friends()
    with suppress(ConnectionClosed):  # the loop ends when they leave, and breaks when they vanish
        async for words in friend:
            display(words, target="log")
            tell_all(words, but=friend)
    friends.remove(friend)
    show_friends()


def tell_all(words: str, but: DataConnection | None = None) -> None:
    for friend in friends - {but}:
        task = asyncio.create_task(tell(friend, words))  # whoever is slow holds up nobody else
        telling.add(task)
        task.add_done_callback(telling.discard)


async def tell(friend: DataConnection, words: str) -> None:
    with suppress(ConnectionClosed, TimeoutError):
        async with asyncio.timeout(10):
            await friend.send(words)


def show_friends() -> None:
    page["say"].hidden = not friends
    page["status"].textContent = f"Connected pages: {len(friends)}"


@when("submit", "#say")
def say() -> None:
    words = f"{page['name'].value}: {page['words'].value}"
    page["words"].value = ""
    display(words, target="log")
    tell_all(words)


peer = Peer()


async def main() -> None:
    peer.on("connection", talk_with)
    await peer.start()
    page["link"].hash = peer.id
    display(page["link"].href, target="link")
    show_friends()
    if other_id := window.location.hash[1:]:  # this page was opened by a link
        await talk_with(await peer.connect(other_id))


await main()  # type: ignore[top-level-await]  # PyScript allows it
