"""Records what the page shows and plays of a call (app.calls.ports.Recorder).

The pictures are drawn side by side on a canvas, and all sound is mixed. What the browser's
MediaRecorder makes of them is written to disk piece by piece.
"""

from __future__ import annotations

import asyncio
import datetime
import logging
import math
import secrets
from collections.abc import Callable
from typing import Any

import js
from pyodide.ffi import JsException, create_proxy, to_js

from app.calls.ports import Interrupted
from app.language import _
from peerscript.aio.tasks import TaskOwner
from peerscript.calls import MediaTrack
from peerscript.ports.files import Sink, Store
from peerscript.protocol.transfer.manifest import FileInfo
from peerscript.transfer import download
from ui.bridge import page

logger = logging.getLogger("peerscript.app")

WIDTH, HEIGHT = 1280, 720  # pixels
FRAMES = 15  # pictures a second
PIECE = 1000  # milliseconds of each piece that is written
_TYPES = ("video/webm;codecs=vp9,opus", "video/webm", "video/mp4")
_ROOM = 10_000_000  # bytes; with less, there is no use in beginning
_PICTURES = "#remote-videos video, #local-video"
_HASH = "0" * 64  # a store wants one; nobody compares a recording with another
STORED = "peerscript-recordings"  # those that were begun and not ended: their file, by their key


class PageRecorder:
    """One recording at a time.

    Args:
        store: where it is written.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._recording: _Recording | None = None

    async def start(
        self, microphone: Callable[[], MediaTrack | None], ended: Callable[[], None]
    ) -> None:
        recorder = getattr(js.window, "MediaRecorder", None)
        type = next((each for each in _TYPES if recorder and recorder.isTypeSupported(each)), "")
        if not type:
            raise OSError(_("this browser cannot record"))
        name = _("call") + f" {datetime.datetime.now():%Y-%m-%d %H.%M}.{type[6:10].rstrip(';')}"
        await self._store.check_room(_ROOM)
        key = f"recording-{secrets.token_hex(16)}"
        # Its size is not known yet; a store keeps small files in memory at first.
        sink = await self._store.open(key, 0, FileInfo(name, _ROOM, type.partition(";")[0]))
        page.store(STORED, page.load(STORED) | {key: {"name": name, "type": type}})
        self._recording = _Recording(key, sink, name, type, microphone, ended)

    async def stop(self) -> None:
        recording, self._recording = self._recording, None
        if recording is not None:
            await recording.finish()
            _forget(recording.key)

    async def interrupted(self) -> list[Interrupted]:
        found = []
        for key, file in page.load(STORED).items():
            if self._recording is not None and key == self._recording.key:
                continue
            try:
                kept = (await self._store.kept(key)).get(0)
            except OSError as error:
                logger.info("another page is at %s: %s", file["name"], error)
                continue
            if kept is None:
                _forget(key)  # too old, or it had only begun
            else:
                found.append(Interrupted(key, str(file["name"]), kept.size))
        return found

    async def save(self, key: str) -> None:
        file = page.load(STORED)[key]
        info = FileInfo(str(file["name"]), 0, str(file["type"]).partition(";")[0])
        sink = await self._store.open(key, 0, info)
        download(await sink.finish(_HASH), info.path)
        _forget(key)

    async def delete(self, key: str) -> None:
        await self._store.forget(key)
        _forget(key)


def _forget(key: str) -> None:
    page.store(STORED, {each: file for each, file in page.load(STORED).items() if each != key})


class _Recording:
    def __init__(
        self,
        key: str,
        sink: Sink,
        name: str,
        type: str,
        microphone: Callable[[], MediaTrack | None],
        ended: Callable[[], None],
    ) -> None:
        self.key = key
        self._ended = ended
        self._sink = sink
        self._name = name
        self._microphone = microphone
        self._pieces: asyncio.Queue[Any] = asyncio.Queue()
        self._canvas = js.document.createElement("canvas")
        self._canvas.width, self._canvas.height = WIDTH, HEIGHT
        self._pen = self._canvas.getContext("2d")
        self._sound = js.AudioContext.new()
        self._mixed = self._sound.createMediaStreamDestination()
        self._heard: set[str] = set()
        stream = self._canvas.captureStream(FRAMES)
        stream.addTrack(self._mixed.stream.getAudioTracks()[0])
        options = to_js({"mimeType": type}, dict_converter=js.Object.fromEntries)
        self._recorder = js.MediaRecorder.new(stream, options)
        self._recorder.addEventListener("dataavailable", create_proxy(self._on_piece))
        self._recorder.addEventListener("stop", create_proxy(lambda _: self._on_stop()))
        self._draw_proxy = create_proxy(self._draw)
        self._timer = js.setInterval(self._draw_proxy, 1000 // FRAMES)
        self._recorder.start(PIECE)
        self._writing = TaskOwner("a recording").start(self._write(), quietly=(OSError,))

    def _on_piece(self, event: Any) -> None:
        self._pieces.put_nowait(event.data)

    def _on_stop(self) -> None:
        self._pieces.put_nowait(None)

    async def _write(self) -> None:
        try:
            while (piece := await self._pieces.get()) is not None:
                await self._sink.write((await piece.arrayBuffer()).to_bytes())
        finally:
            self._ended()

    async def finish(self) -> None:
        if str(self._recorder.state) != "inactive":
            self._recorder.stop()
        js.clearInterval(self._timer)
        try:
            await self._writing
            download(await self._sink.finish(_HASH), self._name)
        except JsException as error:
            raise OSError(str(error)) from error
        finally:
            self._sound.close()
            self._draw_proxy.destroy()

    def _draw(self) -> None:
        """Draw what is shown now, in a grid, and mix in who is new."""
        videos = [each for each in js.document.querySelectorAll(_PICTURES) if each.srcObject]
        self._pen.fillStyle = "#1c2430"
        self._pen.fillRect(0, 0, WIDTH, HEIGHT)
        pictures = [each for each in videos if each.videoWidth]
        across = math.ceil(math.sqrt(len(pictures))) or 1
        down = math.ceil(len(pictures) / across) or 1
        for number, video in enumerate(pictures):
            self._put(video, number % across, number // across, WIDTH / across, HEIGHT / down)
        for video in videos:
            self._mix(video.srcObject)
        self._mix_own()

    def _put(self, video: Any, column: int, row: int, width: float, height: float) -> None:
        scale = min(width / video.videoWidth, height / video.videoHeight)
        wide, high = video.videoWidth * scale, video.videoHeight * scale
        left, top = column * width + (width - wide) / 2, row * height + (height - high) / 2
        self._pen.drawImage(video, left, top, wide, high)

    def _mix(self, stream: Any) -> None:
        if stream.id not in self._heard and stream.getAudioTracks().length:
            self._hear(str(stream.id), stream)

    def _mix_own(self) -> None:
        """This page's own microphone, whichever is in use now."""
        track = self._microphone()
        if track is not None and track.id not in self._heard:
            self._hear(str(track.id), js.MediaStream.new(to_js([track])))

    def _hear(self, id: str, stream: Any) -> None:
        self._heard.add(id)
        self._sound.createMediaStreamSource(stream).connect(self._mixed)
