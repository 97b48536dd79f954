"""Four in a row: a game for two. Each page knows the rules, and believes nothing else."""

from typing import Any

from pyscript import display, when, window
from pyscript.web import page

from peerscript import Link, Links, Peer, page_identity

WIDTH, HEIGHT, DISCS = 7, 6, "🔴🟡"
WAYS = ((1, 0), (0, 1), (1, 1), (1, -1))  # in which four may lie

game = 0  # counts the games
moves: list[int] = []  # the column of each disc; the two take turns, and who made the link begins


def discs(played: list[int]) -> dict[tuple[int, int], int]:
    """Whose disc lies where: by column, and row from below."""
    found: dict[tuple[int, int], int] = {}
    for turn, column in enumerate(played):
        found[column, played[:turn].count(column)] = turn % 2
    return found


def winner(played: list[int]) -> int | None:
    there = discs(played)
    for x, y in there:
        for dx, dy in WAYS:
            four = {there.get((x + n * dx, y + n * dy)) for n in range(4)}
            if len(four) == 1:
                return there[x, y]
    return None


def allowed(played: list[Any]) -> bool:
    """Whether these are moves of a game, which ends with the first four in a row."""
    inside = all(column in range(WIDTH) and played.count(column) <= HEIGHT for column in played)
    return inside and all(winner(played[:turn]) is None for turn in range(len(played)))


async def play(link: Link) -> None:
    global game, moves
    me = int(link.is_guest)
    states = link.channel("game")

    def show() -> None:
        there = discs(moves)
        for x in range(WIDTH):
            for y in range(HEIGHT):
                page[f"at{x}{y}"].textContent = DISCS[there[x, y]] if (x, y) in there else ""
        won = winner(moves)
        if won is not None:
            page["turn"].textContent = "You have won." if won == me else "You have lost."
        elif len(moves) == WIDTH * HEIGHT:
            page["turn"].textContent = "Nobody has won."
        else:
            mine = "It is your turn" if len(moves) % 2 == me else "The other one's turn"
            page["turn"].textContent = f"{mine}. You are {DISCS[me]}."

    @when("click", ".drop-in")
    async def drop(event: Any) -> None:
        new = [*moves, int(event.target.value)]
        if len(moves) % 2 == me and allowed(new):
            moves[:] = new
            show()
            await states.send([game, moves])

    @when("click", "#again")
    async def again() -> None:
        global game
        game += 1
        moves.clear()
        show()
        await states.send([game, moves])

    page["receiver"].hidden = False
    show()
    await states.send([game, moves])  # who was reloaded gets them back
    async for state in states:
        match state:  # another page may send anything
            case [int() as number, [*played]] if allowed(played):
                if (number, len(played)) > (game, len(moves)):  # that page has seen more
                    game, moves = number, played
                    show()
                elif (number, len(played)) < (game, len(moves)):
                    await states.send([game, moves])
            case _:
                await link.close()
    page["turn"].textContent = "The other one has left."


async def main() -> None:
    me = await page_identity()  # the same after a reload
    async with Peer(me.id, token=me.token) as peer, Links(peer) as links:
        other_id, _, secret = window.location.hash[1:].partition(".")
        if not secret:
            page["link"].hash = f"{peer.id}.{links.invites.issue(uses=1).secret}"
            display(page["link"].href, target="link")
        elif not links.all:  # this page was opened by a link, for the first time
            await links.connect(other_id, secret)
        await links.handle_links(play)


await main()  # type: ignore[top-level-await]  # PyScript allows it
