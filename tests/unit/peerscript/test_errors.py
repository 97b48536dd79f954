"""The tree of errors."""

from __future__ import annotations

import inspect
import re

from peerscript import errors


def test_every_error_is_in_the_tree() -> None:
    classes = {
        name
        for name, value in vars(errors).items()
        if inspect.isclass(value) and issubclass(value, Exception)
    }
    drawn = set(re.findall(r"^(?:[│├└─ ]*)([A-Z]\w+)(?:\s|$)", errors.__doc__ or "", re.MULTILINE))
    assert classes <= drawn
    for name in classes:
        assert issubclass(getattr(errors, name), errors.PeerScriptError)
