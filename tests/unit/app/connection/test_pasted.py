"""Links and IDs as people paste them, and as messengers hand them on."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.connection.invite import InvalidInvite, Invite
from app.connection.pasted import parse_invite

SECRET = "q7Zk0pT1xYcN3uVw8sLh2A"
LINK = f"https://example.org/page/#otter-48.{SECRET}"
INVITE = Invite("otter-48", SECRET)


@pytest.mark.parametrize(
    ("text", "invite"),
    [
        ("otter-4821", Invite("otter-4821")),
        ("otter-4821,", Invite("otter-4821")),
        ("  #otter-4821\n", Invite("otter-4821")),
        ("https://example.org/page/#otter-4821", Invite("otter-4821")),
        ("https://example.org/#a%20b", Invite("a b")),
        (f"#otter.{SECRET}/slides", Invite("otter", SECRET, "slides")),
        ("#otter/slides", Invite("otter", None, "slides")),
        ("https://example.org/#otter\nSee you", Invite("otter")),
    ],
)
def test_what_is_understood(text: str, invite: Invite) -> None:
    assert parse_invite(text) == invite


@pytest.mark.parametrize(
    "end", [".", ",", ")", ">", "]", "!", "…", "...", "/", '"', "'", "”", "»", "*"]
)
def test_what_follows_a_link_without_a_space(end: str) -> None:
    assert parse_invite(f"{LINK}{end}") == parse_invite(f"({LINK}{end} see you") == INVITE
    assert parse_invite(f"{LINK}/slides{end}") == Invite("otter-48", SECRET, "slides")


@pytest.mark.parametrize(
    "text",
    [
        f"Join me: {LINK} at ten",
        f"Join me:\r\n{LINK}\r\nBye",
        f"<{LINK}|our room>",
        f"[our room]({LINK}), at ten",
        f"“{LINK}”",
        f"{LINK}?utm_source=newsletter&utm_medium=email",
        f"{LINK}&fbclid=IwAR0",
        f"https://example.org/?utm_source=mail#otter-48.{SECRET}",
        f"https://l.example.com/l.php?u=https%3A%2F%2Fexample.org%2F%23otter-48.{SECRET}&h=AT0",
        f"{LINK}:~:text=hello",
        LINK.replace("#", "%23"),
        LINK.replace("#", "%2523"),
        LINK.replace("#", "#/"),
        LINK.replace("#", "#!/"),
        "\u200b".join(LINK),
        f"\ufeff{LINK}\u2060",
        f"example.org/#otter-48.{SECRET}, at ten",
        f"see https://example.org/x#readme, and then {LINK}",
    ],
)
def test_what_messengers_and_mails_make_of_a_link(text: str) -> None:
    assert parse_invite(text) == INVITE


@pytest.mark.parametrize("at", range(9, len(LINK)))
@pytest.mark.parametrize("wrap", ["\n", "\r\n", "=\n", "\n> "])
def test_a_line_break_inside(at: int, wrap: str) -> None:
    assert parse_invite(f"Join me: {LINK[:at]}{wrap}{LINK[at:]}\nBye") == INVITE


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("  ", "Paste a link"),
        ("\u200b", "Paste a link"),
        ("https://example.org/page", "the part behind # is missing"),
        ("https://example.org/#", "the part behind # is missing"),
        ("###", "the part behind # is missing"),
        ("hello world", "neither a link nor an ID"),
        ("no/id?", "does not have"),
        ("<script>", "is not an ID"),
        ("https://example.org/#otter…", "damaged"),
        ("https://example.org/#otter...", "damaged"),
        ("#otter.tooshort", "damaged"),
        (f"{LINK[:-5]}…", "damaged"),
        (f"{LINK[:-5]} see you", "damaged"),
        (f"{LINK}B", "damaged"),
        (f"{LINK[:-5]}?utm_source=x", "damaged"),
    ],
)
def test_what_is_not(text: str, words: str) -> None:
    with pytest.raises(InvalidInvite, match=words):
        parse_invite(text)


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_around_it(before: str, after: str) -> None:
    assert parse_invite(f"{before.replace('#', '')} {LINK} {after}").secret == SECRET


@given(st.text(st.sampled_from("#%23/.?&\n >=ahtps:…"), max_size=40))
def test_any_text_is_an_invite_or_told_not_to_be(text: str) -> None:
    with contextlib.suppress(InvalidInvite):
        assert parse_invite(text).peer_id
