"""Call: two pages see and hear each other. Either calls, the other answers."""

from pyscript import display, when, window
from pyscript.web import page

from peerscript import Call, Link, LinkCallState, Links, Peer, Slot, page_identity
from peerscript.errors import MediaError

BUTTON = {LinkCallState.RINGING: "Answer", LinkCallState.ENDED: "Call"}  # else it hangs up
calls: list[Call] = []  # the last one is the one that is shown


def follow(call: Call) -> None:
    calls.append(call)
    call.on("change", show)
    show()


def show() -> None:
    call = calls[-1]
    page["press"].textContent = BUTTON.get(call.state, "Hang up")
    why = f": {call.end.value}" if call.end else ""
    page["status"].textContent = f"{call.state.value}{why}"
    page["them"].srcObject = call.remote.camera
    page["me"].srcObject = own = window.MediaStream.new()
    if Slot.CAMERA in call.local:
        own.addTrack(call.local[Slot.CAMERA])


async def talk(link: Link) -> None:
    page["say"].hidden = False

    @when("click", "#press")
    async def press() -> None:
        page["press"].disabled = True  # while the browser asks for the camera
        try:
            await call_answer_or_hang_up(link)
        except MediaError as error:  # says what to do
            page["status"].textContent = str(error)
        finally:
            page["press"].disabled = False

    async for call in link.calls():  # it rings; or this page was in it, and was reloaded
        follow(call)
        if call.state is not LinkCallState.RINGING:
            await call.accept(camera=True, microphone=True)


async def call_answer_or_hang_up(link: Link) -> None:
    if not calls or calls[-1].end:
        call = link.call(camera=True, microphone=True)
        await call.start()
        follow(call)
    elif calls[-1].state is LinkCallState.RINGING:
        await calls[-1].accept(camera=True, microphone=True)
    else:
        calls[-1].hang_up()


async def main() -> None:
    me = await page_identity()  # the same after a reload
    async with Peer(me.id, token=me.token) as peer, Links(peer) as links:
        other_id, _, secret = window.location.hash[1:].partition(".")
        if not secret:
            page["link"].hash = f"{peer.id}.{links.invites.issue().secret}"
            display(page["link"].href, target="link")
        elif not links.all:  # this page was opened by a link, for the first time
            await links.connect(other_id, secret)
        await links.handle_links(talk)


await main()  # type: ignore[top-level-await]  # PyScript allows it
