"""One page's side of the remote functions on a Link."""

from __future__ import annotations

from collections.abc import Callable

from peerscript.aio.tasks import TaskOwner
from peerscript.errors import PeerScriptError
from peerscript.protocol.remote.messages import Call, Cancel, More, RemoteMessage
from peerscript.remote.callee import Callee
from peerscript.remote.caller import Caller
from peerscript.remote.wire import Wire, WireEvents


class Endpoint:
    """Calls the other page's functions, and runs this page's for it.

    Args:
        open_wire: opens the channel, and reports to what it is given.
        tasks: the enclosing owner of the tasks that run functions.
    """

    def __init__(self, open_wire: Callable[[WireEvents], Wire], tasks: TaskOwner) -> None:
        self._tasks = TaskOwner("remote functions", tasks)
        wire = open_wire(self)
        self.caller = Caller(wire, self._tasks)
        self.callee = Callee(wire, self._tasks)
        wire.begin()

    def on_message(self, message: RemoteMessage) -> None:
        """A message has arrived.

        Raises:
            Malformed: it is not in its place.
        """
        if isinstance(message, Call):
            self.callee.on_call(message)
        elif isinstance(message, More | Cancel):
            self.callee.on_message(message)
        else:
            self.caller.on_message(message)

    def on_restart(self) -> None:
        """The other page was reloaded: it knows nothing of what was called, in both directions."""
        self.caller.lose_all()
        self.callee.forget()

    def on_end(self, error: PeerScriptError) -> None:
        """The Link is over."""
        self.caller.lose_all(error)
        self._tasks.cancel()
