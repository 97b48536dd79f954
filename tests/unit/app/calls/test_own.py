"""What a page sends, and what the person has chosen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.calls.own import STORED, OwnMedia
from app.tasks import Tasks
from peerscript.calls import Slot
from peerscript.errors import MediaDenied, MediaError, MediaInUse, MediaNotFound
from peerscript.testing import MemoryNetwork
from tests.clock import until
from tests.unit.app.devices import MemoryDevices
from tests.unit.app.notices import Notices

CAMERA, MICROPHONE, SCREEN = Slot.CAMERA, Slot.MICROPHONE, Slot.SCREEN


class Room:
    """A page's devices, and what it has of them."""

    def __init__(self, tasks: Tasks, storage: dict[str, str]) -> None:
        self.devices = MemoryDevices(MemoryNetwork())
        self.storage = storage
        self.changes = 0
        self.own = OwnMedia(self.devices, storage, tasks, self._on_change)

    def _on_change(self) -> None:
        self.changes += 1


@pytest.fixture
async def tasks() -> AsyncIterator[Tasks]:
    tasks = Tasks(Notices())
    yield tasks
    await tasks.close()


@pytest.fixture
def room(tasks: Tasks) -> Room:
    return Room(tasks, {})


async def test_both_in_one_question(room: Room) -> None:
    await room.own.open()
    await room.own.open()
    assert len(room.devices.asked) == 1
    assert set(room.own.tracks) == {CAMERA, MICROPHONE}
    assert (room.own.shown.camera_id, room.own.shown.microphone_id) == ("front", "built-in")
    assert room.own.picture_height == 720
    room.own.close()
    assert all(track.stopped for track in room.devices.given)
    assert room.own.picture_height == 0


async def test_each_alone_where_not_both(room: Room) -> None:
    room.devices.refused[CAMERA] = MediaDenied("no")
    await room.own.open()
    assert room.devices.asked == [(True, True), (True, False), (False, True)]
    assert set(room.own.tracks) == {MICROPHONE}
    assert set(room.own.problems) == {CAMERA}


async def test_a_chosen_device_that_is_gone_gives_way_to_another(room: Room) -> None:
    room.own.wishes.choose(CAMERA, True, "unplugged")
    give = room.devices.open

    async def gone(camera: Any, microphone: Any) -> Any:
        if "deviceId" in camera:
            raise MediaNotFound("no such device")
        return await give(camera, microphone)

    room.devices.open = gone  # type: ignore[method-assign]
    await room.own.open()
    assert set(room.own.tracks) == {CAMERA, MICROPHONE}
    assert room.own.wishes.camera_id == ""


async def test_switched_off_or_hung_up_while_the_browser_asks(room: Room) -> None:
    room.devices.gate.clear()
    opening = asyncio.create_task(room.own.open())
    await until(lambda: room.devices.asked)
    await room.own.turn(CAMERA, False)
    room.devices.gate.set()
    await opening
    assert set(room.own.tracks) == {MICROPHONE}
    room.devices.gate.clear()
    room.devices.refused[CAMERA] = MediaDenied("no")
    turning = asyncio.create_task(room.own.turn(CAMERA, True))
    await until(lambda: len(room.devices.asked) == 2)
    room.own.close()
    room.devices.gate.set()
    await turning
    assert room.own.tracks == room.own.problems == {}


async def test_turned_on_again_it_may_be_refused(room: Room) -> None:
    await room.own.open()
    camera = room.own.tracks[CAMERA]
    await room.own.turn(CAMERA, False)
    assert camera.stopped
    room.devices.refused[CAMERA] = MediaInUse("busy")
    with pytest.raises(MediaInUse):
        await room.own.turn(CAMERA, True)
    await room.own.turn(CAMERA, False)
    assert room.own.problems == {}


async def test_another_device(room: Room) -> None:
    await room.own.open()
    assert room.own.next_camera() == "back"
    await room.own.choose(CAMERA, "back")
    assert room.own.shown.camera_id == "back"
    assert room.own.next_camera() == "front"
    await room.own.choose(CAMERA, "")
    assert (room.own.shown.camera_id, room.own.next_camera()) == ("", "")
    await room.own.choose(CAMERA, "back")
    assert room.own.shown.camera_id == "back"


async def test_a_device_for_the_next_call_is_not_opened_yet(room: Room) -> None:
    await room.own.look()
    shown = room.own.shown
    assert (shown.camera_id, shown.microphone_id) == ("front", "built-in")  # would be used
    await room.own.choose(CAMERA, "back")
    await room.own.choose(MICROPHONE, "")
    assert (room.own.shown.camera_id, room.own.shown.microphone_id) == ("back", "")
    assert room.devices.asked == []
    await room.own.open()
    assert room.own.shown.camera_id == "back"
    assert set(room.own.tracks) == {CAMERA}


async def test_a_phone_that_opens_one_camera_at_a_time(room: Room) -> None:
    await room.own.open()
    front, give = room.own.tracks[CAMERA], room.devices.open

    async def one_at_a_time(camera: Any, microphone: Any) -> Any:
        if not front.stopped:
            raise MediaInUse("one at a time")
        return await give(camera, microphone)

    room.devices.open = one_at_a_time  # type: ignore[method-assign]
    await room.own.choose(CAMERA, "back")
    assert room.own.shown.camera_id == "back"


async def test_what_cannot_be_chosen_leaves_what_was(room: Room) -> None:
    await room.own.open()
    room.devices.refused[CAMERA] = MediaDenied("no")
    before = room.own.tracks[CAMERA]
    with pytest.raises(MediaDenied):
        await room.own.choose(CAMERA, "back")
    assert room.own.tracks[CAMERA] is before
    assert not before.stopped


async def test_a_choice_that_fails_takes_back_no_later_one(room: Room) -> None:
    class Once(dict[Slot, MediaError]):
        def __getitem__(self, slot: Slot) -> MediaError:
            return self.pop(slot)

    await room.own.open()
    room.devices.refused = Once({CAMERA: MediaDenied("no")})
    room.devices.gate.clear()
    first = asyncio.ensure_future(room.own.choose(CAMERA, "front"))
    await asyncio.sleep(0)
    second = asyncio.ensure_future(room.own.choose(CAMERA, "back"))
    await asyncio.sleep(0)
    room.devices.gate.set()
    with pytest.raises(MediaDenied):
        await first
    await second
    assert room.own.shown.camera_id == "back"
    assert room.own.wishes.camera_id == "back"


async def test_a_choice_that_fails_switches_nothing_on_again(room: Room) -> None:
    await room.own.open()
    room.devices.refused[CAMERA] = MediaDenied("no")
    room.devices.gate.clear()
    choosing = asyncio.ensure_future(room.own.choose(CAMERA, "back"))
    await asyncio.sleep(0)
    await room.own.turn(CAMERA, False)
    room.devices.gate.set()
    with pytest.raises(MediaDenied):
        await choosing
    assert CAMERA not in room.own.tracks
    assert not room.own.wishes.wants(CAMERA)


async def test_muted_is_silent_on_whichever_microphone(room: Room) -> None:
    await room.own.open()
    room.own.mute(True)
    await room.own.choose(MICROPHONE, "built-in")
    assert not room.own.tracks[MICROPHONE].enabled
    room.own.mute(False)
    assert room.own.tracks[MICROPHONE].enabled
    await room.own.turn(MICROPHONE, False)
    room.own.mute(True)
    room.own.close()
    assert not room.own.wishes.muted


async def test_a_screen_that_the_browser_ends(room: Room) -> None:
    await room.own.open()
    await room.own.share()
    sound = room.own.tracks[Slot.SCREEN_SOUND]
    room.devices.end(sound)
    assert room.own.shown.sharing
    screen = room.own.tracks[SCREEN]
    room.devices.end(screen)
    assert not room.own.shown.sharing
    assert sound.stopped
    room.devices.end(screen)  # it is known already


async def test_a_track_that_ended_is_taken_again(room: Room) -> None:
    await room.own.open()
    ended = room.own.tracks[CAMERA]
    room.devices.end(ended)
    await until(lambda: room.own.tracks.get(CAMERA) not in (None, ended))
    assert room.own.missing == {}


async def test_what_cannot_be_taken_again_is_told_and_tried_when_something_changes(
    room: Room,
) -> None:
    room.devices.change()
    await asyncio.sleep(0)  # nothing is open: there is nothing to do
    assert (room.devices.asked, room.changes) == ([], 0)
    await room.own.open()
    room.devices.refused[CAMERA] = MediaNotFound("unplugged")
    room.devices.end(room.own.tracks[CAMERA])
    await until(lambda: CAMERA in room.own.missing)
    del room.devices.refused[CAMERA]
    room.devices.change()
    await until(lambda: CAMERA in room.own.tracks)
    changes, asked = room.changes, len(room.devices.asked)
    room.devices.plugged.pop()
    room.devices.change()
    await until(lambda: room.changes > changes)
    assert len(room.devices.asked) == asked
    assert len(room.own.shown.devices) == 2


async def test_who_has_refused_is_not_asked_again(room: Room) -> None:
    room.devices.refused[CAMERA] = MediaDenied("no")
    await room.own.open()
    changes, asked = room.changes, len(room.devices.asked)
    room.devices.change()
    await until(lambda: room.changes > changes)
    assert len(room.devices.asked) == asked


async def test_it_is_kept_over_a_reload(room: Room, tasks: Tasks) -> None:
    await room.own.open()
    await room.own.turn(CAMERA, False)
    room.own.mute(True)
    again = Room(tasks, room.storage)
    await again.own.open()
    assert set(again.own.tracks) == {MICROPHONE}
    assert not again.own.tracks[MICROPHONE].enabled


async def test_a_full_storage_is_no_matter(tasks: Tasks, caplog: pytest.LogCaptureFixture) -> None:
    class Full(dict[str, str]):
        def __setitem__(self, key: str, value: str) -> None:
            raise OSError("full")

    room = Room(tasks, Full())
    await room.own.open()
    assert STORED not in room.storage
    assert "after a reload" in caplog.text


async def test_whether_it_was_allowed_before(room: Room) -> None:
    assert await room.own.allowed_before()
    room.devices.named = False
    assert not await room.own.allowed_before()


# A page in the background


async def test_what_ended_in_the_background_is_taken_again_when_the_page_is_seen(
    room: Room,
) -> None:
    await room.own.open()
    room.devices.visible = False
    room.devices.refused[CAMERA] = MediaDenied("a page in the background gets none")
    room.devices.end(room.own.tracks[CAMERA])
    await until(lambda: CAMERA in room.own.problems)
    room.devices.change()
    await until(lambda: len(room.devices.asked) == 2)
    assert room.own.missing == {}
    room.devices.visible = True
    room.devices.refused.clear()
    room.devices.change()
    await until(lambda: CAMERA in room.own.tracks)
    assert room.own.missing == room.own.problems == {}


async def test_what_cannot_be_had_after_all_is_told_then(room: Room) -> None:
    await room.own.open()
    room.devices.visible = False
    room.devices.refused[CAMERA] = error = MediaInUse("another app has it")
    room.devices.end(room.own.tracks[CAMERA])
    await until(lambda: CAMERA in room.own.problems)
    assert room.own.missing == {}
    room.devices.visible = True
    room.devices.change()
    await until(lambda: room.own.missing == {CAMERA: error})


async def test_a_page_that_slept_looks_by_itself(room: Room) -> None:
    await room.own.open()
    before = room.own.tracks[MICROPHONE]
    room.devices.silent.append(before)
    room.devices.change()
    await until(lambda: room.own.tracks.get(MICROPHONE) not in (None, before))
    assert room.own.missing == room.own.problems == {}


async def test_the_camera_at_the_back_is_told_apart(room: Room) -> None:
    await room.own.open()
    assert not room.own.shown.faces_away
    await room.own.choose(CAMERA, room.own.next_camera())
    assert room.own.shown.faces_away
    await room.own.turn(CAMERA, False)
    assert not room.own.shown.faces_away
