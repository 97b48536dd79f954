"""What `Peer.connect` returns."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from types import TracebackType
from typing import TYPE_CHECKING, Any
from warnings import warn

from peerscript.data.connection import DataConnection

_HOW = "write `conn = await peer.connect(…)`, or `async with peer.connect(…) as conn:`"


class Connecting:
    """A connection that is opening: await it, or enter it with `async with`."""

    def __init__(self, connect: Callable[[], Coroutine[Any, Any, DataConnection]]) -> None:
        self._connect = connect
        self._awaited = False
        self._connection: DataConnection | None = None

    def __await__(self) -> Generator[Any, None, DataConnection]:
        self._awaited = True
        return self._connect().__await__()

    async def __aenter__(self) -> DataConnection:
        self._connection = await self
        return self._connection

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._connection is not None:
            await self._connection.__aexit__(kind, error, traceback)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            hint = "" if name.startswith("_") else f": connect() was not awaited: {_HOW}"
            raise AttributeError(f"Connecting has no {name!r}{hint}")

    def __del__(self) -> None:
        if not self.__dict__.get("_awaited", True):
            warn(f"connect() was never awaited: {_HOW}", RuntimeWarning, stacklevel=2)
