"""Measures PeerScript beside plain PeerJS, and beside a bare Pyodide, in the same run.

Without options: the whole table, with few repetitions. An option of a part measures that one alone
and in detail.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "browser"))

from bench.beside import beside_table
from bench.calls import calls_figures, calls_table
from bench.delay import delay_table
from bench.files import files_figures, files_table
from bench.followers import followers_table
from bench.measure import measured
from bench.presenter import presenter_figures
from bench.remote import remote_table
from bench.report import Section, about, facts, markdown, save
from bench.start import start_figures
from bench.striped import striped_table
from bench.table import figures

FILE = 40  # megabytes
FOLLOWERS = (1, 10, 30)

# Each part: its repetitions in the whole table, and what makes its section with so many.
PARTS: dict[str, tuple[int, Callable[[int], Section]]] = {
    "start": (5, lambda n: Section("start", "a bare page of Pyodide", start_figures(n))),
    "messages": (9, lambda n: Section("messages", "PeerJS, bare Python", figures(measured(n)))),
    "presenter": (
        5,
        lambda n: Section("slides", "PeerJS", presenter_figures(FOLLOWERS, n)),
    ),
    "files": (5, lambda n: Section("files", "raw loops and PeerJS", files_figures(FILE, n))),
    "calls": (5, lambda n: Section("calls", "PeerJS", calls_figures(n))),
}


def delay_tables(blocks: int) -> str:
    """Of raw loops, and of PeerScript itself."""
    return f"{delay_table(blocks)}\n\n{striped_table(blocks)}"


DETAILS: dict[str, tuple[str, Callable[[int], str]]] = {
    "followers": ("slides on so many followers' screens", followers_table),
    "beside": ("texts and turns beside a file; blocks", beside_table),
    "remote": ("remote functions; blocks", remote_table),
    "delay": ("several connections with delay and loss; blocks", delay_tables),
    "files": ("a file of so many megabytes in every way", lambda size: files_table(size, 6)),
    "calls": ("calls of two and of six, and how they heal; calls of each", calls_table),
}


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=PARTS, help="these parts of the whole table")
    parser.add_argument("--blocks", type=_at_least_one, help="repetitions of each part")
    parser.add_argument("--save", action="store_true", help="keep the result in docs/performance/")
    for name, (words, _) in DETAILS.items():
        parser.add_argument(f"--{name}", type=_at_least_one, help=f"instead: {words}")
    arguments = vars(parser.parse_args())
    for name, (_, detail) in DETAILS.items():
        if arguments[name]:
            print(detail(arguments[name]))
            return
    sections = []
    for name in arguments["only"] or PARTS:
        repetitions, part = PARTS[name]
        print(f"{name} …", file=sys.stderr)
        sections.append(part(arguments["blocks"] or repetitions))
        print(markdown(sections[-1:]), end="\n\n", flush=True)
        if arguments["save"]:
            save(sections)  # as far as it has come: the whole takes long
    print(about(facts()))


def _at_least_one(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


if __name__ == "__main__":
    main()
