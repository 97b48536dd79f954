"""Perfect negotiation over a path in memory."""

from __future__ import annotations

import asyncio

import pytest

from peerscript.calls.negotiation import MAX_TRACKS, Negotiation
from peerscript.errors import NegotiationFailed
from peerscript.ports.mediapath import MediaPathEvents
from peerscript.protocol.calls.messages import CallMessage, Candidate, Description
from peerscript.testing.mediapath import MemoryMediaPath
from tests.clock import until


class End:
    """One page's end of a negotiation."""

    def __init__(self, *, polite: bool) -> None:
        self.path = MemoryMediaPath(b"")
        self.said: list[CallMessage] = []
        self.agreed = 0
        self.failures: list[NegotiationFailed] = []
        self.negotiation = Negotiation(
            self.path,
            7,
            polite=polite,
            say=self.said.append,
            agreed=self.count,
            failed=self.failures.append,
        )
        self.task = asyncio.ensure_future(self.negotiation.run())

    def count(self) -> None:
        self.agreed += 1

    async def says(self) -> Description:
        await until(lambda: bool(self.said))
        message = self.said.pop(0)
        assert isinstance(message, Description)
        return message


@pytest.fixture
async def polite() -> End:
    return End(polite=True)


@pytest.fixture
async def other() -> End:
    return End(polite=False)


async def agree(first: End, second: End) -> None:
    """One offers, the other answers."""
    before = first.agreed
    first.negotiation.on_needed()
    second.negotiation.on_message(await first.says())
    first.negotiation.on_message(await second.says())
    await until(lambda: first.agreed == second.agreed == before + 1)


async def test_an_offer_and_its_answer(polite: End, other: End) -> None:
    await agree(other, polite)
    await agree(polite, other)


async def test_the_polite_page_does_not_begin(polite: End, other: End) -> None:
    polite.negotiation.on_needed()
    await asyncio.sleep(1)
    assert polite.said == []
    await agree(other, polite)


async def test_of_two_offers_that_cross_one_is_taken_back(polite: End, other: End) -> None:
    await agree(other, polite)
    for end in (polite, other):
        end.negotiation.on_needed()
    first, second = await polite.says(), await other.says()
    other.negotiation.on_message(first)
    other.path.add_candidate = fails  # type: ignore[method-assign]
    other.negotiation.on_message(Candidate(7, "of the offer that was passed over"))
    polite.negotiation.on_message(second)
    answer = await polite.says()
    assert answer.type == "answer"
    other.negotiation.on_message(answer)
    await until(lambda: polite.agreed == other.agreed == 2)
    assert not other.failures


async def fails(candidate: str) -> None:
    raise NegotiationFailed("no")


async def test_what_is_no_sdp_ends_it(polite: End, other: End) -> None:
    polite.negotiation.on_message(Description(7, "offer", "rubbish"))
    await polite.task
    assert len(polite.failures) == 1
    other.path.add_candidate = fails  # type: ignore[method-assign]
    other.negotiation.on_message(Candidate(7, "rubbish"))
    await other.task
    assert len(other.failures) == 1


async def test_no_candidate_overtakes_its_description(polite: End, other: End) -> None:
    for end in (polite, other):
        end.path.bind(events(end))
    other.negotiation.on_needed()
    await until(lambda: len(other.said) == 2)
    assert [type(each) for each in other.said] == [Description, Candidate]
    for message in other.said:
        assert isinstance(message, Description | Candidate)
        polite.negotiation.on_message(message)
    await until(lambda: len(polite.said) == 2)
    assert [type(each) for each in polite.said] == [Description, Candidate]
    other.negotiation.on_candidate("found later")
    assert other.said[-1] == Candidate(7, "found later")
    assert not polite.failures


def events(end: End) -> MediaPathEvents:
    return MediaPathEvents(
        on_negotiation_needed=end.negotiation.on_needed,
        on_candidate=end.negotiation.on_candidate,
        on_stream=lambda *_: None,
        on_state=lambda *_: None,
    )


async def test_nothing_is_offered_while_an_answer_is_awaited(other: End) -> None:
    for _ in range(2):
        other.negotiation.on_needed()
    await other.says()
    await asyncio.sleep(1)
    assert not other.said


async def test_too_many_tracks(polite: End, other: End, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MemoryMediaPath, "tracks", MAX_TRACKS + 1)
    other.negotiation.on_needed()
    polite.negotiation.on_message(await other.says())
    await polite.task
    assert "13 tracks" in str(polite.failures[0])
