"""A call's media path: proved before anything of it is shown."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from peerscript.aio.tasks import TaskOwner
from peerscript.calls.path import MAX_STREAMS, CallPath, PathEvents
from peerscript.errors import NegotiationFailed
from peerscript.ports.certificate import Fingerprints
from peerscript.ports.mediapath import Slot
from peerscript.protocol.calls.messages import CallMessage, Candidate, Description
from peerscript.testing.mediapath import MemoryMediaPath
from tests.clock import until


@dataclass
class End:
    """One page's end, and what it reports."""

    happened: list[str] = field(default_factory=list)
    failures: list[NegotiationFailed] = field(default_factory=list)
    path: MemoryMediaPath = field(default_factory=lambda: MemoryMediaPath(b"mine"))
    other: End | None = None

    def __post_init__(self) -> None:
        self.expected = b"mine"

    def begin(self, *, polite: bool) -> CallPath:
        self.call_path = CallPath(
            self.path,
            7,
            polite=polite,
            certificate=lambda: self.expected,
            say=self._say,
            events=PathEvents(
                connected=lambda: self.happened.append("connected"),
                disconnected=lambda: self.happened.append("disconnected"),
                streams=lambda: self.happened.append("streams"),
                failed=self.failures.append,
            ),
            tasks=TaskOwner("test"),
        )
        return self.call_path

    def _say(self, message: CallMessage) -> None:
        assert isinstance(message, Description | Candidate)
        if self.other is not None:
            self.other.call_path.on_message(message)


@pytest.fixture
async def ends() -> tuple[End, End]:
    one, two = End(), End()
    one.other, two.other = two, one
    return one, two


async def test_nothing_is_shown_before_the_certificate_is_proved(ends: tuple[End, End]) -> None:
    one, two = ends
    one.expected = b"another"
    for end, polite in ((one, True), (two, False)):
        end.begin(polite=polite)
    await two.call_path.send(Slot.CAMERA, "a camera")
    await until(lambda: bool(one.failures))
    assert "did not lead to the other page" in str(one.failures[0])
    assert (one.call_path.streams, one.path.closed) == ({}, True)
    two.path.loudness = 0.5
    assert one.call_path.level(two.path.stream_id(Slot.MICROPHONE)) == 0.0
    await one.call_path.send(Slot.CAMERA, "a camera")
    assert (one.path.sent, list(await one.call_path.stats())) == ({}, [])
    one.call_path.close()


async def test_a_certificate_that_is_known_late(ends: tuple[End, End]) -> None:
    one, two = ends
    known, one.path.fingerprints = one.path.fingerprints, lambda: None  # type: ignore[method-assign]
    for end, polite in ((one, True), (two, False)):
        end.begin(polite=polite)
    await until(lambda: two.happened == ["connected"])
    await asyncio.sleep(1)
    assert one.happened == []
    one.path.fingerprints = known  # type: ignore[method-assign]
    await until(lambda: one.happened == ["connected"])
    assert one.path.fingerprints() == Fingerprints(b"mine", b"mine")


async def test_streams_come_later_too_but_not_any_number(ends: tuple[End, End]) -> None:
    one, two = ends
    for end, polite in ((one, True), (two, False)):
        end.begin(polite=polite)
    await until(lambda: one.happened == ["connected"])
    await two.call_path.send(Slot.SCREEN, "a screen")
    await until(lambda: "streams" in one.happened)
    stream = two.call_path.stream_id(Slot.SCREEN)
    assert list(one.call_path.streams) == [stream]
    for number in range(MAX_STREAMS):
        one.call_path._on_stream(str(number), None)
    assert "too many streams" in str(one.failures[0])


async def test_candidates_are_told(ends: tuple[End, End]) -> None:
    one, two = ends
    heard: list[str] = []

    async def take(candidate: str) -> None:
        heard.append(candidate)

    two.path.add_candidate = take  # type: ignore[method-assign]
    for end, polite in ((one, True), (two, False)):
        end.begin(polite=polite)
    events = one.path._events
    assert events is not None
    events.on_candidate("{}")
    await until(lambda: heard == ["{}"])


async def test_limits_reach_the_browser(ends: tuple[End, End]) -> None:
    one, _ = ends
    one.begin(polite=True).limit(Slot.CAMERA, bitrate=1000, scale_down_by=2.0)
    assert one.path.limits == {Slot.CAMERA: (1000, 2.0)}
