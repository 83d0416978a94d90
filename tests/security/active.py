"""Files that a browser could run, and what becomes of each (SECURITY S-3, UP-2)."""

from __future__ import annotations

from dataclasses import dataclass

RUN = "window.__x='file'"
_GIF = b"GIF89a/*" + b"\0" * 40 + b"*/=1;" + RUN.encode() + b";//"
_PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 17
_PDF = b"%PDF-1.4\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>>>endobj\n"
_HTML = f"<!doctype html><script>{RUN}</script>".encode()
_SVG = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{RUN}"/>'.encode()
NAMES = (
    f'"><svg onload={RUN}>.png',
    f"<img src=x onerror={RUN}>.png",
    f"';{RUN};'.png",
    "a.svg.png",
    'a"; filename="evil.html.png',
    "a\r\nX-Evil: 1.png",
    "%0d%0aX-Evil: 1.png",
    "lookslike\u202egnp.html.png",
    "../../../evil.png",
    "..\\..\\evil.png",
    "/etc/evil.png",
    ".htaccess.png",
    "CON.png",
    "가나다 라.png",
    "x" * 900 + ".png",
)


@dataclass(frozen=True)
class Sent:
    """A file as it is sent, with the media type it is served as; empty where it is refused."""

    name: str
    content: bytes
    served: str = ""


REFUSED = [
    Sent("a.svg", _SVG),
    Sent("a.html", _HTML),
    Sent("a.htm", _HTML),
    Sent("a.xhtml", b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>'),
    Sent("a.xml", b'<?xml version="1.0"?><x/>'),
    Sent("a.js", RUN.encode()),
    Sent("a.mjs", RUN.encode()),
    Sent("a.css", b"*{}"),
    Sent("a.swf", b"CWS"),
    Sent("a.mht", b"MIME-Version: 1.0\r\n"),
    Sent("a.png.html", _PNG),
    Sent("a.html ", _HTML),
    Sent("a.", _HTML),
    Sent("a.png", _SVG),
    Sent("a.png", _HTML),
    Sent("a.gif", RUN.encode()),
    Sent("a.txt", _HTML),
    Sent("a.txt", b"\xef\xbb\xbf  < script>" + RUN.encode()),
    Sent("a.txt", _HTML.decode().encode("utf-16")),
    Sent("a.csv", _SVG),
    Sent("a.json", b"<?xml version='1.0'?>"),
    Sent("a.md", b"# a\n<iframe src=/></iframe>"),
    Sent("a.pdf", _HTML),
    Sent("a.zip", _HTML),
]
TAKEN = [
    Sent("a.gif", _GIF, "image/gif"),
    Sent("a.png", _PNG + _HTML, "image/png"),
    Sent("a.pdf", _PDF, "application/pdf"),
    Sent("a.txt", RUN.encode(), "text/plain"),
    Sent("a.txt", b"x" * 9000 + _HTML, "text/plain"),  # behind what is looked at
    Sent("a.json", RUN.encode(), "application/json"),
    Sent("a.md", f"[a](javascript:{RUN})".encode(), "text/markdown"),
    Sent("a.csv", f"=HYPERLINK(1),{RUN}".encode(), "text/csv"),
    Sent("a.eml", f"Content-Type: text/plain\r\n\r\n{RUN}".encode(), "message/rfc822"),
    *(Sent(name, _PNG, "image/png") for name in NAMES),
]
