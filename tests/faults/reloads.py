# SPDX-License-Identifier: MIT
"""Each call of a reload fails in turn: all stays as it was, or all is new; the next reload is well, and nothing is left over."""

import errno
import os
import signal

from asking import INDEX, Wrong, ask_once, count_workers
from program import Broken

# More of all that a reload takes: threads, folders, hosts, rules, logs.
SMALL = "threads = 2\n"
LARGE = """threads = 4
file_cache = off
access_log = "{folder}/other.log"
header "/a/*" {{ add = {{ "X-A: b" }} }}
host b.example {{
    root = "{folder}/site/list"
}}
"""
END = r"reload: (all stays as it was|(nothing has changed, )?done in).*\n"


def reload(program, path, text):
    """Returns whether it has taken the settings."""
    path.write_text(text)
    os.kill(program.pid(), signal.SIGHUP)
    return "done in" in program.await_words(END)


def fail(trials, program, path, fault):
    """Returns what came of it. None: there are no more such calls."""
    kind, error, place = fault
    trials.control.set(kind.number, error, place)
    is_done = reload(program, path, LARGE.format(folder=trials.folder))
    fired = trials.control.fired
    trials.control.clear()
    return None if fired == 0 else "is done" if is_done else "changes nothing"


def look(trials, program, path, idle):
    """Back to where it was, with all that it had then and no more."""
    if not reload(program, path, SMALL):
        raise Broken(f"the next reload fails; it said: {program.words!r}")
    answer = ask_once(program.port, INDEX)
    if answer != trials.right[INDEX]:
        raise Wrong(f"the next request gets {answer.outcome()}")
    trials.settle(program, idle[0])
    trials.settle(program, idle[1], count_workers, "workers")


def run(trials, kind, error):
    what = f"reload: {kind.name}, {errno.errorcode[error]}"
    path = trials.folder / "lido.conf"
    path.write_text(SMALL)
    with trials.program(config=path) as program:
        trials.control.clear()
        _, descriptors = trials.begin(program)
        idle = descriptors, count_workers(program.pid())
        for place in trials.places(100_000):
            try:
                outcome = fail(trials, program, path, (kind, error, place))
                look(trials, program, path, idle)
            except (Broken, Wrong) as failure:
                trials.find(what, place, failure)
                break
            if outcome is None:
                break
            trials.note(what, outcome)
        trials.end(program, what)
