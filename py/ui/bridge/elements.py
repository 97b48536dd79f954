"""A Python interface to the page's elements. Text is set as text, never as HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from js import IntersectionObserver, Object, ResizeObserver, document, window
from pyodide.ffi import JsProxy, create_proxy, to_js


class Element:
    """One element of the page."""

    def __init__(self, node: JsProxy) -> None:
        self.node = node

    @property
    def text(self) -> str:
        return str(self.node.textContent)

    @text.setter
    def text(self, text: str) -> None:
        self.node.textContent = text

    @property
    def value(self) -> str:
        return str(self.node.value)

    @value.setter
    def value(self, value: str) -> None:
        self.node.value = value

    @property
    def checked(self) -> bool:
        return bool(self.node.checked)

    @checked.setter
    def checked(self, checked: bool) -> None:
        self.node.checked = checked

    @property
    def disabled(self) -> bool:
        return bool(self.node.disabled)

    @disabled.setter
    def disabled(self, disabled: bool) -> None:
        self.node.disabled = disabled

    @property
    def hidden(self) -> bool:
        return bool(self.node.hidden)

    @hidden.setter
    def hidden(self, hidden: bool) -> None:
        self.node.hidden = hidden

    def get(self, attribute: str) -> str:
        """An attribute's value; "" where it is missing."""
        return str(self.node.getAttribute(attribute) or "")

    def set(self, **attributes: str) -> None:
        """Set attributes: `data_state="open"` sets `data-state`."""
        for name, value in attributes.items():
            self.node.setAttribute(name.replace("_", "-"), value)

    def drop(self, attribute: str) -> None:
        """Remove an attribute."""
        self.node.removeAttribute(attribute)

    def slot(self, name: str) -> Element:
        """The element in it with `data-slot` of this name: a part of a template to fill."""
        return Element(self.node.querySelector(f'[data-slot="{name}"]'))

    def closest(self, selector: str) -> Element | None:
        """The nearest of it and of what it stands in that a CSS selector finds."""
        node = self.node.closest(selector)
        return Element(node) if node else None

    def children(self) -> Iterator[Element]:
        """The elements in it."""
        return (Element(node) for node in self.node.children)

    def all(self, selector: str) -> Iterator[Element]:
        """Everything in it that a CSS selector finds."""
        return (Element(node) for node in self.node.querySelectorAll(selector))

    def style(self, name: str, value: str) -> None:
        """Set a property of its own style."""
        self.node.style.setProperty(name, value)

    def append(self, child: Element) -> Element:
        """Put an element at its end."""
        self.node.appendChild(child.node)
        return child

    def prepend(self, child: Element) -> Element:
        """Put an element at its beginning."""
        self.node.prepend(child.node)
        return child

    def before(self, other: Element) -> None:
        """Put an element before it."""
        self.node.before(other.node)

    def clear(self) -> None:
        """Remove all its children."""
        self.node.replaceChildren()

    def remove(self) -> None:
        """Remove it from the page."""
        self.node.remove()

    def focus(self) -> None:
        """Give it the keyboard focus."""
        self.node.focus()

    def is_shown(self) -> bool:
        """Whether it has a place in the page as it stands now."""
        return bool(self.node.checkVisibility())

    def is_pointed_at(self) -> bool:
        """Whether the pointer or the keyboard's focus is on it."""
        return bool(self.node.matches(":hover, :focus-within"))

    def near_end(self) -> bool:
        """Whether its last lines are in view."""
        return bool(self.node.scrollHeight - self.node.scrollTop - self.node.clientHeight < 60)

    def scroll_to_end(self) -> None:
        """Bring its last lines into view."""
        self.node.scrollTop = self.node.scrollHeight

    def scroll_to_top(self) -> None:
        """Bring its first lines into view."""
        self.node.scrollTop = 0

    def bring_into_view(self) -> None:
        """Scroll as little as is needed to see it."""
        self.node.scrollIntoView(to_js({"block": "nearest"}, dict_converter=Object.fromEntries))

    def on(self, event: str, handler: Callable[[JsProxy], None]) -> None:
        """Listen for as long as the page lives."""
        self.node.addEventListener(event, create_proxy(handler))

    def on_resize(self, handler: Callable[[], None]) -> None:
        """Listen to its size, for as long as the page lives; one that is not shown has none."""
        ResizeObserver.new(create_proxy(lambda *_: handler())).observe(self.node)

    def on_paste(self, handler: Callable[[str], bool]) -> None:
        """Listen to text being pasted into it; the handler returns whether it has taken it."""

        def paste(event: Any) -> None:
            if handler(str(event.clipboardData.getData("text/plain"))):
                event.preventDefault()

        self.on("paste", paste)

    def on_within(self, event: str, handler: Callable[[Element], None]) -> None:
        """Listen to an event of anything in it for as long as the page lives, also to one that
        does not bubble.

        Args:
            handler: is called with the element at which it happened.
        """
        listener = create_proxy(lambda it: handler(Element(it.target)))
        self.node.addEventListener(event, listener, True)

    def on_click(self, handler: Callable[[], None]) -> None:
        """Listen to clicks, by mouse, finger or keyboard, for as long as the page lives."""
        self.on("click", lambda _: handler())

    def on_submit(self, handler: Callable[[], None]) -> None:
        """Handle the submission of a form, instead of the browser."""

        def take(event: JsProxy) -> None:
            event.preventDefault()
            handler()

        self.on("submit", take)

    def on_action(self, handler: Callable[[Element, str], None]) -> None:
        """Listen to every `[data-action]` button in it: the row it stands in, and the action."""

        def take(event: JsProxy) -> None:
            button = event.target.closest("[data-action]")
            if not button:
                return
            row = button
            while str(row.parentElement.id) != str(self.node.id):
                row = row.parentElement
            handler(Element(row), str(button.dataset.action))

        self.on("click", take)

    def play(self, stream: Any) -> None:
        """Show a stream in a <video>; None stops it."""
        if stream is None:
            self.node.srcObject = None
        elif not self.node.srcObject or self.node.srcObject.id != stream.id:
            self.node.srcObject = stream


def by_id(id: str) -> Element:
    """The element of that ID.

    Raises:
        LookupError: the page has none.
    """
    node = document.getElementById(id)
    if not node:
        raise LookupError(f"the page has no #{id}")
    return Element(node)


def copy_of(template_id: str) -> Element:
    """A new copy of a <template>'s one element."""
    return Element(document.getElementById(template_id).content.firstElementChild.cloneNode(True))


def new_element(name: str) -> Element:
    """A new element, not yet in the page."""
    return Element(document.createElement(name))


def new_option(value: str, text: str) -> Element:
    """A new <option>, not yet in the page."""
    option = Element(document.createElement("option"))
    option.set(value=value)
    option.text = text
    return option


def new_svg(name: str) -> Element:
    """A new element of SVG, not yet in the page."""
    return Element(document.createElementNS("http://www.w3.org/2000/svg", name))


class EdgeWatch:
    """Reports when one of two elements scrolls into view.

    Args:
        first, last: called when the first or the last element does.
    """

    def __init__(self, first: Callable[[], None], last: Callable[[], None]) -> None:
        self._observers = [_observer(first), _observer(last)]
        self._watched: list[Element | None] = [None, None]

    def watch(self, first: Element | None, last: Element | None) -> None:
        """Watch these two from now on."""
        for observer, before, element in zip(
            self._observers, self._watched, (first, last), strict=True
        ):
            if element is not before:
                observer.disconnect()
                if element is not None:
                    observer.observe(element.node)
        self._watched = [first, last]


def _observer(seen: Callable[[], None]) -> Any:
    def look(entries: Any, _: JsProxy) -> None:
        if any(entry.isIntersecting for entry in entries):
            seen()

    return IntersectionObserver.new(create_proxy(look))


def hold_in_place(rows: Sequence[Element], change: Callable[[], None]) -> None:
    """Call `change`, then scroll so that the visible rows stay where they are."""
    ends = [(row.node, row.node.getBoundingClientRect().top) for row in (rows[0], rows[-1])]
    change()
    for node, top in ends:
        if node.isConnected:
            moved = node.getBoundingClientRect().top - top
            if moved:
                _scroller(node).scrollTop += moved
            return


def _scroller(node: JsProxy) -> Any:
    """The nearest scrolling ancestor of an element."""
    while node := node.parentElement:
        if window.getComputedStyle(node).overflowY in ("auto", "scroll"):
            return node
    return document.scrollingElement


def popover_is_open(popover: Element) -> bool:
    """Whether a popover is shown."""
    return bool(popover.node.matches(":popover-open"))


def hide_popover(popover: Element) -> None:
    """Hide it, if it is shown."""
    if popover_is_open(popover):
        popover.node.hidePopover()


def root() -> Element:
    """The <html> element."""
    return Element(document.documentElement)


def body() -> Element:
    """The <body> element."""
    return Element(document.body)
