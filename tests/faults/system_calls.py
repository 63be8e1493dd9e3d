# SPDX-License-Identifier: MIT
"""Each system call of the start, and of a request, fails in turn, made to by strace(1): also those that the C library makes."""

import re
import shutil
import subprocess
import sys
from collections import Counter

from asking import REQUESTS, Wrong, ask_once
from program import Broken

CALL = re.compile(r"^\d+\s+(\w+)\(", re.M)
# What the kernel may well say; EIO for what is not listed.
ERRORS = {
    "openat": "EMFILE", "openat2": "EMFILE", "socket": "EMFILE", "epoll_create1": "EMFILE", "eventfd2": "EMFILE",
    "signalfd4": "EMFILE", "mmap": "ENOMEM", "mprotect": "ENOMEM", "clone3": "EAGAIN", "clone": "EAGAIN",
    "bind": "EADDRINUSE", "listen": "EADDRINUSE", "getrandom": "ENOSYS", "epoll_ctl": "ENOSPC", "epoll_wait": "EINTR",
    "poll": "EINTR", "prlimit64": "EPERM", "rt_sigaction": "EINVAL", "rt_sigprocmask": "EINVAL", "fcntl": "EBADF",
    "accept4": "EMFILE", "recvfrom": "ECONNRESET", "sendmsg": "EPIPE", "sendfile": "EPIPE", "shutdown": "ENOTCONN",
}
# Ends and returns, which cannot fail; what the C library does not expect to fail with valid arguments; the break, which the
# kernel moves or leaves without an error.
SPARED = {"execve", "exit_group", "exit", "futex", "rt_sigprocmask", "rt_sigreturn", "restart_syscall", "munmap", "brk"}
# What strace leaves undone, and Linux does whatever it returns: preload.c has these, too. By write(2) threads are woken as
# well, over a descriptor on which it cannot fail.
SPARED_WHILE_ANSWERING = SPARED | {"close", "write"}
UNHEARD = {"write", "writev"}  # what the program says may be among it
MAIN_BEGINS = re.compile(r"^\d+\s+fcntl\(0, F_GETFD", re.M)  # what comes before is the loader's
FEW_REQUESTS = 3
END_SECONDS = 60


# --- the start ------------------------------------------------------------------------------------------------------

def trace_start(trials):
    """The calls of a start and a stop by name: how many the loader makes, and how many there are in all."""
    path = trials.folder / "trace"
    with trials.program(("strace", "-f", "-qq", "-o", str(path)), preload=False) as program:
        if not program.await_start():
            raise Broken(f"it does not start under strace: {program.words}")
        program.stop()
    text = path.read_text(errors="replace")
    begin = MAIN_BEGINS.search(text).start()
    return Counter(CALL.findall(text[:begin])), Counter(CALL.findall(text))


def fail_start(trials, name, place, error):
    what = f"start: {name}, {error}"
    prefix = ("strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={name}", "-e", f"inject={name}:error={error}:when={place}")
    try:
        with trials.program(prefix, preload=False) as program:
            if not (program.await_unheard_start() if name in UNHEARD else program.await_start()):
                trials.note(what, "refuses to start")
                return
            trials.look(program)
            trials.note(what, "serves")
    except (Broken, Wrong, OSError, subprocess.SubprocessError) as failure:
        trials.find(what, place, failure)


def start(trials):
    of_loader, of_all = trace_start(trials)
    for name, count in sorted(of_all.items()):
        if name not in SPARED:
            for place in trials.places(count - of_loader[name] + 1):
                fail_start(trials, name, of_loader[name] + place, ERRORS.get(name, "EIO"))


# --- a request ------------------------------------------------------------------------------------------------------

class CannotAttach(Broken):
    """A process that is no child may not be traced here."""


class Tracer:
    """strace, attached to a Lido that serves."""

    def __init__(self, trials, pid, options=()):
        self.path = trials.folder / "trace"
        self.process = subprocess.Popen(("strace", "-f", "-o", str(self.path), *options, "-p", str(pid)),
                                        stderr=subprocess.PIPE, text=True)
        said = self.process.stderr.readline()
        if "attached" not in said:
            self.end()
            raise CannotAttach(said.strip())

    def end(self):
        """Let Lido go. Returns what was seen."""
        self.process.terminate()
        self.process.communicate(timeout=END_SECONDS)
        return self.path.read_text(errors="replace")


def trace_requests(trials):
    """The calls by name of each request."""
    with trials.program(preload=False) as program:
        trials.begin(program)
        calls = {}
        for request in REQUESTS:
            tracer = Tracer(trials, program.pid())
            ask_once(program.port, request)
            calls[request] = Counter(CALL.findall(tracer.end()))
        program.stop()
    return calls


def fail_request(trials, request, name, count):
    error = ERRORS.get(name, "EIO")

    def begin_faults(place, program):
        options = ("-e", f"trace={name}", "-e", f"inject={name}:error={error}:when={place}")
        tracer = Tracer(trials, program.pid(), options)
        return lambda: tracer.end().count("(INJECTED)")

    trials.while_answering(f"{name}, {error}", request, trials.places(count + 1), begin_faults, preload=False)


def answering(trials):
    try:
        calls = trace_requests(trials)
    except CannotAttach as failure:
        print(f"faults: the system calls of requests are left out: {failure}", file=sys.stderr)
        return
    names = {name for counter in calls.values() for name in counter} - SPARED_WHILE_ANSWERING
    for name in sorted(names):
        having = sorted((request for request in REQUESTS if calls[request][name] > 0), key=lambda request: -calls[request][name])
        for request in having if trials.is_thorough() else having[:FEW_REQUESTS]:
            fail_request(trials, request, name, calls[request][name])


def can_trace():
    """Some containers forbid ptrace(2)."""
    return shutil.which("strace") is not None and subprocess.run(
        ("strace", "-f", "-qq", "-o", "/dev/null", "true"), check=False, capture_output=True).returncode == 0


def run(trials):
    start(trials)
    answering(trials)
