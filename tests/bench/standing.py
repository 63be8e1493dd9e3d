# SPDX-License-Identifier: MIT
"""What a server costs that does nothing: the time to its first answer, its memory then, and the memory of connections that are
kept open without a request."""

import contextlib
import socket

import load as wrk
import verify
from beside import is_established
from content import path_of_size
from instance import HOST, Instance, StartFailed
from rounds import blank_result, start, tell
from workloads import sized

IDLE_CONNECTIONS = 8000
ANSWER_SECONDS = 10
PATH = path_of_size("1k")


def measure_start(contestants, content, rounds):
    """From exec to the first answer of 200, asked for without a pause: what it takes to start the process is in it."""
    results = [blank_result(contestant) for contestant in contestants]
    for number in range(rounds):
        shift = number % max(1, len(contestants))
        pairs = list(zip(contestants, results))
        for contestant, result in pairs[shift:] + pairs[:shift]:
            if result["problem"] is None:
                start_once(contestant, result, content)
    return results


def start_once(contestant, result, content):
    body = content.file(PATH)
    with Instance(contestant.server, content.root, content.folder, contestant.workers, body=body) as instance:
        try:
            instance.launch()
            seconds = instance.await_answer(PATH, pause=0)
            result["samples"].append({"start_ms": seconds * 1e3, **in_kib(instance.memory_bytes())})
        except StartFailed as error:
            result["problem"] = str(error)
            tell(f"bench: {contestant.label}: {error}")


def in_kib(memory):
    return {f"{name}_kib": size / 1024 for name, size in memory.items()}


def measure_idle(contestants, content, rounds):
    """Memory of the whole server with so many connections kept, less what it was before, by connection."""
    results = [blank_result(contestant) for contestant in contestants]
    for _ in range(rounds):
        for contestant, result in zip(contestants, results):
            limit = contestant.server.connections_max
            if limit is not None and limit < IDLE_CONNECTIONS:
                result["problem"] = f"cannot hold {IDLE_CONNECTIONS} connections"
            if result["problem"] is None:
                idle_once(contestant, result, content)
    return results


def idle_once(contestant, result, content):
    workload = sized("1k", IDLE_CONNECTIONS)
    warm_up = sized("1k", 64).load
    with contextlib.ExitStack() as stack:
        try:
            instance = start(contestant, workload, content, stack)
            wrk.warm_up(warm_up, instance.port, 0.2)  # what it needs at all is not to be counted
            before = instance.memory_bytes()
            clients = stack.enter_context(contextlib.closing(IdleClients(instance.port, len(content.bytes(PATH)))))
            after = instance.memory_bytes()
            held = clients.count_held()
        except (StartFailed, verify.WrongAnswer, wrk.LoadFailed, OSError) as error:
            result["problem"] = str(error)
            tell(f"bench: {contestant.label}: {error}")
            return
    each = {f"{name}_bytes": (after[name] - before[name]) / max(1, held) for name in after}
    result["samples"].append({**each, "held": held, "errors": IDLE_CONNECTIONS - held})


class IdleClients:
    """Clients that have had one answer each and stay."""

    def __init__(self, port, size):
        self.clients = []
        try:
            for _ in range(IDLE_CONNECTIONS):
                self.clients.append(socket.create_connection((HOST, port), timeout=ANSWER_SECONDS))
                ask_and_stay(self.clients[-1], size)
        except BaseException:
            self.close()
            raise

    def count_held(self):
        return sum(is_established(client) for client in self.clients)

    def close(self):
        for client in self.clients:
            client.close()


def ask_and_stay(client, size):
    client.sendall(f"GET {PATH} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
    answer = b""
    while b"\r\n\r\n" not in answer or len(answer) < answer.index(b"\r\n\r\n") + 4 + size:
        piece = client.recv(65536)
        if not piece:
            raise ConnectionError("closed in the middle of an answer")
        answer += piece
