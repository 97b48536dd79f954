from collections.abc import Callable
from typing import Any, TypeVar

_Handler = TypeVar("_Handler", bound=Callable[..., object])

config: dict[str, Any]
window: Any

def display(*values: object, target: str | None = None, append: bool = True) -> None: ...
def when(event: str, selector: object) -> Callable[[_Handler], _Handler]: ...
