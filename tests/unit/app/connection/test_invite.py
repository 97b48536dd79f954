"""An invite's link, and what its fragment may be."""

from __future__ import annotations

from urllib.parse import unquote, urldefrag

import pytest

from app.connection.invite import InvalidInvite, Invite, parse_fragment

SECRET = "q7Zk0pT1xYcN3uVw8sLh2A"


@pytest.mark.parametrize(
    ("fragment", "words"),
    [
        ("", "is not an ID"),
        ("no id?", "is not an ID"),
        ("<script>", "is not an ID"),
        ("x" * 80 + "!", "…” is not an ID"),
        ("otter.tooshort", "damaged"),
        (f"otter.{SECRET[:-1]}B", "damaged"),  # its last bits stand for nothing
        (f"otter.{SECRET}.", "damaged"),
        ("otter/No Such Room", "does not have"),
    ],
)
def test_what_is_not_an_invite(fragment: str, words: str) -> None:
    with pytest.raises(InvalidInvite, match=words):
        parse_fragment(fragment)


@pytest.mark.parametrize("invite", [Invite("a b"), Invite("otter", SECRET, "slides")])
def test_a_link_leads_back(invite: Invite) -> None:
    link = invite.link("https://example.org/page?x=1#old")
    assert link.startswith("https://example.org/page?x=1#")
    assert " " not in link
    assert parse_fragment(unquote(urldefrag(link).fragment)) == invite
