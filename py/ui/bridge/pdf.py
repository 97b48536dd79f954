"""PDFs, drawn by pdf.js (https://mozilla.github.io/pdf.js/api/) onto `#slides-page`."""

from __future__ import annotations

import asyncio
import logging

import js
from pyodide.ffi import JsException, create_once_callable, to_js

from app.decks import NotADeck
from ui.bridge.elements import by_id

logger = logging.getLogger("peerscript.app")

_MAX_SIDE = 4096  # pixels: more than that some canvases do not have
_TEMPLATE = "pdf-template"


async def _library() -> js.JsProxy:
    """pdf.js itself, loaded when it is first needed.

    Raises:
        NotADeck: it could not be loaded.
    """
    if not getattr(js.globalThis, "pdfjsLib", None):
        template = by_id(_TEMPLATE)
        loaded: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        script = js.document.createElement("script")
        script.type = "module"
        script.onload = create_once_callable(lambda _: loaded.set_result(True))
        script.onerror = create_once_callable(lambda _: loaded.set_result(False))
        script.src = template.get("data-module")
        js.document.head.appendChild(script)
        if not await loaded:
            raise NotADeck("pdf.js could not be loaded: is this page online?")
        worker = js.URL.new(template.get("data-worker"), js.document.baseURI).href
        js.globalThis.pdfjsLib.GlobalWorkerOptions.workerSrc = worker
    return js.globalThis.pdfjsLib


class PdfPages:
    """A document's pages (app.decks.pdf.Pages).

    Attributes:
        count: how many there are.
    """

    def __init__(self, document: js.JsProxy) -> None:
        self.count = int(document.numPages)
        self._document = document
        self._wanted: int | None = None
        self._painter: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, data: bytes) -> PdfPages:
        """Read a document.

        Raises:
            NotADeck: it is damaged, or locked with a password.
        """
        library = await _library()
        given = {"data": to_js(data), "isEvalSupported": False, "enableXfa": False}
        try:
            document = await library.getDocument(
                to_js(given, dict_converter=js.Object.fromEntries)
            ).promise
        except JsException as error:
            locked = error.name == "PasswordException"
            why = "is locked with a password" if locked else "cannot be read: it is damaged"
            raise NotADeck(f"This PDF {why}.") from error
        return cls(document)

    def draw(self, number: int) -> None:
        """Show a page, counted from 0, as soon as it is drawn; the newest wish counts."""
        self._wanted = number
        if self._painter is None or self._painter.done():
            self._painter = asyncio.ensure_future(self._paint())

    async def first_words(self, number: int) -> str:
        """What is written at the top of a page."""
        page = await self._document.getPage(number + 1)
        words: list[str] = []
        for item in (await page.getTextContent()).items:
            words.append(str(item.str))
            if item.hasEOL and "".join(words).strip():
                break
        return "".join(words)

    def close(self) -> None:
        """Forget it."""
        if self._painter is not None:
            self._painter.cancel()
        self._document.destroy()

    async def _paint(self) -> None:
        while self._wanted is not None:
            number, self._wanted = self._wanted, None
            try:
                await self._paint_page(number)
            except JsException as error:
                logger.warning("page %d could not be drawn: %s", number + 1, error)

    async def _paint_page(self, number: int) -> None:
        """Draw aside, then show at once: a page never appears in halves."""
        page = await self._document.getPage(number + 1)
        size = page.getViewport(to_js({"scale": 1}, dict_converter=js.Object.fromEntries))
        shown = by_id("slides-page").node
        width = max(1, shown.clientWidth) * js.window.devicePixelRatio
        height = max(1, shown.clientHeight) * js.window.devicePixelRatio
        scale = min(width / size.width, height / size.height)
        scale = min(scale, _MAX_SIDE / max(size.width, size.height))
        viewport = page.getViewport(to_js({"scale": scale}, dict_converter=js.Object.fromEntries))
        aside = js.document.createElement("canvas")
        aside.width, aside.height = max(1, round(viewport.width)), max(1, round(viewport.height))
        context = {"canvas": aside, "viewport": viewport}
        await page.render(to_js(context, dict_converter=js.Object.fromEntries)).promise
        shown.width, shown.height = aside.width, aside.height
        shown.getContext("2d").drawImage(aside, 0, 0)
        shown.setAttribute("data-page", str(number + 1))
