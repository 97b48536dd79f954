"""Hatchling asks this for what depends on where the repository is: the project's URLs, and the
package index's page, whose links must lead there from anywhere.

GitHub's workflows name the repository, so a fork's package leads to the fork. Elsewhere name it:
`GITHUB_REPOSITORY=you/peerscript nox -s build`. Without it there are no URLs and no such links.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_INTO_THE_REPOSITORY = re.compile(r"\[([^]]+)\]\(\.\./([^)]+)\)")


class Published(MetadataHookInterface):
    """The dynamic part of the metadata."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add it; a wheel that is built from an sdist takes the sdist's."""
        page = (Path(self.root) / "docs" / "package.md").read_text()
        if repository := os.environ.get("GITHUB_REPOSITORY"):
            server = os.environ.get("GITHUB_SERVER_URL", "https://github.com")
            home = f"{server}/{repository}"
            page = _INTO_THE_REPOSITORY.sub(rf"[\1]({home}/blob/HEAD/\2)", page)
            metadata["urls"] = {
                "Repository": home,
                "Documentation": f"{home}/blob/HEAD/README.md",
                "Changelog": f"{home}/blob/HEAD/CHANGELOG.md",
                "Issues": f"{home}/issues",
            }
        else:
            page = _INTO_THE_REPOSITORY.sub(r"\1", page)
        metadata["readme"] = {"content-type": "text/markdown", "text": page}
