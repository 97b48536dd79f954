"""What the tests cover, folder by folder, and what they do not: the end of `nox -s coverage`.

It fails where a folder of pyproject.toml's `[tool.peerscript.coverage]` has less than is asked.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Folder:
    """Lines and branches together, as coverage.py counts them."""

    total: int = 0
    covered: int = 0
    missing: list[str] = field(default_factory=list)

    def add(self, name: str, found: dict[str, Any]) -> None:
        summary = found["summary"]
        self.total += summary["num_statements"] + summary["num_branches"]
        self.covered += summary["covered_lines"] + summary["covered_branches"]
        lines = [*map(str, found["missing_lines"])]
        lines += [
            f"{start}→{end if end > 0 else 'end'}"
            for start, end in found["missing_branches"]
            if not {start, end} & set(found["missing_lines"])
        ]
        if summary["num_statements"] and not summary["covered_lines"]:
            self.missing.append(f"{name}: all")
        elif lines:
            self.missing.append(f"{name}: {', '.join(lines)}")

    @property
    def percent(self) -> float:
        return 100 * self.covered / self.total if self.total else 100.0


def folders(report: dict[str, Any]) -> dict[str, Folder]:
    """Each folder below py/, with the files that lie in it itself."""
    found: dict[str, Folder] = defaultdict(Folder)
    for path, file in sorted(report["files"].items()):
        place = Path(path).relative_to("py")
        found[place.parent.as_posix()].add(place.name, file)
    return dict(sorted(found.items()))


def too_little(found: dict[str, Folder], asked: dict[str, float]) -> list[str]:
    """What is said of the folders, or folders with all below, that have less than is asked."""
    words = []
    for name, least in asked.items():
        below = [each for key, each in found.items() if f"{key}/".startswith(f"{name}/")]
        if not below:
            words.append(f"{name} is not there")
        words += [f"{name} is below {least} %" for each in below if each.percent < least][:1]
    return words


def main() -> int:
    report = json.loads(Path(sys.argv[1]).read_text())
    found = folders(report)
    for name, folder in found.items():
        print(f"{folder.percent:6.1f} %  {name}")
        for words in folder.missing:
            print(f"            {words}")
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    failures = too_little(found, settings["tool"]["peerscript"]["coverage"])
    print(*failures, sep="\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
