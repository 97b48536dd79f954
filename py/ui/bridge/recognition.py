"""Writes down what is said, on this device (app.calls.ports.Recognizer).

https://developer.mozilla.org/docs/Web/API/SpeechRecognition. Most browsers send the voice to a
server for that; they are not asked to. Only one that has `processLocally` can promise not to.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import js
from pyodide.ffi import JsException, create_proxy, to_js

from app.language import _

logger = logging.getLogger("peerscript.app")

_OFFERED = ("available", "downloadable", "downloading")
_HARMLESS = ("no-speech", "aborted")  # it ends, and is begun again


class PageRecognizer:
    """One microphone at a time."""

    def __init__(self) -> None:
        self._running: Any = None
        self._track: Any = None  # which is wanted

    @property
    def _kind(self) -> Any:
        return getattr(js.window, "SpeechRecognition", None)

    async def offered(self) -> bool:
        return await self._availability() in _OFFERED

    async def _availability(self) -> str:
        kind = self._kind
        if not kind or not getattr(kind, "available", None):
            return "unavailable"
        try:
            return str(await kind.available(_options()))
        except JsException as error:
            logger.info("nothing is recognized on this device: %s", error)
            return "unavailable"

    async def start(
        self, microphone: Any, heard: Callable[[str], None], failed: Callable[[str], None]
    ) -> None:
        self._track = microphone
        try:
            if await self._availability() != "available" and not await self._kind.install(
                _options()
            ):
                raise OSError(_("the browser could not download what it needs to write them"))
            if self._track is microphone:  # else it was stopped meanwhile
                self._running = self._listen(microphone, heard, failed)
        except JsException as error:
            raise OSError(str(error.message)) from error

    def _listen(
        self, track: Any, heard: Callable[[str], None], failed: Callable[[str], None]
    ) -> Any:
        recognition = self._kind.new()
        recognition.lang = js.navigator.language
        recognition.processLocally = recognition.continuous = recognition.interimResults = True

        def result(event: Any) -> None:
            if recognition is self._running:
                results = [event.results[n] for n in range(event.resultIndex, event.results.length)]
                heard("".join(str(each[0].transcript) for each in results).strip())

        def error(event: Any) -> None:
            if recognition is self._running and str(event.error) not in _HARMLESS:
                self.stop()
                failed(str(event.message or event.error))

        def end(_: Any) -> None:
            if recognition is self._running:
                recognition.start(track)

        for name, listener in (("result", result), ("error", error), ("end", end)):
            recognition.addEventListener(name, create_proxy(listener))
        recognition.start(track)
        return recognition

    def stop(self) -> None:
        running, self._running, self._track = self._running, None, None
        if running is not None:
            running.abort()


def _options() -> Any:
    options = {"langs": [js.navigator.language], "processLocally": True}
    return to_js(options, dict_converter=js.Object.fromEntries)
