# SPDX-License-Identifier: MIT
"""The trials: each makes one call fail, after another, and says what came of it."""

import errno
import time
from collections import Counter

import reloads
from control import KINDS
from program import Broken, Program
from asking import INDEX, REQUESTS, Wrong, ask_kept, ask_once, check, count_descriptors, is_right

SETTLE_SECONDS = 60  # only a leak takes as long
LOOKS = 8
LOG_SECONDS = 2
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
        self.right = {}  # of a Lido that nothing has failed in
        self.rows = {}
        self.findings = []

    def is_thorough(self):
        return self.places is every

    def program(self, prefix=(), preload=True, config=None):
        return Program(self.lido, self.preload if preload else None, self.control, self.folder, prefix, config)

    def note(self, what, outcome):
        self.rows.setdefault(what, Counter())[outcome] += 1

    def find(self, what, place, failure):
        self.note(what, "FAULT")
        self.findings.append(f"{what}, call {place}: {failure}")
        print(f"FAULT {self.findings[-1]}", flush=True)

    # --- the start ------------------------------------------------------------------------------------------

    def look(self, program):
        """It serves all that it serves after a good start, if not at once: strace counts the calls of each thread. And it ends
        well."""
        for request, right in self.right.items():
            outcomes = []
            answer = ask_once(program.port, request)
            while not is_right(request, answer, right):
                outcomes.append(answer.outcome())
                if len(outcomes) == LOOKS:
                    raise Broken(f"it listens, and does not serve ({request.name}): {', '.join(outcomes)}")
                answer = ask_once(program.port, request)
        program.stop()

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

    @staticmethod
    def learn(port):
        """What is right."""
        for _ in range(2):
            right = {request: ask_once(port, request) for request in REQUESTS}
        return right

    @staticmethod
    def settle(program, wanted, count=count_descriptors, name="descriptors"):
        """All of them come back, soon. Returns how many there are."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while (found := count(program.pid())) > wanted:
            if time.monotonic() > deadline:
                raise Broken(f"{found} {name}, {wanted} before")
            time.sleep(0.01)
        return found

    @staticmethod
    def begin(program):
        """Start it, and let it answer once without faults. Returns what is right, and how many descriptors it takes to be
        idle: as many as before there was a client."""
        if not program.await_start():
            raise Broken(f"it does not start: {program.words}")
        before = count_descriptors(program.pid())
        right = Trials.learn(program.port)
        return right, Trials.settle(program, before)

    @staticmethod
    def one_request(program, request, right, end_faults):
        """Ask while calls fail, and check what comes; afterwards all is well again. `end_faults` says how many there were."""
        try:
            answers = ask_kept(program.port, request) if request in KEPT else [ask_once(program.port, request)]
        finally:
            fired = end_faults()
        if program.is_gone():
            raise Broken(f"it has ended with status {program.process.returncode}")
        for answer in answers:
            check(request, answer, right[request])
        after = ask_once(program.port, INDEX)
        if after != right[INDEX]:
            raise Wrong(f"the next request gets {after.outcome()}")
        return fired, ", ".join(sorted({answer.outcome() for answer in answers}))

    def while_answering(self, what, request, places, begin_faults, preload=True):
        """The Nth call fails while a request is answered. `begin_faults` is told N and the program, and returns what ends it."""
        with self.program(preload=preload) as program:
            self.control.clear()
            right, idle_count = self.begin(program)
            for place in places:
                try:
                    fired, outcome = self.one_request(program, request, right, begin_faults(place, program))
                    self.settle(program, idle_count)
                except (Broken, Wrong) as failure:
                    self.find(f"{what}: {request.name}", place, failure)
                    break
                if fired == 0:
                    break
                self.note(what, outcome)
            self.end(program, f"{what}: {request.name}")

    def end(self, program, what):
        self.control.clear()
        if program.is_gone():
            return
        try:
            program.stop()
        except Broken as failure:
            self.find(what, "any", failure)

    def requests(self, kind, error):
        """The Nth call fails while a request is answered, for each request."""
        def begin_faults(place, _):
            self.control.set(kind.number, error, place)
            return lambda: self.end_faults(kind)
        for request in REQUESTS:
            self.while_answering(f"{kind.name}, {errno.errorcode[error]}", request, self.places(100_000), begin_faults)

    def end_faults(self, kind):
        """The log's lines are written after the answers: those one may wait for."""
        deadline = time.monotonic() + (LOG_SECONDS if kind.is_late else 0)
        while self.control.fired == 0 and time.monotonic() < deadline:
            time.sleep(0.01)
        fired = self.control.fired
        self.control.clear()
        return fired

    def short(self):
        """All calls transfer a few bytes at most: nothing is different but the pace."""
        for at_most in SHORT_COUNTS:
            what = f"{at_most} bytes at once"
            with self.program() as program:
                right, _ = self.begin(program)
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
                self.end(program, what)

    def run(self):
        with self.program() as program:
            self.right, _ = self.begin(program)
            program.stop()
        for kind in KINDS:
            for error in kind.errors:
                self.start(kind, error)
                self.requests(kind, error)
                reloads.run(self, kind, error)
        self.short()
