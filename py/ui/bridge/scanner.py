"""Reads QR codes with the camera, where the browser can: those of phones on Android, and of macOS.

https://developer.mozilla.org/docs/Web/API/Barcode_Detection_API
"""

from __future__ import annotations

import asyncio

import js
from pyodide.ffi import JsException, to_js

from peerscript import media
from ui.bridge.elements import Element
from ui.bridge.video import show_stream

_EVERY = 0.2  # seconds between two looks


def can_scan() -> bool:
    """Whether the browser finds codes in pictures, and gives this page a camera."""
    devices = getattr(js.navigator, "mediaDevices", None)
    return bool(devices and getattr(js.window, "BarcodeDetector", None))


async def scan(video: Element) -> str:
    """Show what the camera sees until there is a QR code, and return its text. The camera is
    released however it ends: cancelling is how a person does not go on.

    Raises:
        MediaError: there is no camera, or it is not given.
        OSError: the browser cannot find codes after all.
    """
    stream = await media.get_user_media(audio=False, video={"facingMode": "environment"})
    try:
        show_stream(video, stream, lambda: None)
        options = to_js({"formats": ["qr_code"]}, dict_converter=js.Object.fromEntries)
        detector = js.BarcodeDetector.new(options)
        while True:
            await asyncio.sleep(_EVERY)
            if video.node.readyState >= video.node.HAVE_CURRENT_DATA:
                for found in await detector.detect(video.node):
                    return str(found.rawValue)
    except JsException as error:
        raise OSError(str(error.message)) from error
    finally:
        show_stream(video, None, lambda: None)
        media.stop(stream)
