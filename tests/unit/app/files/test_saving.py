"""What has arrived is saved: one file, or many at once."""

from __future__ import annotations

from typing import Any


async def arrived(apps: Any, wait: Any, *sources: Any) -> Any:
    alice, bob = apps
    alice.files.offer(sources)
    await wait(lambda: bob.view.transfers)
    await bob.files.act(bob.transfer.key, "accept-all")
    await wait(lambda: bob.transfer.over)
    return bob


async def test_one_file(apps: Any, source: Any, wait: Any) -> None:
    bob = await arrived(apps, wait, source("x", b"content", folder="photos"))
    await bob.files.act(bob.transfer.key, "save")
    assert bob.view.downloads == {"x": b"content"}


async def test_many_files_are_one_download(apps: Any, source: Any, wait: Any) -> None:
    sources = [source("a", b"1", folder="photos"), source("b", b"2", folder="photos/2026")]
    bob = await arrived(apps, wait, *sources)
    key = bob.transfer.key
    await bob.files.act(key, "save")
    files = {"photos/a": b"1", "photos/2026/b": b"2"}
    assert bob.view.downloads == {"photos.zip": files}
    await bob.files.act(key, "save", 1)
    assert bob.view.downloads["b"] == b"2"
    await bob.files.act(key, "save-folder")
    assert bob.view.folder == files
    assert "2 files are in the folder." in bob.notices.announced


async def test_nothing_is_saved_where_no_folder_is_chosen(
    apps: Any, source: Any, wait: Any
) -> None:
    bob = await arrived(apps, wait, source("a", b"1"), source("b", b"2"))
    bob.view.folder = None
    await bob.files.act(bob.transfer.key, "save-folder")
    assert not any("in the folder" in words for words in bob.notices.announced)


async def test_one_of_many_in_a_folder(apps: Any, source: Any, wait: Any) -> None:
    bob = await arrived(apps, wait, source("a", b"1"))
    await bob.files.act(bob.transfer.key, "save-folder")
    assert "One file is in the folder." in bob.notices.announced


async def test_what_cannot_be_read_any_more_is_told(apps: Any, source: Any, wait: Any) -> None:
    bob = await arrived(apps, wait, source("a", b"1"), source("b", b"2"))
    received = bob.transfer.offer.received
    file = received[1].file
    object.__setattr__(received[1], "file", None)
    for action in ("save", "save-folder"):
        await bob.files.act(bob.transfer.key, action)
    assert bob.notices.problems == [
        "The archive could not be made: it is gone",
        "Not every file could be saved: it is gone",
    ]
    object.__setattr__(received[1], "file", file)
    assert len(bob.notices.standing) == 1
    await bob.files.act(bob.transfer.key, "save-folder")
    assert bob.notices.standing == []
    del received[1]
    await bob.files.act(bob.transfer.key, "save", 1)  # it has no such button
    assert bob.view.downloads == {}
