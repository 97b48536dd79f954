"""The loading shell: small MicroPython that names the stage while the large Python loads.

It runs beside the page's own Python until `html[data-ready]` is set, and says in plain words what
failed. MicroPython knows no typing and raises where a JavaScript attribute is missing, so this file
stays with the simplest forms.
"""

from js import PerformanceObserver, clearInterval, document, setInterval, window
from pyscript.ffi import create_proxy, to_js

STAGES = (
    ("core", "The loader is here; Python itself is on its way, about 6 MB the first time."),
    ("pyodide.mjs", "Python is loading: about 6 MB the first time, a second or two after that."),
    ("pyodide.asm.mjs", "Python is loading: the largest part is under way."),
    ("python_stdlib.zip", "Python has arrived and is starting."),
    ("app.zip", "The page's own code is here; reaching the broker."),
)
ADVICE = "Check your connection and any content blocker, then reload the page."
reached = -1


def element(name):
    return document.getElementById(name)


def ready():
    return document.documentElement.getAttribute("data-ready") == "true"


def failed(words):
    """Say what failed; the page's own Python has the word once it runs."""
    status = element("status")
    if ready() or status.getAttribute("data-state") != "loading":
        return
    status.setAttribute("data-state", "failed")
    status.textContent = "Could not load"
    element("loading-stage").textContent = "This page could not load: " + words + ". " + ADVICE


def arrived(entry):
    global reached
    name = entry.name.split("?")[0].split("/")[-1]
    code = getattr(entry, "responseStatus", 200) or 200
    if code >= 400:
        failed(name + " answered " + str(code))
        return
    for place in range(reached + 1, len(STAGES)):
        part, words = STAGES[place]
        if name.startswith(part):
            reached = place
            element("loading-stage").textContent = words


def observed(entries, *_):
    if not ready():
        for entry in entries.getEntries():
            arrived(entry)


def rejected(event, *_):
    failed(str(event.reason)[:300])


def thrown(event, *_):
    # A <script> or <link> that cannot be fetched fires an error without a message.
    target = event.target
    source = getattr(target, "src", None) or getattr(target, "href", None)
    failed(str(source or getattr(event, "message", "an error"))[:300])


def check(*_):
    if ready() or element("status").getAttribute("data-state") != "loading":
        clearInterval(timer)
        observer.disconnect()
        return
    for problem in document.querySelectorAll(".py-error"):
        failed(problem.textContent[-300:])


window.addEventListener("unhandledrejection", create_proxy(rejected))
window.addEventListener("error", create_proxy(thrown), True)
observer = PerformanceObserver.new(create_proxy(observed))
observer.observe(to_js({"type": "resource", "buffered": True}))
timer = setInterval(create_proxy(check), 250)
