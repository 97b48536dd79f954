"""Connects by a code on another screen: `#scan-open`, `#scan`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from app.connection.invite import InvalidInvite, Invite
from app.connection.pasted import parse_invite
from app.faults import explain
from app.language import N_, _
from peerscript.aio.tasks import TaskOwner
from peerscript.errors import MediaError
from ui.bridge.elements import by_id
from ui.bridge.scanner import can_scan, scan

logger = logging.getLogger("peerscript.app")

LOOKING = N_("Hold the code of the other screen before the camera.")


class ScanPanel:
    """The button is hidden where the browser finds no codes.

    Args:
        connect: called with the invite that was found.
    """

    def __init__(self, connect: Callable[[Invite], None]) -> None:
        self._connect = connect
        self._tasks = TaskOwner("the scanner")
        self._running: asyncio.Task[None] | None = None
        self._dialog = by_id("scan").node
        by_id("scan-open").hidden = not can_scan()
        by_id("scan-open").on_click(self._open)
        by_id("scan-close").on_click(self._dialog.close)
        by_id("scan").on("close", lambda _: self._stop())

    def _open(self) -> None:
        self._dialog.showModal()
        by_id("scan-words").text = _(LOOKING)
        by_id("scan-video").hidden = False
        self._running = self._tasks.start(self._run())

    def _stop(self) -> None:
        """The dialog was closed: the camera is released."""
        if self._running is not None:
            self._running.cancel()

    async def _run(self) -> None:
        while True:
            try:
                invite = parse_invite(await scan(by_id("scan-video")))
            except InvalidInvite as error:
                by_id("scan-words").text = " ".join([_("This is another code."), str(error)])
            except MediaError as error:
                self._fail(explain(error))
                return
            except OSError as error:
                logger.info("no scanner: %s", error)
                self._fail(
                    _("This browser cannot read codes on this device. Paste the link instead.")
                )
                return
            else:
                self._connect(invite)
                self._dialog.close()
                return

    @staticmethod
    def _fail(words: str) -> None:
        by_id("scan-words").text = words
        by_id("scan-video").hidden = True
