# SPDX-License-Identifier: MIT
"""Each system call of the start fails in turn, made to by strace(1): also those that the C library makes."""

import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

from program import Broken
from asking import Wrong

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
MAIN_BEGINS = re.compile(r"^\d+\s+fcntl\(0, F_GETFD", re.M)  # what comes before is the loader's


def trace(trials):
    """The calls of a start and a stop by name: how many the loader makes, and how many there are in all."""
    path = trials.folder / "trace"
    with trials.program(("strace", "-f", "-qq", "-o", str(path)), preload=False) as program:
        if not program.await_start():
            raise Broken(f"it does not start under strace: {program.words}")
        program.stop(child_of(program.process.pid))
    text = path.read_text(errors="replace")
    begin = MAIN_BEGINS.search(text).start()
    return Counter(CALL.findall(text[:begin])), Counter(CALL.findall(text))


def child_of(pid):
    """The program that strace has started."""
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    if not text.split():
        raise Broken("strace has no child")
    return int(text.split()[0])


def fail(trials, name, place, error):
    what = f"start: {name}, {error}"
    prefix = ("strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={name}", "-e", f"inject={name}:error={error}:when={place}")
    try:
        with trials.program(prefix, preload=False) as program:
            if not program.await_start():
                trials.note(what, "refuses to start")
                return
            pid = child_of(program.process.pid)
            trials.look(program, pid)
            trials.note(what, "serves")
    except (Broken, Wrong, OSError, subprocess.SubprocessError) as failure:
        trials.find(what, place, failure)


def can_trace():
    """Some containers forbid ptrace(2)."""
    return shutil.which("strace") is not None and subprocess.run(
        ("strace", "-f", "-qq", "-o", "/dev/null", "true"), check=False, capture_output=True).returncode == 0


def run(trials):
    of_loader, of_all = trace(trials)
    for name, count in sorted(of_all.items()):
        if name not in SPARED:
            for place in trials.places(count - of_loader[name] + 1):
                fail(trials, name, of_loader[name] + place, ERRORS.get(name, "EIO"))
