# SPDX-License-Identifier: MIT
"""Whether the bench can be trusted with servers: it refuses wrong answers, counts errors, and leaves nothing behind. Needs none of
the servers, nor wrk."""

import contextlib
import http.server
import os
import select
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

import calls
import comparison
import instance
import instructions
import load
import procs
import rounds
import verify
from content import Content, path_of_mix
from instance import Instance, StartFailed
from peers import Server
from workloads import Contestant, Workload, sized

BODY = b"the right bytes"


@contextlib.contextmanager
def answering(status, length, body):
    """A server that answers just so; yields its port."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            if length is not None:
                self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


class Verify(unittest.TestCase):
    def test_lets_the_right_bytes_pass(self):
        with answering(200, len(BODY), BODY) as port:
            verify.check(port, "/", BODY)

    def test_refuses_what_is_not_the_file(self):
        rows = (
            ("another status", 206, len(BODY), BODY, "status 206"),
            ("one byte differs", 200, len(BODY), BODY[:-1] + b"?", "SHA-256"),
            ("shorter, and says so", 200, len(BODY) - 1, BODY[:-1], "Content-Length"),
            ("shorter than it says", 200, len(BODY), BODY[:-1], "IncompleteRead"),
            ("no length", 200, None, BODY, "Content-Length"),
        )
        for name, status, length, body, told in rows:
            with self.subTest(name), answering(status, length, body) as port:
                with self.assertRaisesRegex(verify.WrongAnswer, told):
                    verify.check(port, "/", BODY)


class Load(unittest.TestCase):
    def test_counts_answers_too_short_for_the_body(self):
        rows = (
            ("whole answers", 10, 12000, 1024, 0),
            ("bodies without heads", 10, 10240, 1024, 0),
            ("one body is missing", 10, 10239, 1024, 1),
            ("heads alone", 10, 1500, 1024, 9),
            ("sizes differ", 10, 5, None, 0),
        )
        for name, requests, size, body, short in rows:
            with self.subTest(name):
                self.assertEqual(load.count_short({"requests": requests, "bytes": size}, body), short)

    def test_does_not_take_silence_for_a_result(self):
        with self.assertRaises(load.LoadFailed):
            load.read_report("unable to connect to 127.0.0.1:1 Connection refused\n")
        self.assertEqual(load.read_report('Running\nbench-json {"requests": 3}\n'), {"requests": 3})

    def test_asks_all_servers_the_same(self):
        one, other = load.Load("/x", 1, 64, closes=True).command(1, 2), load.Load("/x", 1, 64, closes=True).command(2, 2)
        self.assertEqual([part.replace(":1/", ":2/") for part in one], other)
        self.assertIn("-t1", load.Load("/x", 1, 64).command(1, 2, threads=1))
        self.assertIn("Connection: close", one)


class Counts(unittest.TestCase):
    def test_of_calls_allow_what_is_listed_and_nothing_else(self):
        aliases = {"recvmsg": "recv", "recvfrom": "recv"}
        counts = calls.group({"recvmsg": 1.0, "recvfrom": 0.04, "openat2": 1.0, "getpid": 0.01}, aliases)
        self.assertEqual(counts, {"recv": 1.04, "openat2": 1.0, "getpid": 0.01})
        rows = {row[0]: row[3] for row in calls.judge(counts, {"recv": 1, "stat": 1}, 0.05)}
        self.assertEqual(rows, {"recv": True, "stat": True, "openat2": False})
        counts["recv"] = 1.1
        self.assertIn(("recv", 1.1, 1, False), list(calls.judge(counts, {"recv": 1}, 0.05)))

    def test_of_calls_of_a_crowd_are_the_lowest_of_its_runs(self):
        self.assertEqual(calls.lowest([{"recv": 1.0, "write": 0.9}, {"recv": 1.1}]), {"recv": 1.0, "write": 0})

    def test_of_calls_are_read_from_strace(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "out")
            path.write_text("syscall              calls\n---------------- ---------\nrecvmsg                 12\n"
                            "---------------- ---------\ntotal                   12\n")  # fmt: skip
            self.assertEqual(calls.read_counts(path), {"recvmsg": 12})

    def test_of_instructions_may_grow_by_five_percent(self):
        for now, grown in ((1050, []), (1051, ["get"]), (900, [])):
            self.assertEqual(instructions.judge({"get": 1000}, {"get": now})[1], grown, now)
        self.assertEqual(instructions.judge({}, {"get": 1000})[1], [])


class Script(Server):
    """A server that is a few lines of Python."""

    name = "script"
    program = sys.executable

    def __init__(self, text):
        self.text = text

    def command(self, setup):
        return [self.program, "-c", self.text, str(setup.port)]


ANSWER_ALL = """
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.send_header("Content-Length", "5"); self.end_headers(); self.wfile.write(b"wrong")
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
CLING = "import signal, subprocess, sys\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + (
    "subprocess.Popen([sys.executable, '-c', 'import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    'print(\\"up\\", flush=True); signal.pause()\'])\nsignal.pause()\n'
)


class Running(unittest.TestCase):
    def setUp(self):
        self.content = self.enterContext(Content(("1k",), mix_count=0))

    def measure(self, text):
        effort = comparison.Effort(rounds=1, single_rounds=0, seconds=1, starts=1, idles=1)
        return rounds.measure(sized("1k", 1), [Contestant("script", Script(text))], self.content, effort)[0]

    def test_leaves_out_who_sends_something_else(self):
        found = self.measure(ANSWER_ALL)
        self.assertIn("Content-Length 5, not 1024", found["problem"])
        self.assertEqual(found["samples"], [])

    def test_leaves_out_who_does_not_start(self):
        found = self.measure("import sys; print('no such thing'); sys.exit(3)")
        self.assertIn("ended with status 3: no such thing", found["problem"])

    def test_leaves_nothing_behind(self):
        self.addCleanup(setattr, instance, "STOP_SECONDS", instance.STOP_SECONDS)
        instance.STOP_SECONDS = 0.1
        with Instance(Script(CLING), self.content.root, self.content.folder) as clinging:
            clinging.launch()
            output = clinging.setup.folder / "output"
            while not output.read_text():
                self.assertIsNone(clinging.process.poll())
            processes = [os.pidfd_open(process) for process in procs.tree(clinging.process.pid)]
        self.assertEqual(len(processes), 2)
        for process in processes:  # readable when it has ended
            self.assertEqual(select.select([process], [], [], 10)[0], [process])
            os.close(process)

    def test_ends_when_asked_for_too_long(self):
        self.addCleanup(setattr, instance, "START_SECONDS", instance.START_SECONDS)
        instance.START_SECONDS = 0.2
        with Instance(Script("import signal; signal.pause()"), self.content.root, self.content.folder) as mute:
            with self.assertRaisesRegex(StartFailed, "no answer within"):
                mute.start("/")


class Books(unittest.TestCase):
    def test_count_the_time_of_children_too(self):
        busy = "for _ in range(10**7): pass"
        code = (
            f"import subprocess, sys; subprocess.run([sys.executable, '-c', {busy!r}]); "
            "print('done', flush=True); sys.stdin.read()"
        )
        with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            process.stdout.readline()
            alone = procs.process_clock(process.pid)
            self.assertGreater(procs.cpu_seconds(process.pid), 0.1)
            self.assertLess(procs.time.clock_gettime(alone), procs.cpu_seconds(process.pid))
            process.stdin.close()

    def test_tell_memory_apart(self):
        found = procs.memory_bytes(os.getpid())
        self.assertGreater(found["anonymous"], 0)
        self.assertGreater(found["rss"], found["pss"])  # the C library at least is shared
        self.assertGreaterEqual(found["pss"], found["private"])


class Files(unittest.TestCase):
    def test_are_the_same_each_time(self):
        with Content(("1k", "10k"), 3) as one, Content(("1k", "10k"), 3) as other:
            for path in ("/1k.txt", "/10k.txt", path_of_mix(2)):
                self.assertEqual(one.bytes(path), other.bytes(path))
            self.assertNotEqual(one.bytes(path_of_mix(1)), one.bytes(path_of_mix(2)))
            folder = one.folder
        self.assertFalse(folder.exists())

    def test_have_the_sizes_that_their_names_say(self):
        sizes = {"1k": 1024, "10k": 10240, "100k": 102400, "1m": 1048576, "100m": 104857600}
        self.assertEqual({name: sized(name, 1).load.size for name in sizes}, sizes)

    def test_of_every_workload_exist(self):
        with Content() as content:
            for workload in comparison.WORKLOADS:
                self.assertIsInstance(workload, Workload)
                for path in workload.paths_to_check():
                    self.assertTrue(content.file(path).exists(), path)
                if workload.load.size is not None:
                    self.assertEqual(content.file(workload.load.path).stat().st_size, workload.load.size)


if __name__ == "__main__":
    unittest.main()
