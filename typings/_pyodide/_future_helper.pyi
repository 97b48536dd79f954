from asyncio import Future
from collections.abc import Callable
from typing import Any

set_exception: Callable[[Future[Any], object], None]
