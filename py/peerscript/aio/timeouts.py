"""Checks of the seconds that something may take."""

from __future__ import annotations


def check_timeout(timeout: object, *, may_be_none: bool = False) -> None:
    """Check a `timeout` where it is given: asyncio would refuse it later, and in other words.

    Raises:
        TypeError: it is no number of seconds.
    """
    if timeout is None and may_be_none:
        return
    if isinstance(timeout, bool) or not isinstance(timeout, int | float):
        none = ", or None" if may_be_none else ""
        raise TypeError(f"timeout is a number of seconds{none}, not {timeout!r}")
