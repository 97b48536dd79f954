"""A room whose host and members are in different browser processes, one of them without Python."""

from __future__ import annotations

from playwright.sync_api import Page

from actions import eventually, stopped
from harness import Browsers
from pyodide_page import peerjs, python, run

UNTIL = """
from peerscript.room import Room

async def until(reached):
    async with asyncio.timeout(40):
        while not reached():
            await asyncio.sleep(0.02)
"""
HOST = (
    UNTIL
    + """
peer = Peer("host", **broker)
await peer.start()
room = Room(peer, name="Ms. Lee", plain=True)
told, got = [], []
for event in ("join", "leave", "reload"):
    room.on(event, lambda member, event=event: told.append(f"{event} {member.id}"))

async def collect():
    async for member, value in room.messages():
        got.append(f"{member.name}: {value}")
        room.broadcast([member.name, value], besides=member)

room.start()
collecting = asyncio.ensure_future(collect())
here = lambda: sorted(member.id for member in room.members)
room.invite.secret
"""
)
GUEST = (
    UNTIL
    + """
peer = Peer("{id}", **broker)
await peer.start()
host = await Room.join(peer, "host", "{secret}", name="{id}".title()).__aenter__()
got = []

async def collect():
    async for value in host:
        got.append(value)

collecting = asyncio.ensure_future(collect())
f"{{host.name}} {{host.verified}}"
"""
)


def join(page: Page, id: str, secret: str) -> None:
    assert run(page, GUEST.format(id=id, secret=secret)) == "Ms. Lee True"


def reach(page: Page, condition: str) -> None:
    """Wait until a Python expression is true in a page."""
    run(page, f"await until(lambda: {condition})")


def test_a_room_of_python_pages_and_a_peerjs_page(lab: Browsers) -> None:
    host, bob, cid = python(lab), python(lab), python(lab)
    others = lab.context()
    ann, pat, dee = (others.new_page() for _ in range(3))
    for page in (ann, pat, dee):
        lab.watch.attach(page)
    secret = run(host, HOST)
    for page, id in (
        (python(lab, ann), "ann"),
        (bob, "bob"),
        (cid, "cid"),
        (python(lab, dee), "dee"),
    ):
        join(page, id, secret)
    peerjs(lab, "pat", pat)
    pat.evaluate("""() => {
      window.conn = peer.connect("host", {reliable: true, metadata: {name: "Pat"}});
      conn.on("data", (data) => received.push(data));
    }""")
    eventually(pat, "conn.open")
    reach(host, 'here() == ["ann", "bob", "cid", "dee", "pat"]')
    assert run(host, "[each.id for each in room.members if not each.verified][0]") == "pat"

    run(ann, 'await host.send("hello")')
    for page in (bob, cid, dee):
        reach(page, 'got == [["Ann", "hello"]]')
    eventually(pat, 'JSON.stringify(received) === \'[["Ann","hello"]]\'')
    pat.evaluate('conn.send("from plain PeerJS")')
    for page in (bob, cid, dee):
        reach(page, 'got[1:] == [["Pat", "from plain PeerJS"]]')
    assert run(host, "'; '.join(got)") == "Ann: hello; Pat: from plain PeerJS"

    # One whose machine stands still, with more on its way than may wait for one.
    reach(host, 'here() == ["ann", "bob", "cid", "dee", "pat"]')
    run(host, "bob = next(each for each in room.members if each.id == 'bob')")
    with stopped(bob):
        for count in range(10, 61, 10):
            run(host, "for _ in range(10): room.broadcast(bytes(100_000))")
            for page in (ann, cid, dee):
                reach(page, f"got[-{count}:] == [bytes(100_000)] * {count}")
            eventually(pat, f"received.length === {count} + 1")
        reach(host, "bob.reason is not None")
        assert "OutboxFull" in run(host, "repr(bob.reason)")
    # A power cut, and a tab that is closed.
    lab.kill(cid)
    dee.close()
    reach(host, 'here() == ["ann", "pat"]')
    run(host, 'room.broadcast("still here?")')
    reach(ann, 'got[-1] == "still here?"')
    eventually(pat, 'received.at(-1) === "still here?"')

    # A page that is loaded again is the same member.
    python(lab, ann)
    join(ann, "ann", secret)
    reach(host, '"reload ann" in told')
    run(host, 'room.broadcast("welcome back")')
    reach(ann, 'got == ["welcome back"]')
    assert run(host, 'told.count("join ann")') == 1

    run(host, "await room.close()")
    run(ann, "await host.wait_left()")
    eventually(pat, "!conn.open")
