"""Whiteboard: everybody who opens the link draws on the same board."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from re import fullmatch
from typing import Any

from pyscript import display, when, window
from pyscript.web import page

from peerscript import Member, Peer, Room, page_identity, sendable

Place = tuple[int, int]


@sendable
@dataclass(frozen=True)
class Line:
    colour: str
    x0: int
    y0: int
    x1: int
    y1: int

    def __post_init__(self) -> None:  # other pages make lines, too: what is none does not arrive
        far = abs(self.x0) + abs(self.y0) + abs(self.x1) + abs(self.y1)
        if far > 9999 or not fullmatch("#[0-9a-f]{6}", self.colour):
            raise ValueError("this is no line")


lines: dict[Line, None] = {}  # a set that keeps its order: what is drawn later lies on top
board = page["board"].getContext("2d")
board.lineWidth, board.lineCap = 8, "round"


def draw(new: Iterable[Line]) -> None:
    for line in new:
        lines[line] = None
        board.strokeStyle = line.colour
        board.beginPath()
        board.moveTo(line.x0, line.y0)
        board.lineTo(line.x1, line.y1)
        board.stroke()


def wipe() -> None:
    lines.clear()
    board.clearRect(0, 0, page["board"].width, page["board"].height)


def let_draw(tell: Callable[[list[Line]], Awaitable[object]]) -> None:
    """Show the board, and tell the other pages what is drawn on it here."""
    page["tools"].hidden = False
    pens: dict[int, Place] = {}  # where each pen or finger is that is down

    @when("pointerdown", "#board")
    @when("pointermove", "#board")
    async def move(event: Any) -> None:
        scale = page["board"].width / page["board"].clientWidth
        place: Place = round(event.offsetX * scale), round(event.offsetY * scale)
        if event.buttons:
            line = Line(page["colour"].value, *pens.get(event.pointerId, place), *place)
            pens[event.pointerId] = place
            draw([line])
            await tell([line])

    @when("pointerup", "#board")
    @when("pointerleave", "#board")
    async def lift(event: Any) -> None:  # after the last move, which is a task, too
        pens.pop(event.pointerId, None)


async def host(peer: Peer) -> None:
    async with Room(peer) as room:
        page["link"].hash = f"{peer.id}.{room.invite.secret}"
        display(page["link"].href, target="link")
        page["wipe"].hidden = False
        let_draw(room.broadcast)

        @room.on("join")
        @room.on("reload")
        async def show_all(member: Member) -> None:
            await member.send(list(lines))

        @room.on("change")
        def count() -> None:
            page["status"].textContent = f"Others here: {len(room.members)}"

        @when("click", "#wipe")
        def wipe_all() -> None:
            wipe()
            room.broadcast(None)

        async def follow(member: Member) -> None:
            async for new in member:
                match new:  # another page may send anything
                    case [*_] if all(isinstance(line, Line) for line in new):
                        draw(new)
                        room.broadcast(new, besides=member)
                    case _:
                        await member.close()

        count()
        await room.handle_members(follow)  # each in a task of its own, which holds up nobody else


async def take_part(peer: Peer, host_id: str, secret: str) -> None:
    async with Room.join(peer, host_id, secret) as room_host:
        let_draw(room_host.send)
        page["status"].textContent = "Draw: everybody sees it."

        @room_host.on("reload")  # its board is empty
        async def show_all() -> None:
            await room_host.send(list(lines))

        async for new in room_host:
            if new is None:
                wipe()
            else:
                draw(new)
    page["board"].style["pointer-events"] = "none"  # what is drawn can still be seen
    page["status"].textContent = "The page that made the link has gone."


async def main() -> None:
    me = await page_identity()  # the same after a reload
    async with Peer(me.id, token=me.token) as peer:
        host_id, _, secret = window.location.hash[1:].partition(".")
        if secret:  # this page was opened by a link
            await take_part(peer, host_id, secret)
        else:
            await host(peer)


await main()  # type: ignore[top-level-await]  # PyScript allows it
