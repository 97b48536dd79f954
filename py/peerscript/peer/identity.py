"""This tab's ID at the broker: the same after a reload, a new one in a duplicated tab."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import MutableMapping
from dataclasses import dataclass

from peerscript.browser import this_browser
from peerscript.ports import Browser

logger = logging.getLogger("peerscript")

PREFIX = "peerscript/"  # of every record that the library keeps in the tab's storage
NAME = f"{PREFIX}tab"


@dataclass(frozen=True)
class PageIdentity:
    """What the broker knows this tab by: give both to `Peer`.

    Attributes:
        id: the peer ID; 64 random bits.
        token: proves to the broker, after a reload, that the ID is this tab's.
        new: whether it was made now: the tab was not reloaded, or restored after a crash.
    """

    id: str
    token: str
    new: bool = False


async def page_identity(browser: Browser | None = None) -> PageIdentity:
    """Return the identity that this tab had before a reload, or make one.

    A duplicated tab starts with a copy of the first one's storage; it is another page, so the copy
    is deleted and it gets a new identity.

    Args:
        browser: use this one instead of the page that Python runs in.
    """
    browser = browser or this_browser()
    storage = browser.storage()
    kept = _kept(storage)
    if kept is not None and await browser.claim(f"{PREFIX}{kept.id}"):
        return kept
    for name in [name for name in storage if name.startswith(PREFIX)]:
        del storage[name]
    made = PageIdentity(secrets.token_hex(8), secrets.token_hex(16), new=True)
    await browser.claim(f"{PREFIX}{made.id}")
    try:
        storage[NAME] = json.dumps({"id": made.id, "token": made.token})
    except OSError as error:
        logger.warning("after a reload this page will have another ID: %s", error)
    return made


def _kept(storage: MutableMapping[str, str]) -> PageIdentity | None:
    text = storage.get(NAME)
    return PageIdentity(**json.loads(text)) if text else None
