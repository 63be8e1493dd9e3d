# SPDX-License-Identifier: MIT
"""Whether ./dev soak can be trusted: another file's bytes, a mixture, a line too many and what grows are seen."""

import socket
import tempfile
import threading
import unittest
from pathlib import Path

import blocks
import good
import report
import watch
from talk import Wrong


class Blocks(unittest.TestCase):
    def test_what_is_right_is_right_in_any_range(self):
        data = blocks.content("a.txt", 7, 640)
        self.assertIsNone(blocks.what_is_wrong(data, "a.txt"))
        self.assertIsNone(blocks.what_is_wrong(data[128:300], "a.txt", 128))

    def test_another_file_version_or_place_is_seen(self):
        data = blocks.content("a.txt", 7, 640)
        self.assertIn("at 0", blocks.what_is_wrong(data, "b.txt"))
        self.assertIn("at 36", blocks.what_is_wrong(data[64:], "a.txt"))
        self.assertIn("at 342", blocks.what_is_wrong(data[:320] + blocks.content("a.txt", 800, 640)[320:], "a.txt"))
        self.assertIn("no version", blocks.what_is_wrong(bytes(64), "a.txt"))
        self.assertIsNotNone(blocks.what_is_wrong(b"x", "a.txt"))


def samples(rss=lambda i: 1000, descriptors=lambda i: 50, threads=lambda i: 5):
    return [watch.Sample(descriptors(i), rss(i), 1000, threads(i)) for i in range(100)]


class Watch(unittest.TestCase):
    def test_what_is_flat_after_the_warm_up_is_flat(self):
        flat = samples(rss=lambda i: min(i * 5000, 100_000))
        self.assertEqual(watch.what_has_grown(flat, 8), [])

    def test_what_grows_is_seen(self):
        self.assertIn("rss_kib", watch.what_has_grown(samples(rss=lambda i: 10_000 + i * 200), 8)[0])
        self.assertIn("descriptors", watch.what_has_grown(samples(descriptors=lambda i: 50 + i), 8)[0])
        self.assertIn("threads", watch.what_has_grown(samples(threads=lambda i: 9 if i == 50 else 5), 8)[0])
        self.assertIn("too few", watch.what_has_grown(samples()[:3], 8)[0])


class Log(unittest.TestCase):
    def test_lines_of_all_files_and_of_good_clients_count(self):
        with tempfile.TemporaryDirectory() as name:
            Path(name, "access.log").write_text("soak-good 200 yes /\nslow 408 yes -\n")
            Path(name, "access.log.1").write_text("soak-good 200 yes /\n")
            self.assertEqual(report.count_lines(Path(name)), 2)


class Good(unittest.TestCase):
    """Against a server that answers each connection with the same bytes."""

    def ask(self, answer):
        server = socket.create_server(("127.0.0.1", 0))

        def serve():
            client, _ = server.accept()
            client.recv(4096)
            client.sendall(answer)
            client.close()

        thread = threading.Thread(target=serve)
        thread.start()
        one = good.Good(server.getsockname()[1], "one", good.ask_small)
        try:
            good.ask_small(one)
        finally:
            one.close()
            thread.join()
            server.close()

    def test_no_answer_a_wrong_body_and_a_short_one_are_seen(self):
        head = b"HTTP/1.0 200 OK\r\nContent-Length: 128\r\n\r\n"
        for answer, why in ((b"", "without an answer"), (head + bytes(128), "no version"), (head + b"x", "cut off"),
                            (b"HTTP/1.0 500 Oh\r\nContent-Length: 0\r\n\r\n", "status 500"), (b"HTTP/1.0 2", "a head")):
            with self.assertRaisesRegex(Wrong, why):
                self.ask(answer)


if __name__ == "__main__":
    unittest.main()
