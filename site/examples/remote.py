"""Remote functions: the teacher's page has every pupil's page throw dice, and plots the sums."""

import asyncio
from collections import Counter
from random import randint
from typing import Any, Protocol

from pyscript import display, when, window
from pyscript.web import page, td, th

from peerscript import Link, Peer, Room, page_identity
from peerscript.errors import LinkClosed, RemoteFailed

SUMS = range(2, 13)


async def throw(times: int) -> list[int]:
    """Throw two dice. This runs in the pupils' pages, where the teacher's page calls it."""
    sums = [randint(1, 6) + randint(1, 6) for _ in range(times)]
    page["status"].textContent = f"{times} throws of two dice; on average {sum(sums) / times:.2f}."
    return sums


class Pupil(Protocol):  # what a type checker is told of a pupil's page
    async def throw(self, times: int) -> Any: ...  # it may answer anything


counts: Counter[int] = Counter()


async def ask(link: Link, times: int) -> None:
    pupil = link.remote.with_options(timeout=5).typed(Pupil)
    try:
        answer = await pupil.throw(times)
    except (RemoteFailed, LinkClosed) as error:
        display(error, target="log")
        return
    match answer:
        case [*sums]:
            counts.update(each for each in sums if isinstance(each, int) and each in SUMS)
            plot()
        case _:
            display(f"These are no sums: {answer!r:.100}", target="log")


def plot() -> None:
    most = max(counts.values(), default=1)
    heights = [(each, counts[each] / most) for each in SUMS]
    steps = [f"{each - 0.5},{-height} {each + 0.5},{-height}" for each, height in heights]
    page["curve"].setAttribute("points", f"1.5,0 {' '.join(steps)} 12.5,0")
    page["shares"].replaceChildren()
    for each in SUMS:
        share = counts[each] / max(counts.total(), 1)
        page["shares"].append(td(textContent=f"{100 * share:.0f}"))
    page["count"].textContent = f"{counts.total():,}"
    page["result"].hidden = False


async def teach(peer: Peer) -> None:
    async with Room(peer) as room:
        page["link"].hash = f"{peer.id}.{room.invite.secret}"
        display(page["link"].href, target="link")
        page["sums"].append(*(th(textContent=str(each)) for each in SUMS))
        page["ask"].hidden = False

        @when("submit", "#ask")
        async def ask_all() -> None:
            times = int(page["times"].value)
            links = [member.link for member in room.members if member.link]
            await asyncio.gather(*(ask(link, times) for link in links))

        @room.on("change")
        def count() -> None:
            page["status"].textContent = f"Pages here: {len(room.members)}"

        count()
        await asyncio.Future()  # for ever


async def take_part(peer: Peer, teacher_id: str, secret: str) -> None:
    async with Room.join(peer, teacher_id, secret) as teacher:
        if teacher.link:
            teacher.link.serve(throw)
        page["status"].textContent = "This page throws dice when the teacher's page asks."
        await teacher.wait_left()
    page["status"].textContent = "The teacher has gone."


async def main() -> None:
    me = await page_identity()  # the same after a reload
    async with Peer(me.id, token=me.token) as peer:
        teacher_id, _, secret = window.location.hash[1:].partition(".")
        if secret:  # this page was opened by a link
            await take_part(peer, teacher_id, secret)
        else:
            await teach(peer)


await main()  # type: ignore[top-level-await]  # PyScript allows it
