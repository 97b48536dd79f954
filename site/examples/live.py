"""Runs what stands in the editors of the docs site's page "Try it"."""

import asyncio
from ast import PyCF_ALLOW_TOP_LEVEL_AWAIT
from inspect import isawaitable
from traceback import format_exception, format_exception_only
from typing import Any

from pyscript import when, window
from pyscript.web import page

running: dict[str, asyncio.Task[None]] = {}


@when("submit", ".editor")
async def run_or_stop(event: Any) -> None:
    editor, title = event.target, str(event.target.dataset.title)
    if title in running:
        running[title].cancel()
        return
    button = editor.querySelector("[type=submit]")
    button.textContent = "Stop"
    running[title] = asyncio.create_task(run(editor))
    await asyncio.wait([running[title]])
    running.pop(title).result()
    button.textContent = "Run"


async def run(editor: Any) -> None:
    printed = editor.querySelector(".printed")
    printed.textContent = ""
    printed.hidden = False

    def show(*values: object, sep: str = " ", end: str = "\n") -> None:
        printed.append(sep.join(map(str, values)) + end)

    try:
        source = editor.querySelector("textarea").value
        code = compile(source, "<your code>", "exec", PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except SyntaxError as error:
        show(*format_exception_only(error), sep="", end="")
        return
    try:
        ran = eval(code, {"__name__": "__main__", "print": show})
        if isawaitable(ran):
            await ran
    except asyncio.CancelledError:
        show("Stopped.")
    except Exception as error:
        own = error.__traceback__ and error.__traceback__.tb_next  # without this function
        show(*format_exception(type(error), error, own), sep="", end="")


for button in window.document.querySelectorAll(".editor [type=submit]"):
    button.disabled = False
page["status"].hidden = True
