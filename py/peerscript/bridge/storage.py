"""This tab's storage and page events."""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping

import js
from pyodide.ffi import JsException, JsProxy

from peerscript.bridge.listeners import Listeners
from peerscript.ports import PageEvent


class TabStorage(MutableMapping[str, str]):
    """The tab's [sessionStorage](https://developer.mozilla.org/docs/Web/API/Window/sessionStorage)."""

    def __getitem__(self, name: str) -> str:
        value = js.sessionStorage.getItem(name)
        if not isinstance(value, str):
            raise KeyError(name)  # null
        return value

    def __setitem__(self, name: str, value: str) -> None:
        try:
            js.sessionStorage.setItem(name, value)
        except JsException as error:
            raise OSError(f"the browser keeps no more for this page: {error.message}") from error

    def __delitem__(self, name: str) -> None:
        js.sessionStorage.removeItem(name)

    def __iter__(self) -> Iterator[str]:
        return iter([str(name) for name in js.Object.keys(js.sessionStorage)])

    def __len__(self) -> int:
        return int(js.sessionStorage.length)


def watch(notify: Callable[[PageEvent], None]) -> Callable[[], None]:
    """See ports.Browser."""
    listeners = Listeners()

    def visible(_: JsProxy) -> None:
        if str(js.document.visibilityState) == "visible":
            notify(PageEvent.AWAKE)

    def awake(_: JsProxy) -> None:
        notify(PageEvent.AWAKE)

    listeners.listen(js.document, "freeze", lambda _: notify(PageEvent.FROZEN))
    listeners.listen(js.document, "resume", awake)
    listeners.listen(js.document, "visibilitychange", visible)
    listeners.listen(js.window, "online", awake)
    return listeners.close
