"""A page of PyScript's without a browser: over the network in memory, with stand-ins for what
PyScript gives to a page.
"""

from __future__ import annotations

import ast
import inspect
import sys
import types
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any
from unittest.mock import MagicMock

import pytest

import peerscript
from peerscript import PageIdentity, Peer, Room
from peerscript.testing import MemoryNetwork


class Elements(dict[str, Any]):
    """A page's elements, by their ID."""

    def __missing__(self, id: str) -> Any:
        self[id] = element = MagicMock()
        return element


class PyScriptPage:
    """A page that runs some Python, opened by a link if there is a fragment.

    Attributes:
        names: what its Python defines.
        shown: what it has displayed.
    """

    def __init__(
        self,
        source: str,
        monkeypatch: pytest.MonkeyPatch,
        *,
        network: MemoryNetwork | None = None,
        own_id: str = "host",
        fragment: str = "",
    ) -> None:
        self.network = network or MemoryNetwork()
        self._own_id = own_id
        self.names: dict[str, Any] = {}
        self.shown: list[Any] = []
        self.handlers: dict[tuple[str, str], Callable[..., Any]] = {}
        self.page = Elements()
        pyscript: Any = types.ModuleType("pyscript")
        pyscript.display = lambda value, **_: self.shown.append(value)
        pyscript.when = self._when
        pyscript.window = MagicMock()
        pyscript.window.location.hash = fragment
        web: Any = types.ModuleType("pyscript.web")
        web.page, web.td, web.th, web.tr = self.page, MagicMock(), MagicMock(), MagicMock()
        monkeypatch.setitem(sys.modules, "pyscript", pyscript)
        monkeypatch.setitem(sys.modules, "pyscript.web", web)
        monkeypatch.setattr(peerscript, "Peer", self._peer)
        monkeypatch.setattr(peerscript, "Room", partial(Room, storage={}))
        monkeypatch.setattr(peerscript, "page_identity", self._identity)
        self._code = compile(source, own_id, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)

    def _peer(self, id: str | None = None, **_: Any) -> Peer:
        return Peer(id or self._own_id, browser=self.network)

    async def _identity(self) -> PageIdentity:
        return PageIdentity(self._own_id, "token")

    def _when(self, event: str, selector: str) -> Callable[..., Any]:
        return lambda handler: self.handlers.setdefault((event, selector), handler)

    async def run(self) -> None:
        made = eval(self._code, self.names)
        if inspect.isawaitable(made):
            await made

    async def do(self, event: str, selector: str) -> None:
        """Something happens in the page."""
        done = self.handlers[event, selector]()
        if inspect.isawaitable(done):
            await done

    @property
    def address(self) -> tuple[str, str]:
        """What the link leads to."""
        peer_id, _, secret = self.page["link"].hash.partition(".")
        return peer_id, secret

    @asynccontextmanager
    async def joined(self, name: str) -> AsyncIterator[Any]:
        async with (
            Peer(name, browser=self.network) as peer,
            Room.join(peer, *self.address, storage={}) as host,
        ):
            yield host
