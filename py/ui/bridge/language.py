"""The catalogue of the page's language, which <html> names (docs/decisions/0023)."""

from __future__ import annotations

import importlib
import io
import logging
import sys
from pathlib import Path

import js

from app import language
from ui.bridge import page

logger = logging.getLogger("peerscript.app")


async def speak() -> None:
    """Use the page's language from now on."""
    page.take_query(["lang"])  # it was for this start alone
    found = f'link[rel=translation][hreflang="{js.document.documentElement.lang}"]'
    link = js.document.querySelector(found)
    if not link:
        return
    try:
        content = await page.fetch(str(link.href))
        sys.path_importer_cache.pop(str(Path.cwd()), None)  # start.mjs has just put it there
        reader = importlib.import_module("gettext")  # as a name: an `import` would be built in
    except (OSError, ModuleNotFoundError) as error:
        logger.warning("the page stays in English: %s", error)
        return
    language.use(reader.GNUTranslations(io.BytesIO(content)))
