"""Who rings here and has no answer yet."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence

from app.people.contact import Contact
from app.tasks import Tasks
from peerscript.calls import Call, LinkCallState


class Callers:
    """The calls that ring here, the oldest first.

    Args:
        over: called with a call that rings no more, and was not taken.
    """

    def __init__(self, over: Callable[[Contact, Call], None], tasks: Tasks) -> None:
        self._over = over
        self._tasks = tasks
        self._calls: dict[Contact, Call] = {}

    def __iter__(self) -> Iterator[Contact]:
        return iter(tuple(self._calls))

    def __contains__(self, contact: Contact | None) -> bool:
        return contact in self._calls

    @property
    def first(self) -> Contact | None:
        """Whose call is answered next."""
        return next(iter(self), None)

    def callable(
        self, contacts: Iterable[Contact], in_call: Container[Contact]
    ) -> Sequence[Contact]:
        """Those of them who can be called: connected, in no call with this page, not calling."""
        able = [each for each in contacts if each.link.connected and each not in self]
        return [each for each in able if each not in in_call]

    def add(self, contact: Contact, call: Call) -> None:
        """A call has begun to ring."""
        self._calls[contact] = call
        self._tasks.start(self._wait(contact, call))

    def take(self, contact: Contact) -> Call | None:
        """The call of a contact, which is answered here; None if none rings."""
        call = self._calls.pop(contact, None)
        return call if call is not None and call.state is LinkCallState.RINGING else None

    def decline(self, contact: Contact | None) -> None:
        """Do not take the call of a contact, if one rings."""
        if contact is not None and (call := self.take(contact)):
            call.decline()
            self._over(contact, call)

    async def _wait(self, contact: Contact, call: Call) -> None:
        async for state in call.states():
            if state is not LinkCallState.RINGING:
                break
        if self._calls.get(contact) is call:
            del self._calls[contact]
            self._over(contact, call)
