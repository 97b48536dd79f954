"""Asks for the password of a PDF: `#deck-password`. It goes to pdf.js, and nowhere else."""

from __future__ import annotations

import asyncio

from app.language import _
from peerscript.slides import DeckSource
from ui.bridge.elements import by_id


class PasswordDialog:
    """The dialog, open while somebody is asked."""

    def __init__(self) -> None:
        self._answer: asyncio.Future[str | None] | None = None
        self._source: DeckSource | None = None
        self._given: str | None = None  # for that source
        self._field = by_id("deck-password-field")
        by_id("deck-password-form").on_submit(lambda: self._end(self._field.value))
        by_id("deck-password-cancel").on_click(self.close)
        by_id("deck-password").on("cancel", lambda _: self.close())  # the Escape key

    async def ask(self, source: DeckSource, wrong: bool) -> str | None:
        """Ask for a deck's password; None if there is none to be had. While the page is open, the
        one that was given for a deck is not asked for again.

        Args:
            wrong: the answer before was wrong.
        """
        if source is self._source and self._given and not wrong:
            return self._given
        self.close()
        by_id("deck-password-name").text = source.name
        by_id("deck-password-wrong").text = _("That is not its password.") if wrong else ""
        by_id("deck-password").node.showModal()
        self._answer = asyncio.get_running_loop().create_future()
        self._source, self._given = source, await self._answer
        return self._given

    def close(self) -> None:
        """Ask no more."""
        self._end(None)

    def _end(self, password: str | None) -> None:
        answer, self._answer = self._answer, None
        self._field.value = ""
        by_id("deck-password").node.close()
        if answer is not None and not answer.done():
            answer.set_result(password)
