# SPDX-License-Identifier: MIT
"""What the lecture is about: the naive server is right until a client stands still, and Lido goes on. LIDO and NAIVE are the
programs: python3 test_lecture.py LIDO NAIVE."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import unittest
from contextlib import ExitStack

from pages import WWW

PATIENCE_S = 60
SILENCE_S = 0.5  # a server that is going to answer may take longer on a busy machine: then this proves nothing, and fails nothing
REQUEST = b"GET /robots.txt HTTP/1.0\r\n\r\n"


class Server:
    """A program that says where it listens, on 127.0.0.1 and a port that the kernel chose."""

    def __init__(self, *command):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        line = self.process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", line)
        if found is None:
            raise AssertionError(f"{command[0]} does not say where it listens: {line}")
        self.port = int(found[1])

    def connect(self, request=b""):
        client = socket.create_connection(("127.0.0.1", self.port), PATIENCE_S)
        client.sendall(request)
        return client

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=PATIENCE_S)


def read_all(client):
    client.settimeout(PATIENCE_S)
    return b"".join(iter(lambda: client.recv(65536), b""))


def is_silent(client):
    """Whether nothing comes for a while."""
    client.settimeout(SILENCE_S)
    try:
        client.recv(1, socket.MSG_PEEK)
        return False
    except TimeoutError:
        return True


class Lecture(unittest.TestCase):
    def start(self, *command):
        server = Server(*command)
        self.addCleanup(server.stop)
        return server

    def naive(self, *threads):
        return self.start(NAIVE, "0", str(WWW), *threads)

    def lido(self, threads):
        user = ("-s", "user=root") if os.geteuid() == 0 else ()
        return self.start(LIDO, "-p", "0", "-b", "127.0.0.1", "-t", threads, "-s", "access_log=off", *user, str(WWW))

    def get(self, server):
        with server.connect(REQUEST) as client:
            return read_all(client)

    def test_the_naive_server_serves_a_file_to_the_byte(self):
        server = self.naive()
        with server.connect(b"GET /lengths.txt HTTP/1.0\r\n\r\n") as client:
            head, body = read_all(client).split(b"\r\n\r\n", 1)
        self.assertTrue(head.startswith(b"HTTP/1.0 200 "), head)
        self.assertEqual(body, (WWW / "lengths.txt").read_bytes())

    def test_the_naive_server_takes_a_request_in_pieces(self):
        server = self.naive()
        with server.connect() as client:
            for byte in REQUEST:
                client.sendall(bytes([byte]))
                time.sleep(0.002)
            self.assertIn(b"Allow: /", read_all(client))

    def test_the_naive_server_serves_nothing_outside_of_its_folder(self):
        server = self.naive()
        for path in (b"/../README.md", b"//etc/passwd", b"/browse/../../README.md"):
            with server.connect(b"GET " + path + b" HTTP/1.0\r\n\r\n") as client:
                self.assertTrue(read_all(client).startswith(b"HTTP/1.0 400 "), path)

    def test_the_naive_server_outlives_a_client_that_leaves(self):
        server = self.naive()
        with server.connect(b"GET /lengths.txt HTTP/1.0\r\n\r\n") as client:
            client.recv(10)
        self.assertIn(b"Allow: /", self.get(server))

    def test_the_naive_server_freezes_when_as_many_clients_stand_still_as_it_has_threads(self):
        for threads in (1, 4):
            server = self.naive(str(threads))
            with ExitStack() as crowd:
                for _ in range(threads - 1):
                    crowd.enter_context(server.connect())
                self.assertIn(b"Allow: /", self.get(server), f"{threads} threads, and one of them free")
                last = crowd.enter_context(server.connect(b"GET /rob"))
                with server.connect(REQUEST) as fresh:
                    self.assertTrue(is_silent(fresh), f"{threads} threads, none of them free")
                    last.sendall(b"ots.txt HTTP/1.0\r\n\r\n")
                    self.assertIn(b"Allow: /", read_all(last))
                    self.assertIn(b"Allow: /", read_all(fresh), "now one is")

    def test_lido_goes_on_when_many_stand_still(self):
        server = self.lido("2")
        with ExitStack() as crowd:
            begun = [crowd.enter_context(server.connect(b"GET /rob")) for _ in range(20)]
            for _ in range(20):
                crowd.enter_context(server.connect())
            for _ in range(5):
                self.assertIn(b"Allow: /", self.get(server))
            for client in begun:
                client.sendall(b"ots.txt HTTP/1.0\r\n\r\n")
                self.assertIn(b"Allow: /", read_all(client))


if __name__ == "__main__":
    LIDO, NAIVE = sys.argv[1:]
    unittest.main(argv=sys.argv[:1])
