"""Whoever says nothing for a second after a connection has opened is plain PeerJS."""

from __future__ import annotations

import asyncio

import pytest

from peerscript.data.hello import HELLO_TIMEOUT, wait_for_hello
from peerscript.protocol.values.codecs import Undecided, codec_for


async def test_silence_is_peerjs_after_a_second() -> None:
    loop = asyncio.get_running_loop()
    codec = codec_for("binary")
    opened_at = loop.time() - HELLO_TIMEOUT / 2
    await wait_for_hello(codec, opened_at, asyncio.Event().wait)
    assert loop.time() == pytest.approx(opened_at + HELLO_TIMEOUT)
    assert codec.encode(-0.0, 65_536)


async def test_a_change_decides_nothing_by_itself() -> None:
    codec = codec_for("binary")
    changed = asyncio.Event()
    changed.set()
    await wait_for_hello(codec, asyncio.get_running_loop().time(), changed.wait)
    with pytest.raises(Undecided):
        codec.encode(-0.0, 65_536)
