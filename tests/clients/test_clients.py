# SPDX-License-Identifier: MIT
"""Whether ./dev clients can be trusted: a wrong copy, a request too many and a client that fails are seen. It
needs none of the clients."""

import contextlib
import io
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import __main__ as this
import clients
import kodi
import mirrors
import runner
import server
import trees
from outcome import Failed, LeftOut, check_equal
from stage import Stage

LOG = """127.0.0.1 - - [28/Nov/2026:20:16:27 +0000] "GET /a%20b.txt HTTP/1.1" 200 12 0.000927
127.0.0.1 - - [28/Nov/2026:20:16:27 +0000] "HEAD / HTTP/1.0" 404 - 0.000176
127.0.0.1 - - [28/Nov/2026:20:16:28 +0000] "GET /a%20b.txt HTTP/1.1" 206 3 0.000100
"""


class StageCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.stage = Stage(this.LIDO, Path(folder.name))


class Trees(unittest.TestCase):
    def test_a_missing_an_extra_and_another_file_are_seen(self):
        whole = {"a": b"1", "b/c": b"2"}
        trees.check_same(dict(whole), whole)
        for copy in ({"a": b"1"}, whole | {"d": b""}, whole | {"a": b"2"}):
            with self.assertRaises(Failed):
                trees.check_same(copy, whole)

    def test_what_was_written_is_read(self):
        with tempfile.TemporaryDirectory() as folder:
            trees.write(Path(folder), trees.PLAIN | trees.ODD | trees.ODDER)
            trees.check_same(trees.read(folder), trees.PLAIN | trees.ODD | trees.ODDER)

    def test_folders_are_those_above_each_file(self):
        self.assertEqual(trees.folders_of({"a": b"", "b/c/d": b"", "b/e": b""}), {"", "b/", "b/c/"})


class Crawls(unittest.TestCase):
    CONTENTS = {"a b.txt": b"12345", "c/d.txt": b"1"}
    ASKED = ("/", "/a%20b.txt", "/c/", "/c/d.txt")

    @staticmethod
    def asked(*targets, length=1):
        found = mock.Mock(requests=[server.Request("GET", target, 200, length) for target in targets])
        found.sent_bytes = lambda: length * len(targets)
        return found

    def test_each_file_and_each_page_once_is_right(self):
        mirrors.check_asked_once(self.asked(*self.ASKED), self.CONTENTS)
        mirrors.check_asked_once(
            self.asked("/robots.txt", *self.ASKED), self.CONTENTS, besides=["/robots.txt"]
        )

    def test_a_tool_a_second_time_and_a_gap_are_seen(self):
        for asked in ((*self.ASKED, "/?sort=size"), (*self.ASKED, "/c/"), self.ASKED[:-1]):
            with self.assertRaises(Failed):
                mirrors.check_asked_once(self.asked(*asked), self.CONTENTS)

    def test_too_many_bytes_are_seen(self):
        mirrors.check_few_bytes(self.asked(*self.ASKED, length=20_000), self.CONTENTS)
        with self.assertRaises(Failed):
            mirrors.check_few_bytes(self.asked(*self.ASKED, length=100_000), self.CONTENTS)


class KodisRule(unittest.TestCase):
    def test_a_link_is_an_entry_when_its_text_is_its_name(self):
        for link, text, is_entry in (
            ("a%20b.txt", "a b.txt", True),
            ("sub/", "sub/", True),
            ("sub/", " sub ", True),
            ("a&amp;b", "a&amp;b", True),
            ("./a%3Ab", "a:b", True),
            ("a%3Ab", "a:b", True),
            ("./a.txt", "a.txt", False),
            ("a.txt", "<bdi>a.txt</bdi>", False),
            ("../", "../", False),
            ("?sort=size", "Size", False),
        ):
            with self.subTest(link=link, text=text):
                self.assertEqual(kodi.names(link, text), is_entry)

    def test_something_has_to_stand_behind_a_link(self):
        self.assertEqual(
            len(kodi.LINK.findall('<td><a href="a" class="x"> a </a> 1 kB<td><a href="b">b</a>')), 1
        )


class Log(unittest.TestCase):
    def test_a_line_is_a_request(self):
        found = server.parse_log(LOG)
        self.assertEqual([r.target for r in found], ["/a%20b.txt", "/", "/a%20b.txt"])
        self.assertEqual([(r.method, r.status, r.length) for r in found][1], ("HEAD", 404, 0))

    def test_requests_are_counted_by_what_they_are(self):
        counted = server.Server("lido", Path("/"), Path(tempfile.gettempdir()))
        counted.requests = server.parse_log(LOG)
        self.assertEqual(counted.count(method="GET"), {"/a%20b.txt": 2})
        self.assertEqual(counted.count(status=206), {"/a%20b.txt": 1})
        self.assertEqual(counted.sent_bytes(), 15)


class Clients(StageCase):
    def test_its_status_and_its_time_are_seen(self):
        self.assertEqual(self.stage.run("echo", "yes"), "yes\n")
        self.stage.run("sh", "-c", "exit 3", status=3)
        for words, seconds in ((["sh", "-c", "exit 3"], 30), (["sleep", "30"], 0.1)):
            with self.assertRaises(Failed):
                self.stage.run(*words, seconds=seconds)

    def test_it_sees_nothing_of_the_callers_settings(self):
        with mock.patch.dict("os.environ", {"http_proxy": "http://192.0.2.1/"}):
            self.assertNotIn("192.0.2.1", self.stage.run("env"))

    def test_a_lido_serves_and_its_log_is_whole(self):
        with self.stage.serve({"a.txt": b"hello"}) as lido:
            self.assertEqual(kodi.fetch(lido.url + "/a.txt"), (b"hello", "text/plain"))
        self.assertEqual(lido.requests, [server.Request("GET", "/a.txt", 200, 5)])

    def test_a_lido_that_does_not_start_is_a_failure(self):
        with self.assertRaises(Failed), self.stage.serve(settings=["nonsense=1"]):
            pass


class Table(unittest.TestCase):
    def run_tasks(self, *functions, probe="sh"):
        tasks = [clients.Task("one", f"task {number}", function) for number, function in enumerate(functions)]
        with mock.patch.object(clients, "TASKS", tasks), contextlib.redirect_stdout(io.StringIO()) as printed:
            counts = runner.run([clients.Client("one", ("package",), probe)], this.LIDO)
        return counts, printed.getvalue()

    def test_what_came_of_each_is_counted(self):
        def fail(_):
            check_equal(1, 2, "the number")

        def leave_out(_):
            raise LeftOut("no reason")

        counts, printed = self.run_tasks(lambda _: None, fail, leave_out, lambda _: {}["nothing"])
        self.assertEqual(counts, {"passed": 1, "FAILED": 2, "left out": 1})
        self.assertIn("FAILED: the number: 1, not 2", printed)
        self.assertIn("KeyError", printed)

    def test_a_client_that_is_not_there_is_left_out(self):
        counts, printed = self.run_tasks(lambda _: None, probe="no-such-program-at-all")
        self.assertEqual(counts["left out"], 1)
        self.assertIn("package is not installed", printed)

    def test_each_task_has_its_client_and_each_client_a_task(self):
        names = [client.name for client in clients.CLIENTS]
        self.assertEqual({task.client for task in clients.TASKS}, set(names))
        self.assertEqual(len(names), len(set(names)))


if __name__ == "__main__":
    LIDO = Path(sys.argv.pop(1)).resolve()
    unittest.main()
