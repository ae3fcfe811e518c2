"""The page of a network that trains right now, served on loopback.

The page asks once a second for the latest values; who looks, and whether anybody does, makes no
difference to the training run.
"""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from lava_ib.errors import InputError
from lava_ib.inspection.formats.html import to_html
from lava_ib.inspection.graph import Graph


class LiveView:
    """Serves a graph and the latest values of its layers.

    Parameters
    ----------
    graph : Graph
        Of a network that is expanded into its parts, whose names the values go to.
    port : int
        On loopback; 0 takes a free one.

    Attributes
    ----------
    page : bytes
    latest : dict
        What the page shows: ``text``, and a text for each of ``processes``.

    Raises
    ------
    InputError
        If the port is taken.
    """

    def __init__(self, graph: Graph, port: int = 0) -> None:
        self.page = to_html(graph, live=True).encode()
        self.latest: dict[str, Any] = {"text": "waiting for the first samples", "processes": {}}
        self._names = {process.label: process.name for process in graph.processes}
        try:
            self._server = _Server(("127.0.0.1", port), _Handler)
        except OSError as error:
            raise InputError(f"--watch-port {port}: {error.strerror}") from None
        self._server.view = self
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """Where to look."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    def __enter__(self) -> "LiveView":
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def show(self, event: dict[str, Any]) -> None:
        """Take an event of :func:`lava_ib.train`; one with ``layers`` has values to show."""
        if event["event"] != "progress" or "layers" not in event:
            return
        values = {}
        for number, layer in enumerate(event["layers"], 1):
            values[f"layer{number}"] = (
                f"rate {layer['rate']:.2g}, {layer['active']:.0%} active, "
                f"modulator {layer['modulator']:.2g}"
            )
            part = f"conv{number}" if f"conv{number}" in self._names else f"dense{number}"
            values[part] = f"weights moved {layer['weight_change']:.2g}"
        self.latest = {
            "text": f"{event['variant']}: sample {event['samples']:,} of {event['total']:,}, "
            f"{event['samples_per_second']:,.0f} samples/s, "
            f"running accuracy {event['running_accuracy']:.3f}",
            "processes": {self._names[label]: text for label, text in values.items()},
            "layers": event["layers"],
            "samples": event["samples"],
        }


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    view: LiveView


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        """Answer with the page, or with the latest values."""
        if self.path == "/":
            self._answer("text/html; charset=utf-8", self.server.view.page)
        elif self.path == "/live.json":
            self._answer("application/json", json.dumps(self.server.view.latest).encode())
        else:
            self.send_error(404)

    def _answer(self, kind: str, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None:
        """Keep quiet: the terminal belongs to the progress bar."""
