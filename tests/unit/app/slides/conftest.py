"""A presentation, and whoever comes by its links."""

from __future__ import annotations

from typing import Any

import pytest

from app.connection.pasted import parse_invite
from peerscript.slides import DeckSource

DECK = DeckSource("markdown", "talk.md", b"5")


@pytest.fixture
async def present(apps: Any, wait: Any) -> Any:
    """Alice presents five slides."""
    alice, _ = apps

    async def begin(app: Any = alice, source: DeckSource = DECK) -> Any:
        app.slides._present(source)
        await wait(lambda: app.presenter_panel.view and app.screen.source == source)
        return app

    return begin


@pytest.fixture
async def come_by(present: Any, open_app: Any, wait: Any) -> Any:
    """Somebody comes by one of the two links to the slides."""
    alice = await present()

    async def come(peer_id: str, scope: str) -> Any:
        app = await open_app(peer_id)
        view = alice.presenter_panel.view
        app.people.connect(parse_invite(view.link if scope == "slides" else view.watch_link))
        await wait(lambda: app.remote_panel.view and app.remote_panel.view.role != "waiting")
        return app

    return come
