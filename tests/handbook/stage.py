# SPDX-License-Identifier: MIT
"""Where the handbook's commands are run: a folder that looks like the project's, with a home, and ports of its own in place
of those that the pages name."""

import os
import re
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

from pages import ROOT

PATIENCE_S = 60
PORT = re.compile(r"(?<![\d.])(8080|8081|8090|9000)(?!\d)")

# What a background server takes to start depends on the machine; the reader waits a second, the test until it listens.
PRELUDE = """
listens() {
    for _ in $(seq 300); do
        (exec 9<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return
        sleep 0.1
    done
    echo "nobody listens at $1"
}
"""
STARTED = re.compile(r"^(.*?(?<!\d)(8080|8081|8090|9000)(?!\d).*& )sleep 1$", re.MULTILINE)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Done:
    """What came of a command: its exit status, and its output with the ports that the page names."""

    def __init__(self, status, output):
        self.status = status
        self.output = output


class Stage:
    def __init__(self, program):
        self._folder = tempfile.TemporaryDirectory(prefix="lido-handbook-")
        self.folder = Path(self._folder.name)
        self.ports = {}
        self.lido = None
        for name in ("www", "conf"):
            (self.folder / name).symlink_to(ROOT / name)
        for link in ("bin/lido", "build/release/lido"):
            (self.folder / link).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / link).symlink_to(Path(program).resolve())
        for kept in ("home/photos/cat.jpg", "tmp/empty", "srv/www/index.html", "srv/example/index.html", "srv/media/film"):
            (self.folder / kept).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / kept).write_text("kept", encoding="utf-8")
        (self.folder / "report.pdf").write_text("%PDF", encoding="utf-8")

    def environment(self):
        kept = {name: value for name, value in os.environ.items() if name != "PORT" and not name.startswith("LIDO_")}
        kept |= {"LIDO_USER": "root"} if os.geteuid() == 0 else {}  # else it would refuse to start
        return kept | {"PATH": f"{self.folder / 'bin'}:{kept['PATH']}", "HOME": str(self.folder / "home"), "LC_ALL": "C.UTF-8",
                       "BROWSER": "true"}

    def port(self, named):
        if named not in self.ports:
            self.ports[named] = free_port()
        return str(self.ports[named])

    def staged(self, text):
        """The text with this stage's ports and folders in place of those that the page names."""
        text = PORT.sub(lambda found: self.port(found[1]), text)
        return re.sub(r"(?<![\w/])/(tmp|srv)/", lambda found: f"{self.folder}/{found[1]}/", text)

    def as_named(self, output):
        for named, own in self.ports.items():
            output = re.sub(rf"(?<!\d){own}(?!\d)", named, output)
        return output

    def start_lido(self):
        """The server that the pages have at work at port 8080."""
        command = ["lido", "-q", "-p", self.port("8080"), "www"]
        self.lido = subprocess.Popen(command, cwd=self.folder, env=self.environment(), stderr=subprocess.DEVNULL)
        self.run('listens 8080')

    def run(self, text):
        """Run it by bash to its end; whatever it leaves running is stopped."""
        return self.run_as_it_is(self.staged(STARTED.sub(r"\1listens \2", text)))

    def run_as_it_is(self, script):
        with tempfile.TemporaryFile() as output:
            process = subprocess.Popen(["bash", "-c", PRELUDE + script], cwd=self.folder, env=self.environment(),
                                       stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True)
            try:
                process.wait(PATIENCE_S)
            finally:
                self._stop_all(process)
            output.seek(0)
            return Done(process.returncode, self.as_named(output.read().decode("utf-8", "replace")))

    def start_and_stop(self, text):
        """Run a server until it says that it listens, then stop it as its owner would."""
        process = subprocess.Popen(["bash", "-c", f"exec {self.staged(text)}"], cwd=self.folder, env=self.environment(),
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
        output = b""
        for line in process.stderr:
            output += line
            if b"listening on" in line:
                process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_S)
        self._stop_all(process)
        process.stderr.close()
        return Done(process.returncode, self.as_named(output.decode("utf-8", "replace")))

    @staticmethod
    def _stop_all(process):
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()

    def close(self):
        if self.lido is not None:
            self.lido.terminate()
            self.lido.wait(PATIENCE_S)
        self._folder.cleanup()
