"""Serves the built page on this machine, with a broker of its own."""

from __future__ import annotations

import argparse
import asyncio
import signal
import socket
import ssl
import sys
import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from functools import partial
from pathlib import Path

import segno

from serving.build import build
from serving.front import Front
from serving.peerserver import PeerServer, keep
from serving.places import SetupProblem

# Ctrl-C, a supervisor's stop, and a closed terminal.
_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(arguments: Sequence[str]) -> int:
    """Build, serve and print the link, until Ctrl-C or another signal; return the exit code."""
    parser = argparse.ArgumentParser(prog="nox -s serve --", description=__doc__)
    parser.add_argument(
        "--port", type=int, default=8000, help="default: 8000, or the next free one"
    )
    parser.add_argument("--lan", action="store_true", help="serve https to phones on this network")
    options = parser.parse_args(arguments)
    # `nohup`, and a script's `&`, start this with some of them ignored: those stay ignored.
    endings = [each for each in _ENDINGS if signal.getsignal(each) is not signal.SIG_IGN]
    for each in endings:  # the build ends by an exception, and with it the programs it runs
        signal.signal(each, signal.default_int_handler)
    try:
        root = build(wheel=False)
        asyncio.run(_serve(root, options.port, endings, lan=options.lan))
    except SetupProblem as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


async def _serve(root: Path, port: int, endings: Sequence[signal.Signals], *, lan: bool) -> None:
    ended = asyncio.Event()
    for each in endings:
        asyncio.get_running_loop().add_signal_handler(each, ended.set)
    broker = PeerServer()
    try:
        broker.start()
        front = await _front(root, broker.port, port, lan=lan)
        keeping = asyncio.create_task(keep(broker, partial(print, flush=True)))
        await ended.wait()
        keeping.cancel()
        await front.stop()
    finally:
        broker.stop()


async def _front(root: Path, broker_port: int, port: int, *, lan: bool) -> Front:
    """Start it on the first free port from `port` on, and print the link."""
    address = lan_address() if lan else "localhost"
    front = Front(root, broker_port, tls=certificate(address) if lan else None)
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
    return front


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


def certificate(address: str) -> ssl.SSLContext:
    """Make a certificate, signed by an authority that no browser trusts."""
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
