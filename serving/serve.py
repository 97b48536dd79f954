"""Serves the built page on this machine, with a broker of its own."""

from __future__ import annotations

import argparse
import asyncio
import socket
import ssl
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from pathlib import Path

import segno

from serving.build import build
from serving.front import Front
from serving.peerserver import peer_server
from serving.places import SetupProblem


def main(arguments: Sequence[str]) -> int:
    """Build, serve, print the link, until Ctrl-C; the exit code."""
    parser = argparse.ArgumentParser(prog="nox -s serve --", description=__doc__)
    parser.add_argument(
        "--port", type=int, default=8000, help="default: 8000, or the next free one"
    )
    parser.add_argument("--lan", action="store_true", help="serve https to phones on this network")
    options = parser.parse_args(arguments)
    try:
        root = build(wheel=False)
        with peer_server() as broker_port, suppress(KeyboardInterrupt):
            asyncio.run(_serve(root, broker_port, options.port, lan=options.lan))
    except SetupProblem as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    return 0


async def _serve(root: Path, broker_port: int, port: int, *, lan: bool) -> None:
    address = lan_address() if lan else "localhost"
    front = Front(root, broker_port, tls=_certificate(address) if lan else None)
    for attempt in range(port, port + 20):
        try:
            await front.start("0.0.0.0" if lan else "127.0.0.1", attempt)
            break
        except OSError:
            print(f"Port {attempt} is taken.")
    else:
        raise SetupProblem(f"Ports {port} to {port + 19} are all taken: give another with --port.")
    link = f"{'https' if lan else 'http'}://{address}:{front.port}/"
    segno.make(link).terminal(compact=True)
    print(
        f"\n  PeerScript is at {link}\n\n  Open it, and send the link it shows to a second browser."
    )
    if lan:
        print("  The certificate was made just now: the browser will ask whether to trust it.")
    print("  Ctrl-C ends it.", flush=True)
    await asyncio.Event().wait()


def lan_address() -> str:
    """This machine's address on its network.

    Raises:
        SetupProblem: it is on none.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing; the system only picks the interface
        except OSError as error:
            raise SetupProblem("This machine is on no network: nobody could open it.") from error
        address: str = probe.getsockname()[0]
    return address


def _certificate(address: str) -> ssl.SSLContext:
    import trustme

    # Phones refuse certificates that last longer than about 13 months.
    until = datetime.now(timezone.utc) + timedelta(days=390)
    certificate = trustme.CA().issue_cert(address, "localhost", not_after=until)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "certificate.pem"
        certificate.private_key_and_cert_chain_pem.write_to_path(str(path))
        context.load_cert_chain(path)
    return context


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
