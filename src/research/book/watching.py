"""Write and look: the website is made again when a source changes, and the browser reloads."""

from __future__ import annotations

import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from research.book.made import source_files
from research.book.rendering import render
from research.book.source.config import read_config
from research.book.tree.resolve import slugs
from research.errors import DataError, describe

RELOAD = b"""<script>(function(){var seen=null;setInterval(function(){fetch("/.version").then(function(r){
return r.text()}).then(function(v){if(seen!==null&&v!==seen){location.reload()}seen=v}).catch(function(){})},500)})()
</script></body>"""


class _Handler(SimpleHTTPRequestHandler):
    """Serves the website with a reload script in its pages; the files on disk stay as they are."""

    def __init__(self, *args, state, **kwargs):
        self.state = state
        super().__init__(*args, **kwargs)

    def do_GET(self):
        if self.path == "/.version":
            self._send(str(self.state["version"]).encode(), "text/plain")
            return
        path = self.translate_path(self.path)
        if path.endswith("/"):
            path += "index.html"
        if path.endswith(".html"):
            try:
                with open(path, "rb") as file:
                    self._send(file.read().replace(b"</body>", RELOAD), "text/html; charset=utf-8")
            except OSError:
                self.send_error(404)
            return
        super().do_GET()

    def _send(self, content, kind):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """The terminal is for what the author needs to know."""


def watch(
    project_root: Any,
    profile: str = "bluebook",
    port: int = 8484,
    progress: Any = print,
    stop: Any = None,
    every: float = 0.4,
    output: Any = None,
    identity: Any = None,
    beside: Any = None,
) -> Any:
    """Serve a book's website on this machine and make it again when its sources change.

    Parameters
    ----------
    project_root : str or Path
        Folder of `_quarto.yml`.
    profile : str
        Which book.
    port : int
        Port on the loopback address; 0 takes a free one.
    progress : callable
        Called with a line of text for each thing that happens.
    stop : threading.Event, optional
        Set it to end; else the keyboard does.
    every : float
        Seconds between two looks at the sources.
    output, identity, beside : optional
        As in `research.book.render`.

    Returns
    -------
    int
        How often the website was made again.
    """
    root = read_config(project_root, profile).root
    state, rebuilt = {"version": 0}, 0
    make = partial(_make, root, profile, progress, {"output": output, "identity": identity, "beside": beside})
    make(None)
    output = read_config(root, profile, output).output
    server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, directory=str(output), state=state))
    Thread(target=server.serve_forever, daemon=True).start()
    progress(f"http://127.0.0.1:{server.server_port}/index.html")
    seen = _times(root, profile)
    try:
        while not (stop and stop.is_set()):
            time.sleep(every)
            now = _times(root, profile)
            changed = {p for p in now.keys() | seen.keys() if now.get(p) != seen.get(p)}
            if changed:
                seen = now
                make(changed)
                state["version"] += 1
                rebuilt += 1
    except KeyboardInterrupt:
        pass
    finally:
        server.shutdown()
        server.server_close()
    return rebuilt


def _make(root, profile, progress, aim, changed):
    """Render what changed: one chapter's page when only its source did, else the website."""
    begun = time.perf_counter()
    try:
        chapter = _chapter_of(root, profile, changed) if changed else None
        render(root, profile, to=["html"], engine="pandoc", chapter=chapter, **aim)
        progress(f"{chapter or 'website'}: {time.perf_counter() - begun:.1f} s")
    except DataError as error:
        progress(describe(error.faults))


def _chapter_of(root, profile, changed):
    if len(changed) != 1:
        return None
    return next((slug for item, slug in slugs(read_config(root, profile)) if item.path in changed), None)


def _times(root, profile):
    """Times of change of everything the book may be made from."""
    return {p: p.stat().st_mtime_ns for p in source_files(root, profile)}
