"""Shows the progress of loading, in MicroPython, while Pyodide loads.

It runs beside the page's own Python until `html[data-ready]` is set, and shows what failed.
MicroPython has no typing module and raises where a JavaScript attribute is missing, so this file is
kept simple.
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
CODE = (".js", ".mjs", ".wasm", ".zip", ".py", ".toml")
TICK = 250  # ms
PATIENCE = 8  # ticks for the page's own Python to report an error after it has run

reached = -1
cause = None  # the text for the first failure; later ones are consequences
ticks_since_done = None


def element(name):
    return document.getElementById(name)


def ready():
    return document.documentElement.getAttribute("data-ready") == "true"


def state():
    return element("status").getAttribute("data-state")


def failed(words):
    """Show what failed, unless the page's own Python runs and shows it."""
    global cause
    if cause is not None or state() != "loading":
        return
    cause = "This page could not load: " + words + ". " + ADVICE
    element("status").setAttribute("data-state", "failed")
    element("status").textContent = "Could not load"
    element("loading-stage").textContent = cause


def arrived(entry):
    global reached
    name = entry.name.split("?")[0].split("/")[-1]
    code = getattr(entry, "responseStatus", None)
    if code is not None and code >= 400:
        failed(name + " answered " + str(code))
    elif code == 0 and not entry.decodedBodySize and name.endswith(CODE):
        failed(name + " did not arrive")  # no network, or blocked
    for place in range(reached + 1, len(STAGES)):
        part, words = STAGES[place]
        if name.startswith(part) and cause is None:
            reached = place
            element("loading-stage").textContent = words


def observed(entries, *_):
    if not ready():
        for entry in entries.getEntries():
            arrived(entry)


def rejected(event, *_):
    reason = event.reason
    failed(str(getattr(reason, "message", None) or reason)[:300])


def thrown(event, *_):
    # A <script> or <link> that cannot be fetched fires an error without a message.
    target = event.target
    source = getattr(target, "src", None) or getattr(target, "href", None)
    failed(str(source or getattr(event, "message", None) or "an error")[:300])


def ran(*_):
    # Comes when main.py has run to its end, and also when it raised.
    global ticks_since_done
    ticks_since_done = 0


def check(*_):
    global ticks_since_done
    if ready():
        clearInterval(timer)
        observer.disconnect()
        return
    if cause is not None and state() == "failed" and element("loading-stage").textContent != cause:
        element("loading-stage").textContent = cause
    if ticks_since_done is not None:
        ticks_since_done += 1
        if ticks_since_done == PATIENCE:
            failed("its own code stopped at the start (the browser's console says where)")


document.addEventListener("py:done", create_proxy(ran))
window.addEventListener("unhandledrejection", create_proxy(rejected))
window.addEventListener("error", create_proxy(thrown), True)
observer = PerformanceObserver.new(create_proxy(observed))
observer.observe(to_js({"type": "resource", "buffered": True}))
timer = setInterval(create_proxy(check), TICK)
