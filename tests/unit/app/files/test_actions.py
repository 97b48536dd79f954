"""What a person can do with a transfer, in each of its states."""

from __future__ import annotations

from typing import Any

from app.files.actions import actions, file_actions
from app.files.transfer import TransferState


async def test_one_file(apps: Any, source: Any, wait: Any) -> None:
    alice, bob = apps
    bob.store.gate.clear()
    alice.files.offer([source("x", b"x")])
    await wait(lambda: bob.view.transfers)
    out, came = alice.transfer, bob.transfer
    assert actions(out) == {"cancel": "Cancel"}
    assert list(actions(came)) == ["accept", "accept-folder", "decline"]
    await bob.files.act(came.key, "accept")
    assert list(actions(came)) == ["pause", "cancel"]
    await bob.files.act(came.key, "pause")
    await wait(lambda: out.state is TransferState.PAUSED)
    assert list(actions(came)) == ["resume", "cancel"]
    assert list(actions(out)) == ["cancel"]
    bob.store.gate.set()
    await bob.files.act(came.key, "resume")
    await wait(lambda: out.over and came.over)
    assert list(actions(came)) == ["save", "remove"]
    assert list(actions(out)) == ["remove"]


async def test_many_files(apps: Any, source: Any, wait: Any) -> None:
    alice, bob = apps
    bob.store.gate.clear()
    alice.files.offer([source(f"{n}", b"x") for n in range(3)])
    await wait(lambda: bob.view.transfers)
    came = bob.transfer
    assert list(actions(came)) == ["accept-all", "accept-folder", "decline"]
    assert file_actions(came, 0) == {"want"}
    assert file_actions(alice.transfer, 0) == set()
    bob.files.want(came.key, 2, wanted=False)
    assert actions(came)["accept"] == "Accept 2 of 3"
    await bob.files.act(came.key, "accept")
    assert file_actions(came, 0) == {"cancel"}
    assert file_actions(came, 2) == set()
    bob.store.gate.set()
    await wait(lambda: came.over)
    assert actions(came)["save"] == "Save 2 as ZIP"
    assert file_actions(came, 0) == {"save"}
    assert file_actions(came, 2) == set()
