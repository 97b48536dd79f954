"""The start panel: this page's ID, invite link and QR code, and the field to connect."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import segno

from app.connection.inapp import in_app_hint
from app.connection.invite import ABOUT, InvalidInvite, Invite
from app.connection.invite_link import InviteLink, Limit
from app.connection.pasted import parse_invite
from app.language import _
from ui.bridge import page
from ui.bridge.elements import Element, by_id, hide_popover
from ui.connection.status import StatusPanel

COPYING = "copying"  # about it
COPIED_FOR = 3.0  # seconds
PAINTED = 0.05  # seconds in which the browser paints the link, before its QR code is computed


class StartPanel:
    """`#my-id`, `#my-link`, `#share-qr`, `#copy-link`, `#share-link`, `#remote-id`, `#connect`,
    `#in-app`.

    Args:
        invite_link: makes the link that is shown.
        connect: called with an invite that was pasted or opened.
    """

    def __init__(
        self,
        status: StatusPanel,
        invite_link: InviteLink,
        connect: Callable[[Invite], None],
        start: Callable[..., Callable[..., None]],
    ) -> None:
        self._status = status
        self._invite_link = invite_link
        self._connect = connect
        self._link = ""
        self._drawing: asyncio.TimerHandle | None = None
        by_id("connect-form").on_submit(self._submit)
        by_id("remote-id").on_paste(self._paste)
        by_id("copy-link").on_click(start(self._copy))
        by_id("share-link").on_click(start(self._share))
        by_id("new-link").on_click(self._renew)
        page.on_fragment(self.follow_fragment)

    def show(self) -> None:
        """Show an invite link that is valid."""
        invite = self._invite_link.invite()
        shown = invite.link(page.address())
        if shown == self._link:
            return
        self._link = shown
        by_id("my-id").text = invite.peer_id
        link = by_id("my-link")
        link.text = self._link
        link.set(href=self._link)
        link.hidden = False
        by_id("share-qr").clear()
        if self._drawing is not None:
            self._drawing.cancel()
        self._drawing = asyncio.get_running_loop().call_later(PAINTED, self._draw)
        by_id("copy-link").disabled = False
        by_id("new-link").disabled = False
        by_id("connect").disabled = False
        by_id("share-link").hidden = not page.can_share()
        by_id("copy-link").set(**{"class": "outline" if page.can_share() else ""})
        by_id("lan-hint").hidden = not page.is_only_here()

    def _draw(self) -> None:
        by_id("share-qr").append(qr_code(self._link))

    def follow_fragment(self) -> None:
        """Connect by the invite in the page's own address, if there is one."""
        if fragment := page.fragment():
            page.clear_fragment()  # keep the secret out of sight and of screenshots
            self._follow(f"#{fragment}")
        elif hint := in_app_hint(page.user_agent()):
            by_id("in-app").text = hint
            by_id("in-app").hidden = False

    @staticmethod
    def _paste(text: str) -> bool:
        """Put the link that a message of several lines has into the field, which has one line."""
        try:
            invite = parse_invite(text) if "\n" in text.strip() else None
        except InvalidInvite:
            return False
        if invite is not None:
            by_id("remote-id").value = invite.link(page.address())
        return invite is not None

    def _renew(self) -> None:
        self._invite_link.renew(Limit(by_id("invite-limit").value))
        self.show()
        self._status.announce(_("Here is a new link. The one before lets nobody in any more."))

    def _submit(self) -> None:
        field = by_id("remote-id")
        self._follow(field.value)

    def _follow(self, text: str) -> None:
        try:
            invite = parse_invite(text)
        except InvalidInvite as error:
            by_id("remote-id").set(aria_invalid="true")
            self._status.problem(str(error), about=ABOUT)
            return
        by_id("remote-id").drop("aria-invalid")
        self._status.settle(ABOUT)
        hide_popover(by_id("invite"))
        self._connect(invite)

    async def _copy(self) -> None:
        self.show()  # the one that was shown may have expired
        if await page.copy(self._link):
            self._status.settle(COPYING)
            self._status.announce(_("The link is copied."))
            by_id("copy-link").text = _("Copied")
            await asyncio.sleep(COPIED_FOR)
            by_id("copy-link").text = _("Copy link")
        else:
            self._status.problem(
                _("The browser did not allow copying. Select the link and copy it."),
                about=COPYING,
            )

    async def _share(self) -> None:
        self.show()
        await page.share("PeerScript", self._link)


def qr_code(text: str) -> Element:
    """An image of the QR code of a text."""
    picture = by_id("share-qr").node.ownerDocument.createElement("img")
    element = Element(picture)
    uri = segno.make(text, error="m").svg_data_uri(border=1, dark="#000", light="#fff")
    element.set(src=uri, alt=_("QR code of the link"))
    return element
