"""A network inside one process, and files in memory, for tests and for learning: no browser, no
PeerJS.

from peerscript.testing import MemoryNetwork
"""

from peerscript.testing.files import MemorySource, MemoryStore
from peerscript.testing.network import MemoryNetwork

__all__ = ["MemoryNetwork", "MemorySource", "MemoryStore"]


def __dir__() -> list[str]:
    return __all__
