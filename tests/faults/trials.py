# SPDX-License-Identifier: MIT
"""The trials: each makes one call fail, after another, and says what came of it."""

import errno
import time
from collections import Counter

from control import KINDS
from program import Broken, Program
from asking import INDEX, REQUESTS, Wrong, ask_kept, ask_once, check, count_descriptors

SETTLE_SECONDS = 10
LOOKS = 8
KEPT = [request for request in REQUESTS if request.name in ("index", "list as JSON", "large file")]
SHORT_COUNTS = (1, 7, 1000)


def every(limit):
    return range(1, limit)


def few(limit):
    """1, 2, 3, 5, 8, 13 ..."""
    a, b = 1, 2
    while a < limit:
        yield a
        a, b = b, a + b


class Trials:
    """`places` says which calls of a kind fail: every() or few()."""

    def __init__(self, lido, preload, control, folder, places):
        self.lido, self.preload, self.control, self.folder, self.places = lido, preload, control, folder, places
        self.rows = {}
        self.findings = []

    def program(self, prefix=(), preload=True):
        return Program(self.lido, self.preload if preload else None, self.control, self.folder, prefix)

    def note(self, what, outcome):
        self.rows.setdefault(what, Counter())[outcome] += 1

    def find(self, what, place, failure):
        self.note(what, "FAULT")
        self.findings.append(f"{what}, call {place}: {failure}")
        print(f"FAULT {self.findings[-1]}", flush=True)

    # --- the start ------------------------------------------------------------------------------------------

    @staticmethod
    def look(program, pid=None):
        """It serves, if not at once: strace counts the calls of each thread. And it ends well."""
        answers = [ask_once(program.port, INDEX) for _ in range(LOOKS)]
        if answers[-1].status != 200:
            raise Broken(f"it listens, and does not serve: {', '.join(answer.outcome() for answer in answers)}")
        program.stop(pid)

    def start(self, kind, error):
        """The Nth call of the kind fails while the program starts, until there is no Nth."""
        what = f"start: {kind.name}, {errno.errorcode[error]}"
        for place in self.places(100_000):
            self.control.set(kind.number, error, place)
            try:
                with self.program() as program:
                    outcome = self.look_after_start_of(program)
            except (Broken, Wrong) as failure:
                self.find(what, place, failure)
                continue
            if outcome is None:
                return
            self.note(what, outcome)

    def look_after_start_of(self, program):
        """None: it listens, and nothing has failed, so that there are no more calls."""
        listens = program.await_start()
        fired = self.control.fired
        self.control.clear()
        if listens and fired == 0:
            program.stop()
            return None
        if not listens:
            return "refuses to start"
        self.look(program)
        return "serves"

    # --- requests -------------------------------------------------------------------------------------------

    def learn(self, port):
        """What is right, and how many descriptors it takes to be idle."""
        for _ in range(2):
            right = {request: ask_once(port, request) for request in REQUESTS}
        return right

    def settle(self, program, wanted):
        """All descriptors come back, soon."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while (found := count_descriptors(program.process.pid)) > wanted:
            if time.monotonic() > deadline:
                raise Broken(f"{found} descriptors are open, {wanted} before")
            time.sleep(0.01)

    def one_request(self, program, request, right):
        """Ask while a call fails, and check what comes; afterwards all is well again."""
        answers = ask_kept(program.port, request) if request in KEPT else [ask_once(program.port, request)]
        fired = self.control.fired
        self.control.clear()
        if program.is_gone():
            raise Broken(f"it has ended with status {program.process.returncode}")
        for answer in answers:
            check(request, answer, right[request])
        after = ask_once(program.port, INDEX)
        if after != right[INDEX]:
            raise Wrong(f"the next request gets {after.outcome()}")
        return fired, ", ".join(sorted({answer.outcome() for answer in answers}))

    def requests(self, kind, error):
        """The Nth call fails while a request is answered, for each request."""
        what = f"{kind.name}, {errno.errorcode[error]}"
        for request in REQUESTS:
            with self.program() as program:
                self.control.clear()
                if not program.await_start():
                    raise Broken(f"it does not start: {program.words}")
                right = self.learn(program.port)
                time.sleep(0.05)
                open_count = count_descriptors(program.process.pid)
                for place in self.places(100_000):
                    self.control.set(kind.number, error, place)
                    try:
                        fired, outcome = self.one_request(program, request, right)
                        self.settle(program, open_count)
                    except (Broken, Wrong) as failure:
                        self.control.clear()
                        self.find(f"{what}: {request.name}", place, failure)
                        break
                    if fired == 0:
                        break
                    self.note(what, outcome)
                if not program.is_gone():
                    self.control.clear()
                    try:
                        program.stop()
                    except Broken as failure:
                        self.find(f"{what}: {request.name}", "any", failure)

    def short(self):
        """All calls transfer a few bytes at most: nothing is different but the pace."""
        for at_most in SHORT_COUNTS:
            what = f"{at_most} bytes at once"
            with self.program() as program:
                if not program.await_start():
                    raise Broken(f"it does not start: {program.words}")
                right = self.learn(program.port)
                for request in REQUESTS:
                    if at_most < 1000 and request.name in ("large file", "tar", "zip"):
                        continue # so many bytes one by one take too long
                    self.control.set(at_most=at_most)
                    try:
                        answer = ask_once(program.port, request)
                        check(request, answer, right[request])
                        if answer.status != right[request].status or not answer.is_whole:
                            raise Wrong(f"{request.name}: {answer.outcome()}")
                        self.note(what, answer.outcome())
                    except Wrong as failure:
                        self.find(what, request.name, failure)
                self.control.clear()
                program.stop()

    def run(self):
        for kind in KINDS:
            for error in kind.errors:
                self.start(kind, error)
                self.requests(kind, error)
        self.short()
