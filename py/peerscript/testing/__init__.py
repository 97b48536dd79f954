"""A network inside one process, for tests and for learning: no browser, no PeerJS.

from peerscript.testing import MemoryNetwork
"""

from peerscript.testing.network import MemoryNetwork

__all__ = ["MemoryNetwork"]


def __dir__() -> list[str]:
    return __all__
