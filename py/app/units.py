"""Sizes and times as people read them."""

from __future__ import annotations

from app.language import decimal


def readable_size(size: float) -> str:
    """Bytes in the unit that fits: 1.5 kB, 210 MB."""
    if size < 1000:
        return f"{size:.0f} B"
    for unit in ("kB", "MB", "GB"):
        size /= 1000
        if size < 999.5:
            return f"{decimal(f'{size:.1f}')} {unit}" if size < 9.95 else f"{size:.0f} {unit}"
    return f"{decimal(f'{size / 1000:.1f}')} TB"


def readable_time(seconds: float) -> str:
    """Seconds in the unit that fits: 12 s, 3 min, 2 h."""
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    if seconds < 99.5 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h"
