"""Drop box: whoever opens the link drops files, and they arrive on the page that made it."""

from typing import Any

from pyscript import display, when, window
from pyscript.web import a, page

from peerscript import Link, Links, Peer, page_identity
from peerscript.errors import TransferError
from peerscript.transfer import file_sources, open_store


async def collect(link: Link) -> None:
    store = await open_store()  # on this browser's disk, so that files may be larger than memory
    async for offer in link.offers():
        try:
            await offer.accept(into=store)
            await offer.finished()
        except (TransferError, OSError) as error:  # OSError: there is no room for it
            offer.decline()
            display(error, target="log")
        for received in offer.received.values():  # each is, byte for byte, what was sent
            file, href = received.info, window.URL.createObjectURL(received.file)
            page["arrived"].append(a(textContent=file.path, download=file.name, href=href))


async def give(link: Link) -> None:
    @when("change", "input")
    async def send(event: Any) -> None:
        offer = await link.send_files(file_sources(event.target.files))
        event.target.value = ""  # so that the same files may be dropped again
        async for progress in offer.progress():
            page["progress"].textContent = f"{progress.moved:,} of {progress.total:,} bytes"
        try:
            await offer.finished()
        except TransferError as error:
            display(error, target="log")

    async for _ in link.states():  # until it is over
        page["drop"].hidden = not link.connected


async def main() -> None:
    me = await page_identity()  # the same after a reload
    async with Peer(me.id, token=me.token) as peer, Links(peer) as links:
        owner_id, _, secret = window.location.hash[1:].partition(".")
        if secret:  # this page was opened by a link
            await give(await links.connect(owner_id, secret))
        else:
            page["link"].hash = f"{peer.id}.{links.invites.issue().secret}"
            display(page["link"].href, target="link")
            await links.handle_links(collect)


await main()  # type: ignore[top-level-await]  # PyScript allows it
