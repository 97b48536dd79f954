"""Remote functions: what a page lets the other page of a Link call, by name.

    @link.serve
    async def add(a: int, b: int) -> int:
        return a + b

    total = await link.remote.add(1, 2)  # on the other page

A page that serves many gives `links.handle_links` a function with `link.serve` in it. In a loop
over `links`, a served function would mean the newest `link`, whoever calls.

`proxy` is what a caller uses. Behind it, `caller` has this page's calls and `callee` the other
page's; `endpoint` is both sides of one Link, and `wire` what they need of its channel. What they
decide is in `protocol/remote/`.
"""

from peerscript.protocol.remote.functions import Functions
from peerscript.remote.proxy import Remote, RemoteCall, RemoteFunction, RemoteStream

__all__ = ["Functions", "Remote", "RemoteCall", "RemoteFunction", "RemoteStream"]


def __dir__() -> list[str]:
    return __all__
