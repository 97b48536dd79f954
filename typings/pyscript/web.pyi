from typing import Any

class _Page:
    def __getitem__(self, id: str) -> Any: ...

page: _Page
