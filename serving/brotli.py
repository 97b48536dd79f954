"""Compresses the page's large files with Brotli, a fifth smaller than gzip makes them.

Node can do it. It takes a minute, so what is done is kept for as long as the file stays the same.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

from serving.node import node
from serving.places import CACHE, SetupProblem

BROTLI = ".br"  # after the file's own name, where servers look for it
_MADE = CACHE / "brotli"
_COMPRESS = """
const {{brotliCompressSync, constants}} = await import("node:zlib");
const {{readFileSync, writeFileSync}} = await import("node:fs");
const content = readFileSync({source});
const params = {{
  [constants.BROTLI_PARAM_QUALITY]: {quality}, [constants.BROTLI_PARAM_LGWIN]: 24,
  [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
}};
writeFileSync({target}, brotliCompressSync(content, {{params}}));
"""


def compress(path: Path, quality: int) -> None:
    """Put the compressed file beside the file.

    Args:
        quality: up to 11; 9 takes seconds for what 11 takes a minute, and is an eighth larger.

    Raises:
        SetupProblem: Node could not.
    """
    digest = hashlib.sha256(path.read_bytes() + bytes([quality])).hexdigest()
    kept = _MADE / f"{path.name}-{digest[:16]}"
    if not kept.exists():
        print(f"Compressing {path.name} …", flush=True)
        _MADE.mkdir(parents=True, exist_ok=True)
        for old in _MADE.glob(f"{path.name}-*"):
            old.unlink()
        part = _MADE / f"{path.name}.part"
        script = _COMPRESS.format(
            source=json.dumps(str(path)), target=json.dumps(str(part)), quality=quality
        )
        command = [node(), "--input-type=module", "-e", script]
        if subprocess.run(command, check=False, stdin=subprocess.DEVNULL).returncode:
            raise SetupProblem(f"Node could not compress {path.name} (its words are above).")
        part.rename(kept)
    shutil.copy(kept, path.with_name(path.name + BROTLI))
