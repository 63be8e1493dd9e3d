# SPDX-License-Identifier: MIT
"""Run Lido under a tool that counts, twice: with few requests and with more. The difference, by request, is what a request costs;
all that happens once drops out."""

import os
from dataclasses import dataclass
from pathlib import Path

import procs
import steady_client
from instance import Instance
from peers import Lido

BROWSER = steady_client.BROWSER
CLOSE = "Connection: close\r\n"


class UnderTool(Lido):
    """Lido, started by another program, which ends when Lido does."""

    def __init__(self, program, prefix, stops_child):
        super().__init__(program)
        self.prefix = prefix
        self.stops_child = stops_child

    def command(self, setup):
        return [*self.prefix(setup.folder), *super().command(setup)]

    def pid_to_stop(self, pid):
        processes = procs.tree(pid)
        return processes[1] if self.stops_child and len(processes) > 1 else pid


@dataclass(frozen=True)
class Kind:
    """A sort of request."""

    name: str
    fields: str = ""
    closes: bool = False
    revalidates: bool = False
    connections: int = 1

    def ask(self, port, count):
        fields, status = self.fields, 200
        if self.revalidates:
            fields, status = f"{fields}If-None-Match: {steady_client.entity_tag(port)}\r\n", 304
        ask = steady_client.ask_and_close if self.closes else steady_client.ask_kept_alive
        ask(port, steady_client.request_of(fields), status, count, self.connections)


def run_once(server, kind, count, content, workers, result_name) -> Path:
    """Returns the file that the tool has written."""
    with Instance(server, content.root, content.folder, workers) as instance:
        instance.start(steady_client.PATH)
        kind.ask(instance.port, count)
        return instance.setup.folder / result_name


def difference(few, many, requests):
    return (many - few) / requests


def compiler_name(build_folder):
    """Of the compiler that CMake has used: gcc 12."""
    for name in sorted(build_folder.glob("CMakeFiles/*/CMakeCCompiler.cmake")):
        words = dict(
            line[len("set(") :].rstrip(")").split(" ", 1)
            for line in name.read_text().splitlines()
            if line.startswith("set(CMAKE_C_COMPILER")
        )
        kind = words.get("CMAKE_C_COMPILER_ID", "").strip('"').replace("GNU", "gcc").lower()
        return f"{kind} {words.get('CMAKE_C_COMPILER_VERSION', '').strip(chr(34)).split('.')[0]}"
    return "unknown compiler"


def platform_name(lido):
    """Where figures can be compared: the machine's language, the compiler and the C library."""
    libc = os.confstr("CS_GNU_LIBC_VERSION") if "CS_GNU_LIBC_VERSION" in os.confstr_names else "unknown libc"
    return f"{os.uname().machine}, {compiler_name(lido.parent)}, {libc}"
