"""Measures PeerScript against plain PeerJS in the same run, and prints one table of ratios."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "browser"))

from bench.beside import beside_table
from bench.calls import calls_table
from bench.delay import delay_table
from bench.files import files_table
from bench.followers import followers_table
from bench.measure import measured
from bench.remote import remote_table
from bench.start import start_table
from bench.table import table


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--blocks", type=_at_least_one, help="of each figure; 24, or 6 of files")
    parser.add_argument(
        "--followers", type=_at_least_one, help="measure an audience of so many instead"
    )
    parser.add_argument(
        "--beside",
        type=_at_least_one,
        help="measure texts and turns beside a file instead; blocks",
    )
    parser.add_argument(
        "--remote", type=_at_least_one, help="measure remote functions instead; blocks"
    )
    parser.add_argument(
        "--files", type=_at_least_one, help="measure a file of so many megabytes instead"
    )
    parser.add_argument(
        "--calls", type=_at_least_one, help="measure calls instead; so many of each kind"
    )
    parser.add_argument(
        "--delay", type=_at_least_one, help="measure raw connections with delay instead; blocks"
    )
    parser.add_argument("--start", type=_at_least_one, help="measure the start instead; rounds")
    arguments = parser.parse_args()
    if arguments.files:
        print(files_table(arguments.files, arguments.blocks or 6))
    elif arguments.calls:
        print(calls_table(arguments.calls))
    elif arguments.delay:
        print(delay_table(arguments.delay))
    elif arguments.start:
        print(start_table(arguments.start))
    elif arguments.remote:
        print(remote_table(arguments.remote))
    elif arguments.beside:
        print(beside_table(arguments.beside))
    elif arguments.followers:
        print(followers_table(arguments.followers))
    else:
        print(table(measured(arguments.blocks or 24)))


def _at_least_one(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


if __name__ == "__main__":
    main()
