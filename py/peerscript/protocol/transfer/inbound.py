"""The offers of the other page that are not answered, with a limit."""

from __future__ import annotations

from peerscript.protocol.throttle import Throttle
from peerscript.protocol.transfer.manifest import Manifest, Unlisted
from peerscript.protocol.transfer.messages import MAX_FILES, Decline, Listing, Offered
from peerscript.protocol.vocabulary import Malformed

# What may wait for an answer. Further offers are declined without being shown.
MAX_OFFERS = 200
MAX_OFFERED = 2 * MAX_FILES  # files
OFFERS_PER_SECOND = 5


class Inbound:
    """Takes offers, as long as there are not too many.

    Args:
        now: seconds of a steady clock.
    """

    def __init__(self, now: float) -> None:
        self._throttle = Throttle(OFFERS_PER_SECOND, MAX_OFFERS, now)
        self._unlisted: dict[int, Unlisted] = {}
        self._waiting: dict[int, int] = {}  # how many files each has

    def on_offer(self, offer: Offered, now: float) -> Decline | None:
        """An offer begins; return the answer if it is not taken. An earlier one of the same key
        that is still being listed is forgotten.

        Raises:
            Malformed: its number is taken, or it cannot be.
        """
        if offer.id in self._waiting:
            raise Malformed(f"the offer {offer.id} is made twice")
        unlisted = Unlisted(offer)
        for id, earlier in tuple(self._unlisted.items()):
            if earlier.offer.key == offer.key:
                self.answered(id)
        in_all = sum(self._waiting.values()) + offer.files
        allowed = len(self._waiting) < MAX_OFFERS and in_all <= MAX_OFFERED
        if not allowed or not self._throttle.allows(now):
            return Decline(offer.id, 0, offer.files, busy=True)
        self._waiting[offer.id] = offer.files
        self._unlisted[offer.id] = unlisted
        return None

    def on_listing(self, listing: Listing) -> Manifest | None:
        """Some of its files are listed; return its manifest when it is complete.

        Raises:
            Malformed: they are not as announced.
        """
        unlisted = self._unlisted.get(listing.id)
        manifest = unlisted.add(listing) if unlisted else None  # None: declined, or cancelled
        if manifest:
            del self._unlisted[listing.id]
        return manifest

    def answered(self, id: int) -> None:
        """It waits no more: it is answered, or was taken back."""
        self._waiting.pop(id, None)
        self._unlisted.pop(id, None)

    def forget(self) -> None:
        """The page that offered is gone."""
        self._waiting.clear()
        self._unlisted.clear()
