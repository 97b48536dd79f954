"""Links and IDs as people paste them."""

from __future__ import annotations

import pytest

from app.connection.invite import InvalidInvite, Invite, parse_invite

SECRET = "q7Zk0pT1xYcN3uVw8sLh2A"


@pytest.mark.parametrize(
    ("text", "invite"),
    [
        ("otter-4821", Invite("otter-4821")),
        ("  #otter-4821\n", Invite("otter-4821")),
        ("https://example.org/page/#otter-4821", Invite("otter-4821")),
        ("https://example.org/#a%20b", Invite("a b")),
        (f"https://example.org/#otter.{SECRET}", Invite("otter", SECRET)),
        (f"#otter.{SECRET}/slides", Invite("otter", SECRET, "slides")),
        ("#otter/slides", Invite("otter", None, "slides")),
    ],
)
def test_what_is_understood(text: str, invite: Invite) -> None:
    assert parse_invite(text) == invite


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("  ", "Paste a link"),
        ("https://example.org/page", "the part behind # is missing"),
        ("https://example.org/#", "is not an ID"),
        ("no/id?", "is not an ID|does not have"),
        ("<script>", "is not an ID"),
        ("x" * 80 + "!", "…” is not an ID"),
        ("#otter.tooshort", "damaged"),
        ("#otter.q7Zk0pT1xYcN3uVw8sLh2B", "damaged"),  # its last bits stand for nothing
        ("#otter.q7Zk0pT1xYcN3uVw8sLh2A.", "damaged"),
        ("#otter/No Such Room", "does not have"),
    ],
)
def test_what_is_not(text: str, words: str) -> None:
    with pytest.raises(InvalidInvite, match=words):
        parse_invite(text)


@pytest.mark.parametrize("invite", [Invite("a b"), Invite("otter", SECRET, "slides")])
def test_a_link_leads_back(invite: Invite) -> None:
    link = invite.link("https://example.org/page?x=1#old")
    assert link.startswith("https://example.org/page?x=1#")
    assert " " not in link
    assert parse_invite(link) == invite
