"""The built page's service worker: it starts without a network (docs/decisions/0021).

Workbox generates it. It keeps one version of what every visit needs, whole: a newer one is taken
as a whole, too, once the page lets it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

from serving import names
from serving.node import node, packages
from serving.places import SetupProblem

NAME = "worker.js"
SETTINGS = "peerscript-settings"  # the cache that has the settings (ui.bridge.versions)
# What every visit needs, and what shows slides. What shows PDFs and draws formulas is kept at its
# first use: that is 5 MB, and most people never see any.
_KEPT = (
    "index.html",
    "page-*/*",
    "vendor/peerjs-*/**/*.js",
    "vendor/pyodide-*/pyodide*.mjs",
    "vendor/pyodide-*/pyodide.asm.wasm",
    "vendor/reveal.js-*/**/*.css",
    "vendor/reveal.js-*/**/*.js",
    "site/css-*/*",
    "site/deck-frame.html",
    "site/deck.css",
    "site/decks/*",
    "site/icon*",
    "site/locale-*/*.mo",
    "site/manifest.webmanifest",
)
_GENERATE = """
const {{default: {{generateSW}}}} = await import({workbox});
const {{count, warnings}} = await generateSW({{
  ...{options}, ignoreURLParametersMatching: [/./],
  runtimeCaching: [
    {{urlPattern: /\\/pyscript\\.toml$/, handler: "NetworkFirst", options: {settings}}},
    {{urlPattern: /-[0-9a-f]{{16}}\\//, handler: "CacheFirst", options: {parts}}},
  ],
}});
if (warnings.length || count !== {count}) throw new Error(`${{count}} files. ${{warnings}}`);
"""
# Of an owner's change a page learns at its next start, unless the network takes longer than this.
_PATIENCE = 5  # seconds
_PARTS = 250  # files; a PDF with Chinese text takes a dozen


def write(target: Path) -> None:
    """Write the worker beside the page, for all that is there.

    Raises:
        SetupProblem: a part of the page is not there, or Workbox could not generate it.
    """
    entries = kept(target)
    options = {
        "swDest": str(target / NAME),
        "additionalManifestEntries": entries,
        "cleanupOutdatedCaches": True,
        "globDirectory": str(target),  # without one, it takes no entries at all
        "globPatterns": [],
        "inlineWorkboxRuntime": True,
        "sourcemap": False,
        "mode": "production",
        "babelPresetEnvTargets": ["chrome 111", "firefox 111", "safari 16.4"],
    }
    script = _GENERATE.format(
        workbox=json.dumps((packages() / "workbox-build" / "build" / "index.js").as_uri()),
        options=json.dumps(options),
        count=len(entries),
        settings=json.dumps(
            {
                "cacheName": SETTINGS,
                "networkTimeoutSeconds": _PATIENCE,
                "fetchOptions": {"cache": "no-cache"},
            }
        ),
        parts=json.dumps({"cacheName": "peerscript-parts", "expiration": {"maxEntries": _PARTS}}),
    )
    command = [node(), "--input-type=module", "-e", script]
    if subprocess.run(command, check=False, stdin=subprocess.DEVNULL).returncode:
        raise SetupProblem("Workbox could not generate the service worker (its words are above).")


def kept(target: Path) -> list[dict[str, Any]]:
    """What the worker fetches for a version, in Workbox's words.

    With a hash of each, so that no file of another version comes among them: a host may be taking
    a new version up just then. What has a hash in its name the browser has kept since the page
    loaded it, so it is not fetched again.

    Raises:
        SetupProblem: a part of the page is not there.
    """
    entries = []
    for pattern in _KEPT:
        paths = [path for path in target.glob(pattern) if path.is_file() and path.suffix != ".br"]
        if not paths:
            raise SetupProblem(f"The build has no {pattern}, which the service worker is to keep.")
        for path in sorted(paths):
            url = path.relative_to(target).as_posix()
            digest = hashlib.sha256(path.read_bytes()).digest()
            entries.append(
                {
                    "url": url,
                    "revision": None if names.lasts(url) else digest.hex()[:16],
                    "integrity": f"sha256-{base64.b64encode(digest).decode()}",
                }
            )
    return entries
