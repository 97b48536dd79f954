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
  return box.width && e.checkVisibility({visibilityProperty: true})
    && (box.right > innerWidth + 1 || box.left < -1)
    && getComputedStyle(e).position !== "absolute";
}).map(e => e.id || e.className || e.tagName)"""
# The parts of the call that are over one another, by pairs.
COVERED = """() => {
  const parts = ".controls button, #tabs label, figcaption, #own";
  const shown = [...document.querySelectorAll(parts)]
    .filter(e => e.checkVisibility() && e.textContent.trim())
    .map(e => [e.id || e.textContent, e.getBoundingClientRect(), e]);
  return shown.flatMap(([a, x, one], n) => shown.slice(n + 1)
    .filter(([, y, two]) => !one.contains(two) && !two.contains(one)
      && x.left < y.right - 1 && y.left < x.right - 1
      && x.top < y.bottom - 1 && y.top < x.bottom - 1)
    .map(([b]) => `${a} and ${b}`));
}"""


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
