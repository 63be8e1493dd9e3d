# SPDX-License-Identifier: MIT
"""Each of conf/examples is right and does what it says: a server is started with it, nginx and HAProxy with their part
of it and runit with its script, where they are installed. Only folders and ports are others.

    test_examples.py TREE PROGRAM
"""

import contextlib
import http.client
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

SECONDS = 30  # what nothing here takes, on whatever machine
PORTS = ("8080", "8090", "9000")  # of the examples
OF_OTHERS = {"nginx.conf", "haproxy.cfg", "runit-run"}
FILES = ("www/index.html", "www/assets/app.js", "www/files/a.txt", "default/index.html", "example/about.html",
         "example/404.html", "app/index.html", "app/assets/app.js", "files/a/b.txt")

NGINX = """daemon off;
pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/a;
  proxy_temp_path {folder}/b;
  fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d;
  scgi_temp_path {folder}/e;
  include {folder}/nginx.conf;
}}
"""


def free_ports(count):
    """Numbers that nobody had a moment ago."""
    with contextlib.ExitStack() as taken:
        sockets = [taken.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [str(taken.getsockname()[1]) for taken in sockets]


class Examples(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.ports = dict(zip(PORTS, free_ports(len(PORTS))))
        for name in FILES:
            file = self.folder / "srv" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"this is {name}\n")

    def settle(self, name):
        """A copy of the example for this folder and these ports."""
        text = (TREE / "conf/examples" / name).read_text().replace("/srv/", f"{self.folder}/srv/")
        for port, free in self.ports.items():
            text = text.replace(f":{port}", f":{free}").replace(f" {port}", f" {free}")
        (self.folder / name).write_text(text)
        return self.folder / name

    def start(self, *words, **environment):
        """Runs the words until the test is over, and what is said goes to a file."""
        said = self.enterContext(open(self.folder / "said", "a+"))
        environment = os.environ | {"LIDO_USER": "root"} | environment
        program = subprocess.Popen(words, cwd=self.folder, stdout=said, stderr=said, env=environment)
        self.addCleanup(program.wait, SECONDS)
        self.addCleanup(program.terminate)
        return program

    def serve(self, name):
        file = self.settle(name)
        self.start(PROGRAM, "-c", file)
        self.wait_for(200, "9000" if "admin" in file.read_text() else "8080", "/health")

    def get(self, path, host=None, port="8080"):
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.ports[port], timeout=SECONDS)) as client:
            client.request("GET", path, headers={"Host": host or "localhost", "Accept": "text/html"})
            answer = client.getresponse()
            return answer.status, answer.headers, answer.read().decode()

    def wait_for(self, status, port, path):
        """Until there is an answer, and it is of this status (or there is no such path, which is an answer, too)."""
        end = time.monotonic() + SECONDS
        while True:
            with contextlib.suppress(OSError):
                if self.get(path, port=port)[0] in (status, 404):
                    return
            self.assertLess(time.monotonic(), end, (self.folder / "said").read_text())
            time.sleep(0.02)

    def expect(self, path, status, body, host=None):
        answer = self.get(path, host)
        self.assertEqual((answer[0], answer[2]), (status, body), path)
        return answer[1]

    def test_each_is_right(self):
        for file in sorted((TREE / "conf/examples").iterdir()):
            if file.name not in OF_OTHERS:
                with self.subTest(file.name):
                    done = subprocess.run([PROGRAM, "-c", self.settle(file.name), "--check-config"],
                                          capture_output=True, text=True)
                    self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_one_folder(self):
        self.serve("one-folder.conf")
        page = self.expect("/", 200, "this is www/index.html\n")
        self.assertEqual((page["Cache-Control"], page["X-Frame-Options"]), ("no-cache", "SAMEORIGIN"))
        app = self.expect("/assets/app.js", 200, "this is www/assets/app.js\n")
        self.assertEqual(app["Cache-Control"], "max-age=31536000, immutable")
        self.assertEqual(self.get("/files/")[0], 403)

    def test_several_sites(self):
        self.serve("several-sites.conf")
        self.expect("/", 200, "this is default/index.html\n", "unknown.example")
        self.expect("/about", 200, "this is example/about.html\n", "www.example.org")
        self.expect("/none", 404, "this is example/404.html\n", "example.org")
        status, fields, _ = self.get("/blog/2026/a", "example.org")
        self.assertEqual((status, fields["Location"]), (301, "https://blog.example.org/2026/a"))
        self.expect("/some/route", 200, "this is app/index.html\n", "app.example.org")
        app = self.expect("/assets/app.js", 200, "this is app/assets/app.js\n", "app.example.org")
        self.assertEqual(app["Cache-Control"], "max-age=31536000, immutable")
        status, fields, listing = self.get("/a/", "files.example.org")
        self.assertEqual((status, fields["Access-Control-Allow-Origin"]), (200, "*"))
        self.assertIn("b.txt", listing)

    def check_through_a_proxy(self):
        self.wait_for(200, "8080", "/")
        self.expect("/", 200, "this is www/index.html\n")
        status, fields, _ = self.get("/files", "example.org")
        self.assertEqual((status, fields["Location"]), (301, "/files/"))
        self.assertEqual(self.get("/.lido/")[0], 404, "the status pages are for no visitor")
        self.assertEqual(self.get("/health", port="9000")[0], 200)

    @unittest.skipUnless(shutil.which("nginx"), "without nginx")
    def test_behind_nginx(self):
        self.serve("behind-nginx.conf")
        self.settle("nginx.conf")
        main = self.folder / "main.conf"
        main.write_text(NGINX.format(folder=self.folder))
        self.start("nginx", "-e", "stderr", "-p", self.folder, "-c", main)
        self.check_through_a_proxy()

    @unittest.skipUnless(shutil.which("haproxy"), "without haproxy")
    def test_behind_haproxy(self):
        self.serve("behind-haproxy.conf")
        self.start("haproxy", "-db", "-f", self.settle("haproxy.cfg"))
        self.check_through_a_proxy()

    @unittest.skipUnless(shutil.which("runsv") and os.geteuid() == 0, "without runit, or not root")
    def test_under_runit(self):
        service = self.folder / "sv/lido"
        service.mkdir(parents=True)
        script = (TREE / "conf/examples/runit-run").read_text()
        script = script.replace("/etc/lido/lido.conf", str(self.settle("one-folder.conf")))
        (service / "run").write_text(script.replace("-u lido", f"-u {pwd.getpwuid(0).pw_name}"))
        (service / "run").chmod(0o755)
        control = os.environ | {"SVDIR": str(self.folder / "sv")}
        # After SIGTERM runsv sends SIGCONT, which takes the SIGSTOP away by which LeakSanitizer stops the process at its end: both
        # would wait for ever.
        keeper = self.start("runsv", service, PATH=f"{PROGRAM.parent}:{os.environ['PATH']}", ASAN_OPTIONS="detect_leaks=0")
        self.wait_for(200, "8080", "/")
        first = (service / "supervise/pid").read_text()
        for words in (("hup",), ("1",)):
            self.assertEqual(subprocess.run(["sv", *words, "lido"], env=control).returncode, 0)
        self.expect("/", 200, "this is www/index.html\n")
        self.assertEqual((service / "supervise/pid").read_text(), first, "a signal has ended it")
        done = subprocess.run(["sv", "-w", str(SECONDS), "exit", "lido"], env=control, capture_output=True, text=True)
        self.assertEqual((done.returncode, keeper.wait(SECONDS)), (0, 0), done.stdout)


if __name__ == "__main__":
    PROGRAM = Path(sys.argv.pop(2)).absolute()
    TREE = Path(sys.argv.pop(1))
    unittest.main()
