"""The key schedule is HKDF to the letter, and every key is for one thing alone."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peerscript.protocol.link.keys import (
    Keys,
    expand,
    extract,
    from_text,
    is_proof,
    prove,
    to_text,
    transcript,
)

# RFC 5869, appendix A: cases 1, 2 and 3.
RFC_5869 = [
    (
        "0b" * 22,
        "000102030405060708090a0b0c",
        "f0f1f2f3f4f5f6f7f8f9",
        "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    ),
    (
        bytes(range(0x50)).hex(),
        bytes(range(0x60, 0xB0)).hex(),
        bytes(range(0xB0, 0x100)).hex(),
        "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
        "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
        "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
        "cc30c58179ec3e87c14c01d5c1f3434f1d87",
    ),
    (
        "0b" * 22,
        "",
        "",
        "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
    ),
]


@pytest.mark.parametrize(("secret", "salt", "purpose", "key", "made"), RFC_5869)
def test_rfc_5869(secret: str, salt: str, purpose: str, key: str, made: str) -> None:
    extracted = extract(bytes.fromhex(salt), bytes.fromhex(secret))
    assert extracted.hex() == key
    assert expand(extracted, bytes.fromhex(purpose), len(made) // 2).hex() == made


# RFC 4231: cases 1, 2, 3, 4 and 6 of HMAC-SHA-256.
RFC_4231 = [
    ("0b" * 20, b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    (
        b"Jefe".hex(),
        b"what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ),
    ("aa" * 20, b"\xdd" * 50, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
    (
        bytes(range(1, 26)).hex(),
        b"\xcd" * 50,
        "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
    ),
    (
        "aa" * 131,
        b"Test Using Larger Than Block-Size Key - Hash Key First",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ),
]


@pytest.mark.parametrize(("key", "data", "code"), RFC_4231)
def test_rfc_4231(key: str, data: bytes, code: str) -> None:
    assert prove(bytes.fromhex(key), data) == to_text(bytes.fromhex(code))
    assert is_proof(to_text(bytes.fromhex(code)), bytes.fromhex(key), data)


@pytest.mark.parametrize("size", [0, 1, 31, 32, 33, 8160])
def test_a_shorter_key_is_the_beginning_of_a_longer_one(size: int) -> None:
    assert expand(b"key", b"purpose", size) == expand(b"key", b"purpose", 8160)[:size]


@pytest.mark.parametrize("proof", ["", "x", "é", "x" * 64])
def test_what_is_no_proof(proof: str) -> None:
    assert not is_proof(proof, b"key", b"transcript")
    assert not is_proof(prove(b"key", b"transcript"), b"another", b"transcript")
    assert not is_proof(prove(b"key", b"transcript"), b"key", b"another")


def test_the_keys_of_a_handshake_differ() -> None:
    made = Keys.derive(b"secret", b"transcript")
    assert len({made.guest, made.host, made.resume}) == 3
    assert not made.resume.hex().startswith(made.session)
    assert len(made.resume) == 32
    assert len(made.session) == 16
    assert made == Keys.derive(b"secret", b"transcript")


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.binary(max_size=8), st.binary(max_size=8)), min_size=2, unique=True))
def test_every_secret_and_transcript_has_keys_of_its_own(pairs: list[tuple[bytes, bytes]]) -> None:
    made = [Keys.derive(secret, transcript([seen])) for secret, seen in pairs]
    for name in ("guest", "host", "resume", "session"):
        assert len({getattr(each, name) for each in made}) == len(pairs)


fields = st.lists(st.binary(max_size=4) | st.text(alphabet="ab", max_size=4), max_size=5)


def as_bytes(parts: list[str | bytes]) -> list[bytes]:
    return [part.encode() if isinstance(part, str) else part for part in parts]


@settings(max_examples=60, deadline=None)
@given(fields, fields)
def test_a_transcript_is_that_of_its_fields_alone(
    one: list[str | bytes], other: list[str | bytes]
) -> None:
    assert (transcript(one) == transcript(other)) is (as_bytes(one) == as_bytes(other))


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=1, max_size=12), st.integers(0, 12), st.integers(0, 12))
def test_no_field_runs_into_the_next(joined: bytes, one: int, other: int) -> None:
    cut, elsewhere = one % (len(joined) + 1), other % (len(joined) + 1)
    left = transcript((joined[:cut], joined[cut:]))
    right = transcript((joined[:elsewhere], joined[elsewhere:]))
    assert (left == right) is (cut == elsewhere)
    assert left != transcript((joined,))
    assert left != transcript((joined[:cut], joined[cut:], b""))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=70))
def test_bytes_as_text(data: bytes) -> None:
    text = to_text(data)
    assert set(text) <= set(string.ascii_letters + string.digits + "-_")
    assert from_text(text, len(data)) == data
    for size in (len(data) - 1, len(data) + 1):
        with pytest.raises(ValueError, match=f"not {size} bytes"):
            from_text(text, size)


@pytest.mark.parametrize(
    "text",
    [
        "", "A", "AAAAA", "AAAAA=", "AAAA====", "AAAAAA==", "AAAAAA=", "AAAA AA", "AAAAAA\n",
        "AAAAAB", "////Cg", "++++CA", "ééééAA", "\ud800AAAAA", "AAAA\0AA", "AAAAAAA",
    ],
    ids=lambda text: ascii(text)[:20],
)  # fmt: skip
def test_what_is_no_text_of_four_bytes(text: str) -> None:
    with pytest.raises(ValueError, match="base64url"):
        from_text(text, 4)


def test_only_one_text_gives_the_same_bytes() -> None:
    """Spare bits, padding and the other alphabet would each let a second one through."""
    data = b"\xfb\xff\xfe\x00"
    assert to_text(data) == "-__-AA"
    for twin in ("-__-AB", "-__-AA==", "+//+AA", "-__-AA=", " -__-AA"):
        with pytest.raises(ValueError):
            from_text(twin, 4)
