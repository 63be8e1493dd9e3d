# SPDX-License-Identifier: MIT
"""Clients who mean no good: slow, silent, gone in the middle, and without sense. What they get does not matter, unless it
is none of an answer."""

import os
import random
import socket
import struct
import threading

import served
from talk import PATIENCE_SECONDS

ROUND_SECONDS = 0.1
CROWD = 20
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close(2) sends RST


def connect(port, buffer_bytes=None):
    client = socket.socket()
    client.settimeout(PATIENCE_SECONDS)
    if buffer_bytes is not None:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer_bytes)
    client.connect(("127.0.0.1", port))
    return client


def abort(client):
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    client.close()


class Bad:
    """`act` is called over and over, with a list of connections that it may keep, CROWD of them at most."""

    def __init__(self, port, name, act):
        self.port = port
        self.name = name
        self.act = act
        self.kept = []
        self.count = 0
        self.failures = []
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.run, name=name)
        self.dice = random.Random(name)

    def run(self):
        while not self.over.wait(ROUND_SECONDS):
            try:
                self.act(self)
            except (ConnectionError, TimeoutError):
                pass  # it was cut off, as it should be
            except ValueError as failure:
                self.failures.append(f"{self.name}: {failure}")
            while len(self.kept) > CROWD:
                self.kept.pop(0).close()
        for client in self.kept:
            client.close()

    def connect(self, buffer_bytes=None):
        self.count += 1
        return connect(self.port, buffer_bytes)


def send_slowly(bad):
    bad.kept.append(bad.connect())
    for client in list(bad.kept):
        try:
            client.send(bad.dice.choice((b"G", b"GET / HTTP/1.0\r\nUser-Agent: slow", b"x: y\r\n")))
        except OSError:
            bad.kept.remove(client)
            client.close()


def stand_still(bad):
    client = bad.connect(4096)
    client.sendall(f"GET /{served.STALLED} HTTP/1.0\r\n\r\n".encode())
    bad.kept.append(client)


def be_silent(bad):
    bad.kept.append(bad.connect())


def break_off(bad):
    client = bad.connect(4096)
    target = bad.dice.choice((served.STALLED, served.LARGE[0], "list/?download=tar", "list/?sort=size"))
    client.sendall(f"GET /{target} HTTP/1.0\r\n\r\n".encode())
    if bad.dice.random() < 0.5:
        client.recv(100)
    abort(client)


def send_garbage(bad):
    client = bad.connect()
    client.sendall(os.urandom(bad.dice.randrange(1, 20000)))
    client.shutdown(socket.SHUT_WR)
    while client.recv(65536):
        pass
    client.close()


def send_too_much(bad):
    client = bad.connect()
    client.sendall(b"GET / HTTP/1.0\r\n" + b"Long: " + b"x" * 100_000)
    client.recv(65536)
    client.close()


def finish_sending(bad):
    """Half closed, it is to have its answer all the same."""
    client = bad.connect()
    client.sendall(b"GET / HTTP/1.0\r\n\r\n")
    client.shutdown(socket.SHUT_WR)
    answer = b""
    while more := client.recv(65536):
        answer += more
    client.close()
    if not answer.startswith(b"HTTP/1.0 200 ") or not answer.endswith(b"soak"):
        raise ValueError(f"{answer[:80]!r}")


def send_many(bad):
    """One after the other without waiting, and gone before the answers have come."""
    client = bad.connect()
    client.sendall(b"GET /small-00.txt HTTP/1.1\r\nHost: soak\r\n\r\n" * 50)
    client.recv(1000)
    abort(client)


def all_kinds(port):
    acts = (send_slowly, stand_still, be_silent, break_off, send_garbage, send_too_much, finish_sending, send_many)
    return [Bad(port, act.__name__.replace("_", " "), act) for act in acts]
