"""The built page's style sheets as one file: each of them would cost every start a request."""

from __future__ import annotations

import re
from pathlib import Path

from serving.places import SetupProblem

NAME = "site/css/all.css"
_LINK = re.compile(r'^ *<link rel="stylesheet" href="\./([^"]+)">\n', re.MULTILINE)
# What would mean something else in another file.
_BY_ADDRESS = re.compile(r"@import|@charset|url\((?![\"']?(?:data:|#))")


def join(html: str, target: Path) -> str:
    """Put the sheets that a page's head names into one, in their order, and remove them.

    Args:
        html: the page, with addresses of files in `target`.

    Returns: the page with one link instead.

    Raises:
        SetupProblem: a sheet says what would mean something else in another file.
    """
    head, end, body = html.partition("</head>")
    sheets = []
    for path in (target / name for name in _LINK.findall(head)):
        sheets.append(path.read_text())
        if found := _BY_ADDRESS.search(sheets[-1]):
            raise SetupProblem(f"{path.name} has {found[0]}, so it cannot be joined with others.")
        path.unlink()
    (target / NAME).write_text("\n".join(sheets))
    head = _LINK.sub("", head)
    return f'{head}  <link rel="stylesheet" href="./{NAME}">\n{end}{body}'
