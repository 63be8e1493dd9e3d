# SPDX-License-Identifier: MIT
"""Tries the static program in a root that holds nothing else, and its image as a container would run it: process 1 of a
namespace with a network of its own. As root, or with user namespaces that everybody may make.

    test_static.py TREE
"""

import contextlib
import gzip
import http.client
import io
import json
import os
import re
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "hardening"))
import hardening  # noqa: E402 # found by the line above

LIMIT_BYTES = 1_000_000
SECONDS = 30  # what nothing here takes, on whatever machine


def wait_until(what, holds):
    end = time.monotonic() + SECONDS
    while not holds():
        if time.monotonic() > end:
            raise AssertionError(f"never: {what}")
        time.sleep(0.02)


class Empty(unittest.TestCase):
    """A root with the program, as /lido, and a folder."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.root.chmod(0o755)

    def start(self, *words, user="65534:65534"):
        """Runs the words in the root as process 1 of a namespace, and waits until they say where they listen."""
        self.said = tempfile.TemporaryFile("w+")
        self.addCleanup(self.said.close)
        self.keeper = subprocess.Popen(
            ["unshare", "--pid", "--fork", "chroot", *([f"--userspec={user}"] if IS_ROOT else []), self.root, *words],
            stdout=subprocess.PIPE, stderr=self.said, text=True,
            env={"PATH": os.environ["PATH"]} | ({} if IS_ROOT else {"LIDO_USER": "0", "LIDO_GROUP": "0"}))
        self.addCleanup(self.keeper.stdout.close)
        self.addCleanup(self.end)
        wait_until("it listens", lambda: "listening on" in self.read_said() or self.keeper.poll() is not None)
        self.assertIn("listening on", self.read_said())
        (self.first,) = self.children(self.keeper.pid)
        return int(re.search(r"http://127\.0\.0\.1:(\d+)/|http://[^ ]*:(\d+)/", self.read_said()).expand(r"\1\2"))

    def end(self):
        if self.keeper.poll() is None:
            os.kill(self.first, signal.SIGKILL)
            self.keeper.wait()

    def read_said(self):
        self.said.seek(0)
        return self.said.read()

    @staticmethod
    def children(pid):
        done = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True)
        return [int(word) for word in done.stdout.split()]

    @staticmethod
    def get(port, path):
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)) as client:
            client.request("GET", path)
            answer = client.getresponse()
            return answer.status, answer.getheader("Content-Type"), answer.read()


class Program(Empty):
    def test_it_is_one_file_under_a_megabyte(self):
        self.assertLess(PROGRAM.stat().st_size, LIMIT_BYTES)
        elf = subprocess.run(["readelf", "-lW", "-d", PROGRAM], capture_output=True, text=True).stdout
        self.assertNotIn("INTERP", elf)
        self.assertNotIn("(NEEDED)", elf)

    def test_it_is_as_hard_to_exploit_as_musl_lets_it_be(self):
        """musl has no checked copies, and a stripped program does not show whether its stacks are guarded."""
        lacking = " ".join(hardening.lacks(str(PROGRAM)))
        self.assertEqual(re.sub(r"(guarded stacks|checked copies) \(\S+\) ?", "", lacking), "")

    def test_it_says_what_is_left_out(self):
        done = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True)
        self.assertRegex(done.stdout, r"\noptional parts: zlib \S+, no libqrencode, no ncurses, libseccomp \S+\n")

    def test_it_serves_in_an_empty_root(self):
        (self.root / "lido").write_bytes(PROGRAM.read_bytes())
        (self.root / "lido").chmod(0o755)
        types = {"index.html": "text/html; charset=utf-8", "a.css": "text/css; charset=utf-8", "b.svg": "image/svg+xml",
                 "c.webp": "image/webp", "d.mp4": "video/mp4", "LICENSE": "text/plain; charset=utf-8"}
        (self.root / "www").mkdir()
        for name in types:
            (self.root / "www" / name).write_text(f"this is {name}\n")
        port = self.start("/lido", "--port=0", "--bind=127.0.0.1", "/www")
        for name, media_type in types.items():
            with self.subTest(name):
                self.assertEqual(self.get(port, f"/{name}"), (200, media_type, f"this is {name}\n".encode()))
        self.assertEqual(self.get(port, "/../lido")[0], 404)
        os.kill(self.first, signal.SIGTERM)
        self.assertEqual(self.keeper.wait(SECONDS), 0)
        log = self.keeper.stdout.read()
        self.assertEqual(re.findall(r'"GET /(\S+) HTTP/1\.1" 200 ', log), list(types))
        self.assertIn("system calls (seccomp)", self.read_said())


class Image(Empty):
    def setUp(self):
        super().setUp()
        with tarfile.open(IMAGE) as archive:
            def read(name):
                return archive.extractfile(name).read()
            (docker,) = json.loads(read("manifest.json"))
            config = json.loads(read(docker["Config"]))["config"]
            with tarfile.open(fileobj=io.BytesIO(gzip.decompress(read(docker["Layers"][0])))) as layer:
                layer.extraction_filter = getattr(tarfile, "data_filter", None)  # older Pythons have none
                layer.extractall(self.root)
        self.check = config["Healthcheck"]["Test"][1:]
        self.port = self.start(*config["Entrypoint"], *config["Cmd"], user=config["User"])

    def inside(self, *words):
        return subprocess.run(["nsenter", "--target", str(self.first), "--pid", *words], capture_output=True, text=True)

    def test_it_serves_the_handbook_and_knows_that_it_is_well(self):
        status, media_type, page = self.get(self.port, "/")
        self.assertEqual((status, media_type), (200, "text/html"))
        self.assertEqual(page, (TREE / "www/index.html").read_bytes())
        done = self.inside("chroot", str(self.root), *self.check)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_it_reads_its_settings_anew(self):
        os.kill(self.first, signal.SIGHUP)
        wait_until("it is reloaded", lambda: "reload" in self.read_said())
        self.assertEqual(self.get(self.port, "/")[0], 200)

    def test_it_leaves_no_zombies(self):
        """An orphan becomes a child of process 1, and a zombie if that does not look after it."""
        self.inside("sh", "-c", "exec >&- 2>&-; sleep 60 & sleep 60 &")
        wait_until("it has the orphans", lambda: len(self.children(self.first)) == 2)
        for orphan in self.children(self.first):
            os.kill(orphan, signal.SIGTERM)
        wait_until("they are gone", lambda: self.children(self.first) == [])

    def test_it_ends_by_sigterm_though_a_client_stays(self):
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)) as client:
            client.request("GET", "/", headers={"Connection": "keep-alive"})
            client.getresponse().read()
            os.kill(self.first, signal.SIGTERM)
            self.assertEqual(self.keeper.wait(SECONDS), 0)


if __name__ == "__main__":
    TREE = Path(sys.argv[1])
    if "LIDO_INSIDE" not in os.environ:
        is_root = os.geteuid() == 0
        os.environ["LIDO_INSIDE"] = "root" if is_root else "mapped"
        mapped = [] if is_root else ["--map-root-user"]
        os.execvp("unshare", ["unshare", "--net", *mapped, sys.executable, "-B", *sys.argv])
    IS_ROOT = os.environ.pop("LIDO_INSIDE") == "root"
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    PROGRAM, IMAGE = TREE / "build/static/lido", TREE / "build/static/lido.oci.tar"
    del sys.argv[1]
    unittest.main()
