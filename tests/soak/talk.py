# SPDX-License-Identifier: MIT
"""One connection of a client, and one answer, read as strictly as a test may."""

import socket
from dataclasses import dataclass

PATIENCE_SECONDS = 30
AGENT = "soak-good"  # by which a line of the log is known


class Wrong(Exception):
    """An answer that nobody may get."""


class Gone(Exception):
    """The connection had ended before an answer began: right, if it was idle."""


@dataclass(frozen=True)
class Answer:
    status: int
    fields: dict  # names in lower case
    body: bytes
    is_whole: bool


class Talk:
    """Asks over one connection; `is_fresh` until the first answer has come."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)
        self.received = b""
        self.is_fresh = True
        self.is_open = True

    def close(self):
        self.is_open = False
        self.socket.close()

    def receive(self):
        try:
            more = self.socket.recv(1 << 18)
        except TimeoutError as failure:
            raise Wrong(f"silence for {PATIENCE_SECONDS} s") from failure
        except ConnectionError:
            more = b""
        self.received += more
        return bool(more)

    def send(self, target, method="GET", fields=(), keep=True):
        lines = [f"{method} {target} HTTP/1.0", f"User-Agent: {AGENT}", *fields]
        if keep:
            lines.append("Connection: keep-alive")
        try:
            self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        except ConnectionError as failure:
            raise Gone from failure

    def read_head(self):
        while b"\r\n\r\n" not in self.received:
            if not self.receive():
                if self.received:
                    raise Wrong(f"a head that ends: {self.received[:80]!r}")
                raise Gone
        head, _, self.received = self.received.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        if not first.startswith("HTTP/1.0 ") or not first[9:12].isdigit():
            raise Wrong(f"a status line {first!r}")
        return int(first[9:12]), {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}

    def read_answer(self, method="GET"):
        status, fields = self.read_head()
        self.is_fresh = False
        if method == "HEAD" or status == 304:
            length = 0
        else:
            length = int(fields["content-length"]) if "content-length" in fields else None
        while (length is None or len(self.received) < length) and self.receive():
            pass
        body, self.received = (self.received, b"") if length is None else (self.received[:length], self.received[length:])
        is_whole = length is None or len(body) == length
        if "keep-alive" not in fields.get("connection", "") or not is_whole:
            self.close()
        return Answer(status, fields, body, is_whole)

    def ask(self, target, method="GET", fields=(), keep=True):
        self.send(target, method, fields, keep)
        return self.read_answer(method)
