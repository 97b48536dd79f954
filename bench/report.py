"""The whole table, as Markdown, JSON and a plot."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from math import log2
from pathlib import Path
from statistics import median

from bench.table import Figure, interval
from serving.places import ROOT

RESULTS = ROOT / "docs" / "performance"  # beside the page that explains them
ROW, LEFT, WIDE, TOP = 22, 330, 420, 34  # pixels of the plot
LEAST, MOST = -3, 4  # of the plot's ratios, as powers of two


@dataclass
class Section:
    """What one part of the bench has measured.

    Attributes:
        beside: what PeerScript is compared with.
    """

    title: str
    beside: str
    figures: list[Figure]


def markdown(sections: list[Section]) -> str:
    """Tables for people."""
    lines = []
    for section in sections:
        lines += [
            f"| {section.title} | {section.beside} | PeerScript | ratio | goal |",
            "| --- | ---: | ---: | ---: | ---: |",
            *(f"| {' | '.join(figure.cells())} |" for figure in section.figures),
            "",
        ]
    return "\n".join(lines).rstrip()


_MEASURED = (".", ":!docs/performance")  # all but what is written here


def facts() -> dict[str, object]:
    """When, where and what was measured."""

    def git(*words: str) -> str:
        found = subprocess.run(
            ["git", *words], cwd=ROOT, capture_output=True, text=True, check=False
        )
        return found.stdout.strip()

    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": git("rev-parse", "--short", "HEAD"),
        "changed": bool(git("status", "--porcelain", "--untracked-files=no", "--", *_MEASURED)),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "system": f"{platform.system()} {platform.machine()}",
    }


def about(found: dict[str, object]) -> str:
    """The same as a sentence."""
    changed = " with changes" if found["changed"] else ""
    return (
        f"{found['date']}, commit {found['commit']}{changed}, {found['cores']} cores, "
        f"load {found['load']} at the end"
    )


def as_json(sections: list[Section], found: dict[str, object]) -> str:
    """For programs: every block's values, in seconds, bytes, or the unit that is named."""
    parts = [
        {
            "title": section.title,
            "beside": section.beside,
            "figures": [
                {
                    "name": figure.name,
                    "unit": figure.unit,
                    "beside": figure.peerjs,
                    "peerscript": figure.peerscript,
                    "ratio": median(figure.ratios),
                    "interval": interval(figure.ratios),
                    "goal": figure.goal,
                }
                for figure in section.figures
            ],
        }
        for section in sections
    ]
    return json.dumps({**found, "sections": parts}, indent=1, ensure_ascii=False) + "\n"


def plot(sections: list[Section], note: str) -> str:
    """All ratios on one axis, which doubles from line to line."""
    rows, y = [], TOP
    for section in sections:
        y += ROW
        title = f"{section.title} (beside {section.beside})"
        rows.append(f'<text x="8" y="{y}" font-weight="bold">{escape(title)}</text>')
        for figure in section.figures:
            y += ROW
            rows += _row(figure, y)
    bottom = y + ROW // 2
    axis = [
        f'<line x1="{_x(2.0**power)}" x2="{_x(2.0**power)}" y1="{TOP}" y2="{bottom}" '
        f'stroke="{"#555" if power == 0 else "#ddd"}"/>'
        f'<text x="{_x(2.0**power)}" y="{TOP - 6}" text-anchor="middle">{2.0**power:g}</text>'
        for power in range(LEAST, MOST + 1)
    ]
    width, height = LEFT + WIDE + 90, bottom + 30
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            'font-family="sans-serif" font-size="12">',
            '<rect width="100%" height="100%" fill="white"/>',
            '<text x="8" y="16">PeerScript to what it is compared with; 1 is the same</text>',
            *axis,
            *rows,
            f'<text x="8" y="{height - 8}" fill="#555">{escape(note)}</text>',
            "</svg>\n",
        ]
    )


def _row(figure: Figure, y: int) -> list[str]:
    ratios, middle = figure.ratios, y - 4
    low, high = interval(ratios) or (ratios[0], ratios[-1])
    ratio = median(ratios)
    return [
        f'<text x="20" y="{y}">{escape(figure.name)}</text>',
        f'<line x1="{_x(low)}" x2="{_x(high)}" y1="{middle}" y2="{middle}" stroke="#27c" '
        'stroke-width="3" stroke-linecap="round"/>',
        f'<circle cx="{_x(ratio)}" cy="{middle}" r="5" fill="#15a"/>',
        f'<text x="{LEFT + WIDE + 20}" y="{y}">{ratio:.2f}</text>',
    ]


def _x(ratio: float) -> int:
    power = min(max(log2(ratio), LEAST), MOST)
    return round(LEFT + WIDE * (power - LEAST) / (MOST - LEAST))


def save(sections: list[Section], folder: Path = RESULTS) -> None:
    """Write the snapshot that is kept in the repository."""
    found = facts()
    folder.mkdir(exist_ok=True)
    (folder / "results.json").write_text(as_json(sections, found))
    (folder / "results.md").write_text(f"{about(found)}\n\n{markdown(sections)}\n")
    (folder / "results.svg").write_text(plot(sections, about(found)))
