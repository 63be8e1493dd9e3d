# SPDX-License-Identifier: MIT
"""A client that sends exactly so many requests, for what is counted and not timed. It reads every answer whole and checks
its status."""

import http.client
import socket

from content import path_of_size

HOST = "127.0.0.1"
SECONDS = 60  # valgrind and strace are slow
PATH = path_of_size("1k")
BROWSER = "Accept-Encoding: gzip, deflate, br, zstd\r\n"


class UnexpectedAnswer(Exception):
    """Not the status that was asked for, or no whole answer."""


def entity_tag(port):
    connection = http.client.HTTPConnection(HOST, port, timeout=SECONDS)
    connection.request("GET", PATH)
    tag = connection.getresponse().getheader("ETag")
    connection.close()
    if tag is None:
        raise UnexpectedAnswer("no ETag")
    return tag


def request_of(fields=""):
    return f"GET {PATH} HTTP/1.1\r\nHost: {HOST}\r\n{fields}\r\n".encode()


def connect(port):
    client = socket.create_connection((HOST, port), timeout=SECONDS)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return client


def read_answer(client, status):
    """One answer, to the end of its body as Content-Length tells it; 304 has none."""
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += receive(client)
    head, _, body = answer.partition(b"\r\n\r\n")
    if head.split(b" ", 2)[1] != str(status).encode():
        raise UnexpectedAnswer(head.split(b"\r\n")[0].decode(errors="replace"))
    if status == 304:
        return
    missing = content_length(head) - len(body)
    while missing > 0:
        missing -= len(receive(client))


def receive(client):
    piece = client.recv(65536)
    if not piece:
        raise UnexpectedAnswer("the connection was closed in the middle of an answer")
    return piece


def content_length(head):
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return int(value)
    raise UnexpectedAnswer("no Content-Length")


def ask_kept_alive(port, request, status, count, connections=1):
    """`count` requests on each of the connections: one sent on all of them, then all answers read, and again."""
    clients = []
    try:
        for _ in range(connections):
            clients.append(connect(port))
        for _ in range(count):
            for client in clients:
                client.sendall(request)
            for client in clients:
                read_answer(client, status)
    finally:
        for client in clients:
            client.close()


def ask_and_close(port, request, status, count, connections=1):
    """The same with a connection for each request; the server closes it."""
    for _ in range(count):
        clients = []
        try:
            for _ in range(connections):
                clients.append(connect(port))
                clients[-1].sendall(request)
            for client in clients:
                read_answer(client, status)
                if client.recv(1) != b"":
                    raise UnexpectedAnswer("more than one answer")
        finally:
            for client in clients:
                client.close()
