"""Runs a handshake over a connection. Until it is complete, nothing else is read."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

from peerscript.data.connection import DataConnection
from peerscript.errors import ConnectionClosed, ConnectTimeout, LinkRefused, NotDelivered
from peerscript.protocol.link.handshake import (
    GuestHandshake,
    Handshake,
    HandshakeFailed,
    HostHandshake,
    Mode,
    Outcome,
    Party,
    Reason,
    reason_of,
)
from peerscript.protocol.link.keys import NONCE_SIZE, from_text
from peerscript.protocol.link.messages import HANDSHAKE, MAX_HANDSHAKE_FRAME, Admitted, Rejection
from peerscript.protocol.vocabulary import Malformed

logger = logging.getLogger("peerscript")

TIMEOUT = 10.0  # seconds for the handshake
ADMISSION_TIMEOUT = 600.0  # seconds for the person at the host to decide

Approve = Callable[[Outcome], None]  # raises HandshakeFailed
KeysFor = Callable[[Mode, str], Sequence[bytes]]

_MESSAGES = {
    Reason.PROOF: "the secret is not the same on both sides, or somebody sits in between",
    Reason.EXPIRED: "the invite has expired",
    Reason.USED_UP: "the invite was used already",
    Reason.REVOKED: "the invite was taken back",
    Reason.SESSION: "the earlier session is not known there any more",
    Reason.VERSION: "the two pages have different versions",
    Reason.RUBBISH: "what came is not the protocol",
    Reason.ONESELF: "that is this page itself",
    Reason.BUSY: "too many are knocking at that page",
    Reason.GLARE: "the other page was dialling, too",
    Reason.PERSON: "the person there said no",
    Reason.OTHER: "the reason is not known here",
}


def refusal(failure: HandshakeFailed) -> LinkRefused:
    """The error for the caller that waits for the Link."""
    return LinkRefused(
        _MESSAGES[failure.reason],
        reason=failure.reason.value,
        told=failure.told,
        scope=failure.scope,
    )


async def handshake_as_guest(
    connection: DataConnection,
    own_id: str,
    key: bytes | None,
    *,
    session: str = "",
    redeem: bool = False,
    capabilities: Sequence[str] = (),
) -> Outcome:
    """Run the handshake as the page that dialled; see GuestHandshake.

    Raises:
        LinkRefused: one side refuses the other. The connection is closed.
        ConnectionClosed: it ended meanwhile.
        ConnectTimeout: it took too long.
    """
    own, other = parties(connection, own_id)
    try:
        handshake = GuestHandshake(
            own, other, key, session=session, redeem=redeem, capabilities=capabilities
        )
        await connection.send(handshake.begin())
        return await _exchange(connection, handshake)
    except HandshakeFailed as failure:
        await refuse(connection, failure)
        raise refusal(failure) from failure


async def handshake_as_host(
    connection: DataConnection,
    own_id: str,
    keys_for: KeysFor,
    approve: Approve,
    *,
    capabilities: Sequence[str] = (),
) -> Outcome:
    """Run the handshake as the page that was dialled.

    Args:
        keys_for: see HostHandshake.
        approve: is called before the last answer is sent, and may raise HandshakeFailed.

    Raises:
        LinkRefused, ConnectionClosed, ConnectTimeout: see `handshake_as_guest`.
    """
    own, other = parties(connection, own_id)
    try:
        handshake = HostHandshake(own, other, keys_for, capabilities=capabilities)
        return await _exchange(connection, handshake, approve)
    except HandshakeFailed as failure:
        await refuse(connection, failure)
        raise refusal(failure) from failure


def parties(connection: DataConnection, own_id: str) -> tuple[Party, Party]:
    """This page and the other one, with the certificates that secure the connection.

    Raises:
        ConnectionClosed: it is not open any more.
    """
    seen = connection.fingerprints
    if seen is None:
        raise ConnectionClosed(f"{connection.peer} closed before its certificate was known")
    return Party(own_id, seen.own), Party(connection.peer, seen.remote)


async def _exchange(
    connection: DataConnection, handshake: Handshake, approve: Approve | None = None
) -> Outcome:
    try:
        async with asyncio.timeout(TIMEOUT):
            while handshake.outcome is None:
                answer = handshake.receive(await connection.receive())
                if handshake.outcome is not None and approve is not None:
                    approve(handshake.outcome)
                if answer is not None:
                    await connection.send(answer)
    except TimeoutError:
        raise ConnectTimeout(f"no handshake with {connection.peer} in {TIMEOUT:g} s") from None
    return handshake.outcome


async def refuse(connection: DataConnection, failure: HandshakeFailed) -> None:
    """Send the reason, unless the other side has refused first, and close."""
    logger.warning(
        "%s a Link with %s: %s",
        *("Rejection" if failure.told else "Refusing", connection.peer, failure),
    )
    try:
        if not failure.told:
            await connection.send(HANDSHAKE.encode(Rejection(failure.reason.value)))
        await connection.close(timeout=1.0)
    except (ConnectionClosed, NotDelivered) as error:
        logger.debug("%s closed first: %s", connection.peer, error)


async def wait_for_admission(connection: DataConnection) -> bytes:
    """Wait until the person at the host accepts; return the key for resuming.

    Raises:
        LinkRefused: they rejected this page, or did not decide in time.
        ConnectionClosed: the connection ended meanwhile.
    """
    try:
        async with asyncio.timeout(ADMISSION_TIMEOUT):
            return _admission(await connection.receive())
    except TimeoutError:
        failure = HandshakeFailed(Reason.PERSON, "nobody decided in time")
    except HandshakeFailed as error:
        failure = error
    await refuse(connection, failure)
    raise refusal(failure)


def _admission(frame: str | bytes) -> bytes:
    if not isinstance(frame, str) or len(frame) > MAX_HANDSHAKE_FRAME:
        raise HandshakeFailed(Reason.RUBBISH, "no admission")
    try:
        message = HANDSHAKE.decode(frame)
        if isinstance(message, Admitted):
            return from_text(message.resume, NONCE_SIZE)
    except (Malformed, ValueError) as error:
        raise HandshakeFailed(Reason.RUBBISH, str(error)) from error
    if isinstance(message, Rejection):
        raise HandshakeFailed(reason_of(message.reason), told=True)
    raise HandshakeFailed(Reason.RUBBISH, "no admission")
