"""What the tests of the page's look share: axe, what sticks out, and pictures to keep."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Page

from serving.places import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
Theme = Literal["light", "dark"]
OVERFLOW = """() => [...document.querySelectorAll("body *")].filter(e => {
  const box = e.getBoundingClientRect();
  return box.width && e.checkVisibility() && (box.right > innerWidth + 1 || box.left < -1)
    && getComputedStyle(e).position !== "absolute";
}).map(e => e.id || e.className || e.tagName)"""


def axe(page: Page) -> list[str]:
    """What axe-core finds."""
    page.evaluate(AXE.read_text())
    result: dict[str, Any] = page.evaluate("() => axe.run()")
    return [
        f"{found['id']}: {node['target']} {node['failureSummary']}"
        for found in result["violations"]
        for node in found["nodes"]
    ]


def keep_picture(page: Page, name: str) -> None:
    if folder := os.environ.get("LOOK"):
        page.screenshot(path=Path(folder) / f"{name}.png")
