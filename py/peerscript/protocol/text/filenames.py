"""Makes untrusted file names safe to save under, on any system."""

from __future__ import annotations

import re
import unicodedata

from peerscript.protocol.text.display import boundary, display_line, without_start

MAX_FILE_NAME = 240  # bytes in UTF-8: systems take 255, and browsers add " (1)" or ".crdownload"
_MAX_ENDING = 24  # bytes of an ending that is kept when the rest is cut

_FORBIDDEN = re.compile(r'[<>:"|?*]')
# https://learn.microsoft.com/windows/win32/fileio/naming-a-file: devices, whatever their ending.
_DEVICE = re.compile(
    r"(?:con|prn|aux|nul|clock\$|conin\$|conout\$|(?:com|lpt)[0-9])", re.IGNORECASE
)


def file_name(name: str, fallback: str = "file") -> str:
    """Make the last part of a path a name that is safe to show and to save.

    It is one line (`display_line`), without characters that Windows forbids, not a Windows device,
    neither hidden nor ending in a dot, and at most MAX_FILE_NAME bytes; a cut keeps the ending.

    Args:
        fallback: a safe name, returned if nothing is left.
    """
    last = re.split(r"[/\\]", name)[-1]
    line = without_start(display_line(last, len(last) * 3), " .")  # NFC makes 3 of 1 at most
    cleaned = _FORBIDDEN.sub("_", line.rstrip(" ."))
    if _DEVICE.fullmatch(unicodedata.normalize("NFKC", cleaned.partition(".")[0]).rstrip()):
        cleaned = f"_{cleaned}"  # NFKC also finds superscript digits
    return _cut(cleaned) or fallback


def _cut(name: str) -> str:
    data = name.encode()
    if len(data) <= MAX_FILE_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending.encode()) > _MAX_ENDING:
        stem, dot, ending = name, "", ""
    room = MAX_FILE_NAME - len(f"{dot}{ending}".encode())
    end = len(data[:room].decode(errors="ignore"))
    return f"{stem[: boundary(stem, end)].rstrip(' .')}{dot}{ending}"
