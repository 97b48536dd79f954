"""A deck of your own, and a remote for it: the phone that opens the link turns the slides."""

from typing import Any

from pyscript import display, when, window
from pyscript.web import page

from peerscript import Link, Links, Peer, page_identity
from peerscript.errors import LinkClosed
from peerscript.slides import DeckState, Presenter, Role, SlideText, Viewer


class Slides:
    """The <article>s of this page, one at a time: whatever has these five is a deck."""

    def __init__(self) -> None:
        self._shown = 0
        self._all = list(window.document.querySelectorAll("#deck > article"))

    @property
    def state(self) -> DeckState:
        return DeckState(slide=self._shown, total=len(self._all))

    @property
    def slides(self) -> list[SlideText]:
        return [SlideText(each.dataset.title, each.dataset.notes) for each in self._all]

    def next(self) -> None:
        self.goto(self._shown + 1)

    def previous(self) -> None:
        self.goto(self._shown - 1)

    def goto(self, slide: int, step: int = 0) -> None:
        if 0 <= slide < len(self._all):
            self._all[self._shown].hidden = True
            self._all[slide].hidden = False
            self._shown = slide


async def present(peer: Peer, links: Links) -> None:
    deck = Slides()
    page["slides"].hidden = False
    async with Presenter(deck) as presenter:

        @presenter.on("change")
        def show() -> None:
            page["deck"].classList.toggle("black", presenter.black)
            page["status"].textContent = f"Phones here: {len(presenter.participants)}"

        @when("click", "#deck")  # it may be turned here, too
        def turn() -> None:
            deck.next()
            presenter.update()

        async def serve(link: Link) -> None:
            await presenter.serve(link, Role.REMOTE)

        page["link"].hash = f"{peer.id}.{links.invites.issue().secret}"
        display(page["link"].href, target="link")
        show()
        await links.handle_links(serve)


async def hold_remote(link: Link) -> None:
    viewer = Viewer(link)

    @viewer.on("change")
    def show() -> None:
        page["remote"].hidden = viewer.role is not Role.REMOTE or viewer.state is None
        if viewer.state:
            slide = viewer.state.slide
            page["status"].textContent = f"Slide {slide + 1} of {viewer.state.total}"
            if slide < len(viewer.slides):
                page["title"].textContent = viewer.slides[slide].title
                page["notes"].textContent = viewer.slides[slide].notes

    @when("click", "#remote button")
    async def press(event: Any) -> None:
        try:
            if event.target.id == "black":
                await viewer.blacken(not (viewer.state and viewer.state.black))
            else:
                await viewer.turn(event.target.id)
        except LinkClosed as error:  # says why: nothing turns by itself later
            page["status"].textContent = str(error)

    await viewer.run()
    page["remote"].hidden = True
    page["status"].textContent = "The presentation is over."


async def main() -> None:
    me = await page_identity()  # the same after a reload
    async with Peer(me.id, token=me.token) as peer, Links(peer) as links:
        presenter_id, _, secret = window.location.hash[1:].partition(".")
        if secret:  # this page was opened by a link
            await hold_remote(await links.connect(presenter_id, secret))
        else:
            await present(peer, links)


await main()  # type: ignore[top-level-await]  # PyScript allows it
