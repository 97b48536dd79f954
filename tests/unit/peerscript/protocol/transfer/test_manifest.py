"""What is offered arrives as it is, under names that lead nowhere else."""

from __future__ import annotations

import pytest

from peerscript.protocol.text.filenames import MAX_FILE_NAME
from peerscript.protocol.transfer.manifest import (
    MAX_DEPTH,
    FileInfo,
    Manifest,
    Unlisted,
    check_manifest,
    listed,
    safe,
)
from peerscript.protocol.transfer.messages import (
    LISTED,
    MAX_FILES,
    MAX_FOLDER,
    MAX_LISTING,
    MAX_NAME,
    MAX_TYPE,
    Listing,
    Offered,
)
from peerscript.protocol.values import pythonpack
from peerscript.protocol.vocabulary import MAX_NUMBER, Malformed

KEY = "0123456789abcdef" * 2


def arrived(manifest: Manifest) -> Manifest:
    """What the other page makes of it."""
    check_manifest(manifest)
    offer, *listings = listed(7, manifest)
    assert isinstance(offer, Offered)
    unlisted = Unlisted(offer)
    found = None
    for listing in listings:
        assert found is None
        assert isinstance(listing, Listing)
        found = unlisted.add(listing)
    assert found is not None
    return found


def paths(*given: str) -> list[str]:
    files = [FileInfo(path.rpartition("/")[2], 1, folder=path.rpartition("/")[0]) for path in given]
    return [file.path for file in safe(files)]


@pytest.mark.parametrize("count", [1, LISTED - 1, LISTED, LISTED + 1, 3 * LISTED])
def test_a_manifest_arrives_as_it_was(count: int) -> None:
    files = [
        FileInfo(f"{number}.txt", number, "text/plain", "a/b", 1.5 + number)
        for number in range(count)
    ]
    manifest = Manifest("holiday", tuple(files), KEY)
    assert arrived(manifest) == manifest


def test_the_longest_entries_fit_a_listing() -> None:
    sign = "\U0001f600"
    file = FileInfo(sign * MAX_NAME, 0, sign * MAX_TYPE, sign * MAX_FOLDER, 2.0**43)
    _, listing = listed(1, Manifest("", (file,) * LISTED, KEY))
    assert isinstance(listing, Listing)
    assert len(listing.entries) <= MAX_LISTING


def test_names_that_utf_8_cannot_carry() -> None:
    assert arrived(Manifest("\ud800", (FileInfo("a\udc00b", 1),), KEY)).files[0].name == "a_b"


@pytest.mark.parametrize(
    "files",
    [
        (),
        (FileInfo("x", 1),) * (MAX_FILES + 1),
        (FileInfo("x", -1),),
        (FileInfo("x", MAX_NUMBER), FileInfo("y", 1)),
    ],
)
def test_what_cannot_be_offered(files: tuple[FileInfo, ...]) -> None:
    with pytest.raises(ValueError, match=r"files in one offer|a size"):
        check_manifest(Manifest("", files, KEY))


@pytest.mark.parametrize("count", [0, MAX_FILES + 1, 1_000_000])
def test_too_few_or_too_many_files(count: int) -> None:
    with pytest.raises(Malformed, match="files"):
        Unlisted(Offered(1, count, 0, "", KEY))


@pytest.mark.parametrize(
    "entries",
    [
        b"",
        pythonpack.pack("x"),
        pythonpack.pack([]),
        pythonpack.pack([["x", 1, "", "", 0]] * 2),
        pythonpack.pack(["x"]),
        pythonpack.pack([["x", -1, "", "", 0]]),
        pythonpack.pack([["x", 2**53, "", "", 0]]),
        pythonpack.pack([["x", 1.5, "", "", 0]]),
        pythonpack.pack([["x", 1, "", "", -1]]),
        pythonpack.pack([["x", 1, "", "", 2**53]]),
        pythonpack.pack([["x", 1, 2, "", 0]]),
        pythonpack.pack([["x" * (MAX_NAME + 1), 1, "", "", 0]]),
        pythonpack.pack([["x", 1, "x" * (MAX_TYPE + 1), "", 0]]),
        pythonpack.pack([["x", 1, "", "x" * (MAX_FOLDER + 1), 0]]),
    ],
)
def test_a_list_that_is_none(entries: bytes) -> None:
    with pytest.raises(Malformed):
        Unlisted(Offered(1, 1, 1, "", KEY)).add(Listing(1, entries))


def test_the_sizes_are_those_announced() -> None:
    with pytest.raises(Malformed, match="announced 2"):
        Unlisted(Offered(1, 1, 2, "", KEY)).add(Listing(1, pythonpack.pack([["x", 1, "", "", 0]])))


def test_nothing_leads_out_of_the_chosen_place() -> None:
    assert paths("../../etc/passwd", "/a//./b/c", "a\\..\\b\\d", "../x", "C:/con/y") == [
        "etc/passwd",
        "a/b/c",
        "d",
        "x",
        "C_/_con/y",
    ]
    assert paths("./../\u202e/..") == ["folder/file"]


def test_folders_are_not_too_deep() -> None:
    (path,) = paths("a/" * 100 + "x")
    assert path == "a/" * MAX_DEPTH + "x"


def test_names_that_clash_are_made_different() -> None:
    assert paths("x.txt", "X.TXT", "x.txt", "x (2).txt", "a", "a", ".x") == [
        "x.txt",
        "X (2).TXT",
        "x (3).txt",
        "x (2) (2).txt",
        "a",
        "a (2)",
        "x",
    ]


def test_a_file_is_not_called_as_a_folder() -> None:
    assert paths("A", "a/b/c", "a/B") == ["A (2)", "a/b/c", "a/B (2)"]


def test_a_thousand_equal_names_take_no_time() -> None:
    found = paths(*["x" * 300] * 1000)
    assert len({path.casefold() for path in found}) == 1000
    assert max(len(path.encode()) for path in found) <= MAX_FILE_NAME + 10


@pytest.mark.parametrize("key", ["", KEY[:-1], KEY + "0", KEY.upper(), "../" + KEY[3:], KEY + "\n"])
def test_a_key_is_32_hex_digits(key: str) -> None:
    with pytest.raises(Malformed, match="key"):
        Unlisted(Offered(1, 1, 1, "", key))
    with pytest.raises(ValueError, match="key"):
        check_manifest(Manifest("", (FileInfo("x", 1),), key))
