# SPDX-License-Identifier: MIT
"""One Lido with settings that change while it runs. A context."""

import os
import re
import signal
import socket
import subprocess
import tempfile

START_SECONDS = 20
STOP_SECONDS = 30
THREADS_MAX = 8
THREADS_SPARE = 2
THREADS_OWN = 4  # main, logs, names

SETTINGS = """
root = "{folder}/site"
listen = {{ {listen} }}
threads = {threads}
threads_min = 2
threads_max = {THREADS_MAX}
threads_spare = {THREADS_SPARE}
{user}
sandbox = on
compress = on
compress_cache = 1M
file_cache_memory = 2M
header_timeout = 3s
send_timeout = 3s
keepalive_timeout = 5s
linger_timeout = 1s
access_log = "{folder}/logs/access.log"
log_format = "{{user_agent}} {{status}} {{complete}} {{target}}"
error_log = "{folder}/logs/error.log"
header "/*" {{ add = {{ "X-Soak: {count}" }} }}
cache "/{cached}*" {{ max_age = {count}s }}
"""


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Server:
    """`words`: what it has said on standard error, once it has ended."""

    def __init__(self, program, folder):
        self.folder = folder
        self.config = folder / "lido.conf"
        self.logs = folder / "logs"
        self.logs.mkdir()
        self.port, self.second_port = free_ports(2)
        self.command = [str(program), "-c", str(self.config)]
        self.process = None
        self.banner = ""
        self.errors = tempfile.TemporaryFile()

    def configure(self, count, threads="auto", has_second=False):
        """Write the settings of the reload with this number; answers carry it in X-Soak."""
        listen = [f'"127.0.0.1:{self.port}"'] + ([f'"127.0.0.1:{self.second_port}"'] if has_second else [])
        self.config.write_text(SETTINGS.format(
            folder=self.folder, listen=", ".join(listen), threads=threads, THREADS_MAX=THREADS_MAX,
            THREADS_SPARE=THREADS_SPARE, user="user = root" if os.geteuid() == 0 else "", count=count,
            cached="large" if count % 2 else "small"))

    def read_words(self):
        self.errors.seek(0)
        return self.errors.read().decode(errors="replace")

    def __enter__(self):
        self.configure(0)
        kept = {name: value for name, value in os.environ.items() if name != "PORT" and not name.startswith("LIDO_")}
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE, env=kept, start_new_session=True)
        self.banner = self.process.stderr.readline().decode(errors="replace")
        if not re.search(r"listening on ", self.banner):
            self.process.kill()
            raise SystemExit(f"soak: Lido does not start: {self.banner}{self.process.communicate()[1].decode()}")
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def signal(self, number):
        self.process.send_signal(number)

    def is_alive(self):
        return self.process.poll() is None

    def stop(self):
        """Returns the exit status, or None if it took too long, and what it said."""
        self.signal(signal.SIGTERM)
        try:
            words = self.process.communicate(timeout=STOP_SECONDS)[1]
        except subprocess.TimeoutExpired:
            self.process.kill()
            return None, self.process.communicate()[1].decode(errors="replace")
        return self.process.returncode, words.decode(errors="replace")
