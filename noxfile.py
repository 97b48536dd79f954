"""What a contributor does: `nox -s serve`, `build`, `test`, the parts of `test`, and `bench`."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess

import nox

nox.needs_version = ">=2024.4.15"
nox.options.sessions = ["test"]
nox.options.reuse_existing_virtualenvs = True

# At Ctrl-C nox ends what it runs. At a supervisor's word or a closed terminal it would end alone.
for ending in (signal.SIGTERM, signal.SIGHUP):
    if signal.getsignal(ending) is not signal.SIG_IGN:
        signal.signal(ending, signal.default_int_handler)

# What the browser tests run: the program, Debian's package.
PROGRAMS = {"chromium": "chromium", "firefox": "firefox-esr", "turnserver": "coturn"}

UNIT = ("pytest", "tests", "--ignore=tests/browser")
IN_PARALLEL = ("-n", "auto")
TESTING = ("-r", "requirements/test.txt", "pip")


def prepare(session: nox.Session, *packages: str) -> None:
    """Install a session's packages, and let them alone be found.

    The README's commands find nox itself through PYTHONPATH, which would stand before them.
    """
    session.env["PYTHONPATH"] = ""
    session.install(*packages)


@nox.session
def serve(session: nox.Session) -> None:
    """Build the page and serve it with a broker on this machine; `-- --lan` for phones."""
    prepare(session, "-r", "requirements/serve.txt")
    session.run("python", "-m", "serving.serve", *session.posargs)


@nox.session
def build(session: nox.Session) -> None:
    """Build `dist/`: the page with everything it needs, and the library's wheel."""
    prepare(session, "-r", "requirements/serve.txt", "pip")
    session.run("python", "-c", "from serving.build import build; print(build())")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the docs site into `dist/docs/`, with the reference, from the docstrings, in
    `dist/reference/`. Its examples run beside what `build` has put there before: `build docs`.
    """
    prepare(session, "-r", "requirements/docs.txt")
    session.env["PYTHONPATH"] = "py"
    session.run("python", "-m", "serving.docs")


@nox.session
def translations(session: nox.Session) -> None:
    """Take up new texts of the page in `site/locale/`, say which lack a translation, compile."""
    prepare(session, "-r", "requirements/serve.txt")
    session.run("python", "-m", "serving.catalogues")


@nox.session
def test(session: nox.Session) -> None:
    """Everything: lint, types, unit tests with what they cover, browser."""
    for part in ("lint", "types", "coverage", "browser"):
        session.notify(part)


@nox.session
def lint(session: nox.Session) -> None:
    """Style (ruff)."""
    prepare(session, "-r", "requirements/lint.txt")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Types (mypy, strict), and those of the examples in pyright's eyes, too."""
    prepare(session, "-r", "requirements/lint.txt", *TESTING, "nox")
    session.run(
        "mypy", "py", "serving", "tests", "bench", "noxfile.py", "hatch_build.py", "site/examples"
    )
    session.run("python", "-m", "serving.node", "pyright/index.js", "--warnings")


@nox.session
def unit(session: nox.Session) -> None:
    """Tests in CPython, seconds in all; arguments go to pytest."""
    prepare(session, *TESTING)
    session.run(*UNIT, *(session.posargs or IN_PARALLEL))


@nox.session
def coverage(session: nox.Session) -> None:
    """The same tests, and a table of what they cover; it says where that is too little."""
    prepare(session, *TESTING)
    session.run(*UNIT, *IN_PARALLEL, "--cov", "--cov-report=json:dist/coverage.json")
    session.run("python", "-m", "tests.coverage_table", "dist/coverage.json")


@nox.session
def long(session: nox.Session) -> None:
    """The tests that draw examples, with many and other ones each time; then large and many files,
    and ten minutes of the fuzz. Arguments go to the first: `-- --hypothesis-seed=1`.
    """
    install_programs(session)
    prepare(session, *TESTING)
    session.run(*UNIT, *IN_PARALLEL, "--hypothesis-profile=long", *session.posargs)
    session.run("pytest", "tests/browser", "-m", "long", "-s")
    session.run("python", "-m", "tests.fuzz.control_channel", "--minutes", "10")


@nox.session
def browser(session: nox.Session) -> None:
    """Tests in real browsers; arguments go to pytest: `nox -s browser -- -k chat`."""
    install_programs(session)
    prepare(session, *TESTING)
    if session.posargs:
        session.run("pytest", "tests/browser", *session.posargs)
        return
    # Two at a time, since browsers mostly wait; what measures time has the machine to itself.
    session.run("pytest", "tests/browser", "-n", "2", "--dist", "loadscope", "-m", "not alone")
    session.run("pytest", "tests/browser", "-m", "alone")


@nox.session
def bench(session: nox.Session) -> None:
    """How fast and how large, as ratios in one table; `-- --blocks 3` for a quick look, `-- --only
    messages` for a part, `-- --save` to keep the result in docs/performance/. Fails nothing.
    """
    install_programs(session)
    prepare(session, *TESTING)
    session.run("python", "-m", "bench", *session.posargs)


@nox.session
def pictures(session: nox.Session) -> None:
    """Take the README's and the gallery's pictures anew, or those named: `-- quiz readme`."""
    install_programs(session)
    prepare(session, *TESTING)
    session.run("python", "-m", "bench.pictures", *session.posargs)


def install_programs(session: nox.Session) -> None:
    """Install from Debian what is missing of them, where we may; else say what to do."""
    missing = [
        package
        for program, package in PROGRAMS.items()
        if not (shutil.which(program) or shutil.which(package))
    ]
    if not missing:
        return
    names = " ".join([*missing, "fonts-noto-color-emoji"])
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if not shutil.which("apt-get") or (sudo and not shutil.which("sudo")):
        session.error(f"The tests need these programs; install them: {names}")
    session.log(f"Installing {names} (apt-get) …")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = [*sudo, "apt-get", "-qq"]
    install = [*apt, "install", "-y", "--no-install-recommends", *names.split()]
    for command in ([*apt, "update"], install):
        if subprocess.run(
            command, env=environment, check=False, stdout=subprocess.DEVNULL
        ).returncode:
            session.error(f"apt-get could not install them; do it by hand: {names}")
