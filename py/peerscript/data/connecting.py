"""What `Peer.connect` returns."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from types import TracebackType
from typing import Any

from peerscript.data.connection import DataConnection


class Connecting:
    """A connection that is opening: await it, or enter it with `async with`."""

    def __init__(self, connect: Callable[[], Coroutine[Any, Any, DataConnection]]) -> None:
        self._connect = connect
        self._connection: DataConnection | None = None

    def __await__(self) -> Generator[Any, None, DataConnection]:
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
