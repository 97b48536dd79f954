"""Slides: one page shows a deck, others turn it or follow it.

The presenter's page, with any object that has `next`, `previous`, `goto` and `state`:

    async with Peer() as peer, Links(peer) as links, Presenter(deck) as presenter:
        invite = links.invites.issue(scope="slides")
        print(f"https://example.org/#{peer.id}.{invite.secret}/slides")
        await links.handle_links(partial(serve, presenter))

    async def serve(presenter, link):
        if link.scope == "slides":  # the scope of the proved invite
            await presenter.serve(link, Role.REMOTE)

A remote on another page:

    viewer = Viewer(await links.connect(peer_id, secret))
    viewer.on("change", lambda: print(viewer.state))
    await viewer.turn("next")

The modules: `presenter` with its `participant`s and `viewer` are the two sides, `deck` the
interface of what is presented, `channels` the transport. `protocol/slides/` has the messages (a
table in `docs/slides.md`), the transfer of a deck, and how simultaneous turns are resolved.
"""

from peerscript.protocol.slides.ink import Ink
from peerscript.protocol.slides.messages import Position, Role
from peerscript.protocol.slides.source import DeckSource
from peerscript.protocol.slides.timer import Timer
from peerscript.slides.channels import SlideChannels
from peerscript.slides.deck import Deck, DeckState, SlideText
from peerscript.slides.participant import Participant
from peerscript.slides.presenter import Presenter
from peerscript.slides.viewer import Viewer

__all__ = [
    "Deck",
    "DeckSource",
    "DeckState",
    "Ink",
    "Participant",
    "Position",
    "Presenter",
    "Role",
    "SlideChannels",
    "SlideText",
    "Timer",
    "Viewer",
]


def __dir__() -> list[str]:
    return __all__
