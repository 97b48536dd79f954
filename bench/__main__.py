"""Measures PeerScript against plain PeerJS in the same run, and prints one table of ratios."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "browser"))

from bench.measure import measured
from bench.table import table


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--blocks", type=_at_least_one, default=24, help="of each figure; 24")
    print(table(measured(parser.parse_args().blocks)))


def _at_least_one(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


if __name__ == "__main__":
    main()
