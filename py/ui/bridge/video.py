"""Streams and tracks in <video> elements."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import js
from pyodide.ffi import JsException, create_once_callable, to_js

from peerscript.media import Device
from ui.bridge.elements import Element

logger = logging.getLogger("peerscript.app")


def show_stream(video: Element, stream: Any, blocked: Callable[[], None]) -> None:
    """Play a stream; None stops it.

    Args:
        blocked: called if the browser wants the person to tap the page first.
    """
    node = video.node
    if stream is None:
        node.srcObject = None
    elif not node.srcObject or node.srcObject.id != stream.id:
        node.srcObject = stream
        play(video, blocked)


def show_track(video: Element, track: Any) -> None:
    """Show one track, without sound; None for none."""
    shown = video.node.srcObject and video.node.srcObject.getTracks()[0]
    if track is None:
        video.node.srcObject = None
    elif not shown or shown.id != track.id:
        video.node.srcObject = js.MediaStream.new(to_js([track]))
        play(video, lambda: None)


def play(video: Element, blocked: Callable[[], None]) -> None:
    """Play what it shows, if it shows anything; see `show_stream`."""

    def refused(error: JsException) -> None:
        if str(error.name) == "NotAllowedError":
            blocked()
        else:
            logger.debug("not played: %s", error)  # another stream came meanwhile

    if video.node.srcObject:
        video.node.play().catch(create_once_callable(refused))


def can_choose_speaker() -> bool:
    """Whether a page may say where its sound comes out; not in every browser."""
    return bool(getattr(js.HTMLMediaElement.prototype, "setSinkId", None))


def choose_speaker(video: Element, device_id: str) -> None:
    """Have its sound come out there; "" for where the system has it."""

    def refused(error: JsException) -> None:
        logger.info("the sound stays where it is: %s", error)  # it was plugged out, for example

    if can_choose_speaker() and str(video.node.sinkId) != device_id:
        video.node.setSinkId(device_id).catch(create_once_callable(refused))


def can_ask_for_speaker() -> bool:
    """Whether the browser has a list of its own to choose one from. It tells pages of no other."""
    devices = getattr(js.navigator, "mediaDevices", None)
    return bool(devices and getattr(devices, "selectAudioOutput", None))


async def ask_for_speaker() -> Device | None:
    """Have the person choose one in the browser's list, while they press something; None if they
    do not.
    """
    try:
        chosen = await js.navigator.mediaDevices.selectAudioOutput()
    except JsException as error:
        logger.info("no speaker was chosen: %s", error)
        return None
    return Device("audiooutput", str(chosen.deviceId), str(chosen.label))


def has_picture_in_picture() -> bool:
    """Whether a video can be shown in a window of its own."""
    return bool(getattr(js.document, "pictureInPictureEnabled", False))


async def toggle_picture_in_picture(video: Element) -> None:
    """Show it in a small window above all others, or end that."""
    try:
        if js.document.pictureInPictureElement:
            await js.document.exitPictureInPicture()
        else:
            await video.node.requestPictureInPicture()
    except JsException as error:
        logger.info("no picture in picture: %s", error)  # nothing to show yet, or not allowed
