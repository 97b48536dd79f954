"""PDFs, drawn by pdf.js (https://mozilla.github.io/pdf.js/api/) onto a canvas."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import js
from pyodide.ffi import JsException, JsProxy, create_proxy, to_js

from app.language import _
from app.slides.decks import NotADeck
from peerscript.aio.tasks import TaskOwner
from ui.bridge.elements import Element, by_id
from ui.bridge.scripts import run_script

logger = logging.getLogger("peerscript.app")

_MAX_SIDE = 4096  # pixels; some browsers allow no larger canvas
_MAX_IMAGE = 50_000_000  # pixels of a picture in a page; larger ones are left out
_TEMPLATE = "pdf-template"

AskPassword = Callable[[bool], Awaitable[str | None]]


class _Library:
    """pdf.js, loaded when it is first needed.

    Attributes:
        root: the address of its package, with fonts and character maps.
    """

    def __init__(self, api: JsProxy, root: str) -> None:
        self.api = api
        self.root = root

    @classmethod
    async def load(cls) -> _Library:
        """Run the module that the page's template names, and find its worker.

        Raises:
            NotADeck: it could not be loaded.
        """
        parts = by_id(_TEMPLATE).node.content  # not a part of this page: it has no addresses
        link = parts.querySelector("link")
        worker = str(js.URL.new(link.getAttribute("href"), js.document.baseURI).href)
        if not getattr(js.globalThis, "pdfjsLib", None):
            try:
                await run_script(parts.querySelector("script").cloneNode(True))
                source = await _worker_source(worker, link.integrity)
            except OSError as error:
                raise NotADeck(
                    _("What shows PDFs could not be loaded: {error}", error=error)
                ) from error
            js.globalThis.pdfjsLib.GlobalWorkerOptions.workerSrc = source
        return cls(js.globalThis.pdfjsLib, str(js.URL.new("../../", worker).href))

    async def open(self, data: bytes, password: str) -> JsProxy:
        """Read a document.

        Raises:
            JsException: it cannot be read; a PasswordException: not with this password.
        """
        given = {
            "data": to_js(data),
            "password": password,
            "cMapUrl": f"{self.root}cmaps/",
            "standardFontDataUrl": f"{self.root}standard_fonts/",
            "wasmUrl": f"{self.root}wasm/",
            "maxImageSize": _MAX_IMAGE,
            "isEvalSupported": False,
            "enableXfa": False,
        }
        loading = self.api.getDocument(_options(given))
        try:
            document: JsProxy = await loading.promise
        except JsException:
            loading.destroy()
            raise
        return document


async def _worker_source(address: str, integrity: str) -> str:
    """The URL of the worker's script. A browser starts no worker from another origin (the un-built
    page), and checks no worker's hash: so the script is fetched and checked here.
    """
    if not integrity:
        return address
    try:
        answer = await js.fetch(address, _options({"integrity": integrity}))
        return str(js.URL.createObjectURL(await answer.blob()))
    except JsException as error:
        raise OSError(str(error.message)) from error


class PdfPages:
    """A document's pages (app.slides.decks.pdf.Pages).

    Attributes:
        count: how many there are.
    """

    def __init__(self, document: JsProxy, canvas: JsProxy) -> None:
        self._canvas = canvas
        self.count = int(document.numPages)
        self._document = document
        self._closed = False
        self._asked: int | None = None  # the newest page that was to be shown
        self._wanted: int | None = None  # the same, until its drawing has begun
        self._tasks = TaskOwner("a PDF's pages")
        self._painter: asyncio.Task[None] | None = None
        self._ready: dict[tuple[int, float, float], JsProxy] = {}  # drawn, and not shown yet
        self._resized = create_proxy(self._draw_again)
        window = canvas.ownerDocument.defaultView  # it may be another than this one
        self._observer = window.ResizeObserver.new(self._resized)
        self._observer.observe(canvas)

    @classmethod
    async def open(cls, data: bytes, host: Element, ask: AskPassword) -> PdfPages:
        """Read a document.

        Args:
            host: the element in which the canvas stands.
            ask: returns the password of one that is locked, or None; called again, with True, for
                as long as it is wrong.

        Raises:
            NotADeck: it is damaged, or locked for whoever is asked, or pdf.js is not to be had.
        """
        library = await _Library.load()
        password: str | None = ""
        while password is not None:
            try:
                document = await library.open(data, password)
                return cls(document, host.node.querySelector(":scope > canvas"))
            except JsException as error:
                if error.name != "PasswordException":
                    raise NotADeck(_("This PDF cannot be read: it is damaged.")) from error
            password = await ask(password != "")
        raise NotADeck(_("This PDF is locked with a password."))

    def draw(self, number: int) -> None:
        """Show a page, counted from 0, as soon as it is drawn; only the newest call counts."""
        self._asked = self._wanted = number
        if self._painter is None or self._painter.done():
            self._painter = self._tasks.start(self._paint())

    async def first_words(self, number: int) -> str:
        """What is written at the top of a page; "" for nothing that could be read."""
        words: list[str] = []
        try:
            page = await self._document.getPage(number + 1)
            for item in (await page.getTextContent()).items:
                words.append(str(getattr(item, "str", "")))
                if getattr(item, "hasEOL", False) and "".join(words).strip():
                    break
        except JsException as error:
            logger.info("page %d has no words: %s", number + 1, error)
        return "".join(words)

    def close(self) -> None:
        """Release the document."""
        self._closed = True  # what is still being drawn fails now
        self._observer.disconnect()
        self._resized.destroy()
        self._ready.clear()
        self._tasks.cancel()
        self._document.loadingTask.destroy()

    def _draw_again(self, *_: JsProxy) -> None:
        """The stage has another size, and what is being drawn now has the former one."""
        if self._asked is not None:
            self.draw(self._asked)

    async def _paint(self) -> None:
        while self._wanted is not None:
            number, self._wanted = self._wanted, None
            try:
                await self._show(number)
                if self._wanted is None and number + 1 < self.count:
                    await self._drawn(number + 1)
            except JsException as error:
                if not self._closed:
                    logger.warning("page %d could not be drawn: %s", number + 1, error)

    async def _show(self, number: int) -> None:
        """Draw off-screen first, so that a page never appears half drawn."""
        aside = await self._drawn(number)
        shown = self._canvas
        shown.width, shown.height = aside.width, aside.height
        shown.getContext("2d").drawImage(aside, 0, 0)
        shown.setAttribute("data-page", str(number + 1))

    async def _drawn(self, number: int) -> JsProxy:
        """A page, at the size that the stage has now."""
        canvas, ratio = self._canvas, js.window.devicePixelRatio
        room = (max(1, canvas.clientWidth) * ratio, max(1, canvas.clientHeight) * ratio)
        if (number, *room) not in self._ready:
            aside = await self._render(number, *room)
            if len(self._ready) >= 2:
                self._ready.clear()
            self._ready[number, *room] = aside
        return self._ready[number, *room]

    async def _render(self, number: int, width: float, height: float) -> JsProxy:
        page = await self._document.getPage(number + 1)
        size = page.getViewport(_options({"scale": 1}))
        scale = min(
            width / size.width, height / size.height, _MAX_SIDE / max(size.width, size.height)
        )
        viewport = page.getViewport(_options({"scale": scale}))
        aside: JsProxy = js.document.createElement("canvas")
        aside.width, aside.height = max(1, round(viewport.width)), max(1, round(viewport.height))
        await page.render(_options({"canvas": aside, "viewport": viewport})).promise
        return aside


def _options(entries: dict[str, Any]) -> JsProxy:
    made: JsProxy = to_js(entries, dict_converter=js.Object.fromEntries)
    return made
