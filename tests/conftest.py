"""No test in CPython waits for the clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from tests.clock import QuickLoop


def pytest_asyncio_loop_factories(
    item: pytest.Item,
) -> Mapping[str, Callable[[], QuickLoop]]:
    return {"quick": QuickLoop}
