# SPDX-License-Identifier: MIT
"""What the owner does while it runs: reloads of other settings, and turns of the logs."""

import signal
import threading
import time

from talk import Gone, Talk, Wrong

RELOAD_SECONDS = 4
LOG_SECONDS = 3
PATIENCE_SECONDS = 15
LOOK_SECONDS = 0.02
THREADS = ("auto", 3, 6, 2)


class Turns:
    """Reloads and log turns, each seen to have happened."""

    def __init__(self, server):
        self.server = server
        self.reloads = 0
        self.log_turns = 0
        self.answered = 0
        self.failures = []
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self.every, args=(RELOAD_SECONDS, self.reload), name="reload"),
                        threading.Thread(target=self.every, args=(LOG_SECONDS, self.turn_log), name="log turn")]

    def every(self, seconds, act):
        while not self.over.wait(seconds):
            try:
                act()
            except (Wrong, Gone, OSError, ValueError) as failure:
                self.failures.append(f"{threading.current_thread().name}: {type(failure).__name__}: {failure}")

    def ask(self, port):
        talk = Talk(port)
        try:
            answer = talk.ask("/", keep=False)
        finally:
            talk.close()
        self.answered += 1
        return answer

    def await_true(self, what, is_so):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not is_so():
            if time.monotonic() > deadline:
                raise Wrong(f"after {PATIENCE_SECONDS} s still not so: {what}")
            self.over.wait(LOOK_SECONDS)

    def has_second(self):
        try:
            return self.ask(self.server.second_port).status == 200
        except (Gone, OSError):
            return False

    def reload(self):
        number = self.reloads + 1
        has_second = number % 2 == 1
        self.server.configure(number, THREADS[number % len(THREADS)], has_second)
        self.server.signal(signal.SIGHUP)
        self.await_true(f"reload {number} in the answers",
                        lambda: self.ask(self.server.port).fields.get("x-soak") == str(number))
        self.await_true(f"the second listener is {'there' if has_second else 'gone'}",
                        lambda: self.has_second() == has_second)
        self.reloads = number

    def turn_log(self):
        number = self.log_turns + 1
        log = self.server.logs / "access.log"
        log.rename(self.server.logs / f"access.log.{number}")
        self.server.signal(signal.SIGUSR1)
        self.await_true(f"log turn {number}", log.exists)
        self.log_turns = number

    def start(self):
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.over.set()
        for thread in self.threads:
            thread.join()
