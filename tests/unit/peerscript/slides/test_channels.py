"""What the three channels of slides do to each other: a deck overtakes words, is void, or ends."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from peerscript.errors import LinkClosed, LinkMisused
from peerscript.protocol.slides.messages import SLIDES, SLIDES_DECK
from peerscript.protocol.slides.source import deck_header, parts
from peerscript.slides import DeckSource, Role, Viewer
from peerscript.slides.channels import SlideChannels

BIG = DeckSource("pdf", "big.pdf", bytes(range(256)) * 40_000)  # 10 MB


async def congest(seat: Any) -> asyncio.Task[None]:
    """Something large is on its way to somebody, before all words and beside all parts."""
    there = seat.link.channel("other", kept=False)

    async def read() -> None:
        async for _ in there:
            pass

    reading = asyncio.create_task(read())
    await seat.theirs.channel("other", kept=False).send(bytes(8_000_000))
    return reading


async def test_parts_that_overtake_the_word_of_their_deck_wait_for_it(hall: Any, wait: Any) -> None:
    ann = await hall.sit("ann", Role.FOLLOWER)
    reading = await congest(ann)
    hall.show.show(hall.deck, BIG)
    await wait(lambda: ann.viewer.source and ann.viewer.source.name == "big.pdf")
    assert ann.viewer.source == BIG
    assert ann.link.connected
    reading.cancel()


async def test_the_word_of_a_deck_may_be_as_late_as_it_likes(hall: Any, wait: Any) -> None:
    ann = await hall.sit("ann", Role.FOLLOWER)
    word = deck_header(BIG, 10**9)

    async def send() -> None:
        for part in parts(BIG, 10**9):
            await ann.on_message(SLIDES_DECK.to_value(part), "slides-deck")

    sending = asyncio.create_task(send())
    await asyncio.sleep(60)
    assert not sending.done()  # waits as the parts do
    await ann.on_message(SLIDES.to_value(word))
    await wait(lambda: ann.viewer.source and ann.viewer.source.name == "big.pdf")
    assert ann.viewer.source == BIG
    await sending


async def test_a_part_goes_to_nobody_who_looks_only_from_the_word_of_it_on(
    hall: Any, wait: Any
) -> None:
    """As the app does: it looks at the slides of whoever gives it a role."""
    ann = await hall.come("ann")
    words: list[str] = []
    reading = asyncio.create_task(
        SlideChannels(ann.link).read(lambda word: words.append(type(word).__name__))
    )
    congesting = await congest(ann)
    hall.show.show(hall.deck, BIG)
    hall.serve(ann.theirs, Role.REMOTE)
    await wait(lambda: words.count("DeckPart") == -(-len(BIG.data) // 60_000))
    assert words.index("DeckHeader") < words.index("DeckPart")
    reading.cancel()
    congesting.cancel()


async def test_whoever_is_admitted_again_has_the_deck_of_now(hall: Any, wait: Any) -> None:
    hall.show.show(hall.deck, BIG)
    ann = await hall.come("ann")
    ann.look()
    hall.network.hold()  # a slow network: much is on its way
    hall.serve(ann.theirs, Role.REMOTE)
    for _ in range(3):
        await asyncio.sleep(0.1)
        hall.show.assign(ann.theirs, Role.NOBODY)
        hall.show.assign(ann.theirs, Role.REMOTE)
    hall.network.release()
    await wait(lambda: ann.viewer.source)
    assert ann.viewer.source == BIG
    assert ann.link.connected


async def test_what_is_left_of_a_deck_that_has_ended_is_passed_over(hall: Any, wait: Any) -> None:
    ann = await hall.sit("ann", Role.REMOTE)
    for _ in range(5):
        hall.show.show(hall.deck, BIG)
        hall.show.assign(ann.theirs, Role.FOLLOWER)
        await wait(lambda: ann.viewer.progress[0] > 60_000)
        hall.show.assign(ann.theirs, Role.NOBODY)
        await wait(lambda: ann.viewer.role is Role.NOBODY)
        hall.show.admit(ann.theirs, Role.REMOTE)
        await wait(lambda: ann.viewer.role is Role.REMOTE)
    await wait(lambda: ann.viewer.source)
    assert ann.viewer.source == BIG


async def test_a_page_that_is_loaded_again_amid_a_deck(hall: Any, wait: Any) -> None:
    ann = await hall.sit("ann", Role.REMOTE)
    hall.show.show(hall.deck, BIG)
    await wait(lambda: ann.viewer.progress[0] > 1_000_000)
    await ann.reload()
    hall.show.next()
    await wait(lambda: ann.viewer.source)
    assert ann.viewer.source == BIG
    assert len(ann.viewer.slides) == 5
    await ann.viewer.turn("next")
    await wait(lambda: hall.show.state.slide == 1)


async def test_a_presenter_whose_page_is_loaded_again_amid_a_deck(hall: Any, wait: Any) -> None:
    ann = await hall.sit("ann", Role.REMOTE)
    for arrived in (1_000_000, 5_000_000):
        hall.show.show(hall.deck, BIG)
        await wait(lambda arrived=arrived: ann.viewer.progress[0] > arrived)
    congesting = await congest(ann)
    hall.show.show(hall.deck, DeckSource("pdf", "void.pdf", BIG.data))
    await hall.unload()
    await hall.load(BIG)
    (link,) = hall.links.all
    hall.serve(link, Role.REMOTE)
    await wait(lambda: ann.viewer.source)
    assert ann.viewer.source == BIG
    await ann.viewer.turn("next")
    await wait(lambda: hall.show.state.step == 1)
    congesting.cancel()


async def test_a_part_that_waits_ends_with_the_page_that_sent_it(hall: Any, wait: Any) -> None:
    ann = await hall.sit("ann", Role.REMOTE)
    await ann.on_message({"kind": "part", "id": 10**9, "offset": 0, "data": b"x"}, "slides-deck")
    hall.show.next()
    await wait(lambda: ann.viewer.state.step == 1)  # the part has come, too
    await hall.unload()
    await hall.load(BIG)
    (link,) = hall.links.all
    hall.serve(link, Role.REMOTE)
    await wait(lambda: ann.viewer.source and ann.viewer.source.name == "big.pdf")
    assert ann.viewer.source == BIG


async def test_parts_of_a_deck_that_is_never_ahead_end_with_the_link(hall: Any, wait: Any) -> None:
    ann = await hall.sit("ann", Role.REMOTE)
    await ann.on_message({"kind": "part", "id": 10**9, "offset": 0, "data": b"x"}, "slides-deck")
    hall.show.next()
    await wait(lambda: ann.viewer.state.step == 1)
    await ann.theirs.close()
    await asyncio.wait_for(ann.running, 5)
    assert hall.show.participants == ()


@pytest.mark.parametrize("kind", ["goto", "part"])
async def test_what_goes_wrong_where_it_is_heard_is_told_as_it_is(hall: Any, kind: str) -> None:
    class NoDeck(Exception):
        pass

    def on_message(word: object) -> None:
        raise NoDeck

    ann = await hall.come("ann")
    channels = SlideChannels(ann.theirs)
    reading = asyncio.create_task(channels.read(on_message))
    SlideChannels(ann.link)
    if kind == "goto":
        await ann.say({"kind": "goto", "slide": 1, "step": 0})
    else:
        await ann.say({"kind": "part", "id": 0, "offset": 0, "data": b"x"}, "slides-deck")
    with pytest.raises(NoDeck):
        await asyncio.wait_for(reading, 5)
    assert ann.theirs.connected


async def test_a_hostile_page_fills_no_memory_with_parts(hall: Any) -> None:
    ann = await hall.sit("ann", Role.REMOTE)
    part = {"kind": "part", "id": 10**9, "offset": 0, "data": bytes(60_000)}
    with pytest.raises((LinkClosed, TimeoutError)):
        async with asyncio.timeout(5):
            while True:
                await ann.on_message(part, "slides-deck")
    assert ann.link.error is None or isinstance(ann.link.error, LinkMisused)


async def test_a_viewer_of_a_link_that_is_over(hall: Any) -> None:
    ann = await hall.come("ann")
    await ann.link.close()
    with pytest.raises(LinkClosed):
        Viewer(ann.link)


async def test_a_page_that_opens_no_channels_for_slides_until_later(hall: Any, wait: Any) -> None:
    ann = await hall.come("ann")
    hall.show.show(hall.deck, BIG)
    hall.serve(ann.theirs, Role.REMOTE)
    await asyncio.sleep(60)  # they have said long ago that there is none
    hall.show.next()
    ann.look()
    await wait(lambda: ann.viewer.source)
    assert ann.viewer.source == BIG
    assert ann.viewer.state.step == 1
    assert len(ann.viewer.slides) == 5


@pytest.mark.parametrize("end", ["dismiss", "close"])
async def test_a_page_that_never_opens_them(hall: Any, wait: Any, end: str) -> None:
    ann = await hall.come("ann")
    serving = hall.serve(ann.theirs, Role.REMOTE)
    await asyncio.sleep(60)
    if end == "close":
        await ann.theirs.close()
        await asyncio.wait_for(serving, 5)
    else:
        hall.show.dismiss(ann.theirs)
    await wait(lambda: not hall.show._tasks)
