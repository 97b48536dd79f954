"""Decks that tests present."""

from __future__ import annotations

HTML = """<!doctype html><html><head><title>A deck</title>
<style>.own { color: rgb(1, 2, 3); }</style>
<link rel="stylesheet" href="theme.css"><script src="reveal.js"></script></head>
<body><div class="reveal"><div class="slides">
<section><h1 class="own">First</h1><aside class="notes">Say <i>this</i></aside></section>
<section><section data-notes="attribute"><h2>Second</h2></section>
<section><p class="fragment">Below</p></section></section>
<section data-markdown><textarea data-template>
## Third
</textarea></section>
</div></div><script>Reveal.initialize()</script></body></html>
"""


def pdf(pages: list[str], width: int = 640, height: int = 360) -> bytes:
    """A PDF with a line of text on each page."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for n, text in enumerate(pages):
        drawing = f"1 0 0 rg 0 0 {width // 2} {height} re f BT /F1 40 Tf 40 200 Td ({text}) Tj ET"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * n} 0 R >>"
        )
        objects.append(f"<< /Length {len(drawing)} >>\nstream\n{drawing}\nendstream")
    out, places = "%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return f"{out}xref\n0 {size}\n0000000000 65535 f \n{table}{end}".encode()
