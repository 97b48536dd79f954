"""What tests of files between two pages share."""

from __future__ import annotations

import hashlib
from typing import Any

from app.files.transfer import TransferState


async def offered(sender: Any, receiver: Any, source: Any, wait: Any) -> None:
    sender.files.offer([source])
    await wait(lambda: receiver.view.transfers)


async def accepted(sender: Any, receiver: Any, source: Any, wait: Any) -> None:
    await offered(sender, receiver, source, wait)
    receiver.tasks.start(receiver.files.act(receiver.transfer.key, "accept"))
    await wait(lambda: sender.transfer.state is TransferState.ACTIVE)


def is_whole(receiver: Any, name: str, content: bytes) -> bool:
    digest = hashlib.sha256(content).hexdigest()
    store, transfer = receiver.store, receiver.transfer
    there = (store.whole, store.discarded, store.written, transfer.sha256)
    return there == ({name: content}, [], len(content), digest)
