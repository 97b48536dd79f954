"""A message's text in the page, with its links and code."""

from __future__ import annotations

from app.chat.formatting import Kind, Span, only_emoji, spans
from ui.bridge.elements import Element, new_element

_NAMES = {Kind.TEXT: "span", Kind.CODE: "code", Kind.BLOCK: "code", Kind.LINK: "a"}


def show_text(element: Element, text: str) -> None:
    """Fill an element with a text."""
    if only_emoji(text):
        element.set(data_emoji="true")
    shown = list(spans(text))
    if len(shown) == 1 and shown[0].kind is Kind.TEXT:
        element.text = text
        return
    for span in shown:
        element.append(_part(span))


def _part(span: Span) -> Element:
    part = new_element(_NAMES[span.kind])
    part.text = span.text
    if span.kind is Kind.BLOCK:
        part.set(data_block="true", tabindex="0")  # a long line scrolls, also by the keyboard
    if span.kind is Kind.LINK:
        # The other site learns neither this page's address nor gets a hold of its window.
        part.set(href=span.text, target="_blank", rel="noopener noreferrer")
    return part
