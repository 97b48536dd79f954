"""The page around the panels: its address, clipboard, share sheet, storage and stray errors."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from typing import Any

import js
from pyodide.ffi import JsException, create_proxy, to_js

from app.language import _


def address() -> str:
    """The page's URL without its fragment."""
    return str(js.location.href).partition("#")[0]


def user_agent() -> str:
    """How the browser calls itself."""
    return str(js.navigator.userAgent)


def fragment() -> str:
    """The URL's fragment without the `#`; "" for none."""
    return str(js.location.hash).removeprefix("#")


def clear_fragment() -> None:
    """Take the fragment out of the address bar and of this tab's history."""
    js.history.replaceState(None, "", address())


def take_query(names: Sequence[str]) -> dict[str, str]:
    """The parts of the URL's query that have these names, which are taken out of the address."""
    url = js.URL.new(js.location.href)
    found = {name: str(url.searchParams.get(name)) for name in names if url.searchParams.has(name)}
    for name in found:
        url.searchParams.delete(name)
    if found:
        js.history.replaceState(None, "", url.href)
    return found


def reload() -> None:
    """Load the page again, with its fragment."""
    js.location.reload()


def on_fragment(handler: Callable[[], None]) -> None:
    """Listen to the fragment being changed by hand."""
    js.window.addEventListener("hashchange", create_proxy(lambda _: handler()))


async def copy(text: str) -> bool:
    """Put text on the clipboard; return whether the browser let us."""
    clipboard = getattr(js.navigator, "clipboard", None)
    if not clipboard:
        return False  # plain http from another machine
    try:
        await clipboard.writeText(text)
    except JsException:
        return False
    return True


def can_share() -> bool:
    """Whether there is a share sheet."""
    return bool(getattr(js.navigator, "share", None))


async def share(title: str, url: str) -> None:
    """Open the share sheet. Closing it is no error."""
    shared = to_js({"title": title, "url": url}, dict_converter=js.Object.fromEntries)
    try:
        await js.navigator.share(shared)
    except JsException as error:
        if error.name != "AbortError":
            raise


async def fetch(url: str, integrity: str = "") -> bytes:
    """Get a file of the page's own site, or of the CDN.

    Args:
        integrity: the hash that it must have.

    Raises:
        OSError: it is not there, not to be reached, or has another hash.
    """
    options = to_js({"integrity": integrity}, dict_converter=js.Object.fromEntries)
    try:
        answer = await js.fetch(url, options)
        content = await answer.arrayBuffer()
    except JsException as error:
        checked = bool(integrity) and js.navigator.onLine
        raise OSError(str(error.message) if checked else _("is this page online?")) from error
    if not answer.ok:
        raise OSError(f"{url}: {answer.status}")
    return bytes(content.to_bytes())


def load(key: str) -> dict[str, Any]:
    """The table that `store` saved under the key; {} for none."""
    kept = js.localStorage.getItem(key)
    try:
        table = json.loads(str(kept)) if kept else {}
    except ValueError:
        return {}  # not ours, or cut off
    return table if isinstance(table, dict) else {}


def store(key: str, table: dict[str, Any]) -> None:
    """Save a table in this browser; an empty one is deleted."""
    if table:
        js.localStorage.setItem(key, json.dumps(table))
    else:
        js.localStorage.removeItem(key)


def settings() -> dict[str, Any]:
    """The page's `[peerscript]` table."""
    from pyscript import config

    table = config.get("peerscript", {})
    return dict(table) if isinstance(table, dict) else {}


def docs() -> str:
    """Where the page's documentation is; "" for nowhere."""
    from pyscript import config

    return str(config.get("page", {}).get("docs", ""))


def is_secure() -> bool:
    """Whether browsers give this page cameras and the clipboard."""
    return bool(js.isSecureContext)


def is_https() -> bool:
    """Whether the page's address is https."""
    return str(js.location.protocol) == "https:"


def is_online() -> bool:
    """Whether the browser has a network; False is certain, True is not."""
    return bool(js.navigator.onLine)


def is_only_here() -> bool:
    """Whether the page's address is one that this computer alone can open."""
    host = str(js.location.hostname)
    return host in ("localhost", "[::1]") or host.startswith("127.")


def catch_stray_errors(report: Callable[[str], None]) -> None:
    """Call `report` with the text of every uncaught error."""

    def in_loop(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        loop.default_exception_handler(context)
        report(str(context.get("exception") or context.get("message")))

    asyncio.get_running_loop().set_exception_handler(in_loop)
    thrown = create_proxy(lambda event: report(str(event.message)))
    rejected = create_proxy(lambda event: report(str(event.reason)))
    js.window.addEventListener("error", thrown)
    js.window.addEventListener("unhandledrejection", rejected)


def when_seen(seen: Callable[[], None]) -> None:
    """Listen to the page being visible again. Phones end the camera of one in the background, and
    stop what it plays.
    """

    def look(_: Any) -> None:
        if str(js.document.visibilityState) == "visible":
            seen()

    js.document.addEventListener("visibilitychange", create_proxy(look))


def when_wide(changed: Callable[[bool], None]) -> Callable[[], bool]:
    """Listen to whether panels stand side by side (layout.css); return what tells it now."""
    query = js.window.matchMedia("(min-width: 56.01rem)")
    query.addEventListener("change", create_proxy(lambda event: changed(bool(event.matches))))
    return lambda: bool(query.matches)
