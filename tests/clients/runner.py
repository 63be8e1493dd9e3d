# SPDX-License-Identifier: MIT
"""Runs the tasks, each in a temporary folder of its own, and prints what came of them in their order."""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import clients
from outcome import Failed, LeftOut
from stage import Stage

ROW = "{:<12} {:<48} {}"


def is_there(client):
    words = shlex.split(client.probe)
    if shutil.which(words[0]) is None:
        return False
    if len(words) == 1:
        return True
    return subprocess.run(words, capture_output=True, stdin=subprocess.DEVNULL).returncode == 0


def attempt(task, program):
    """What came of it: a word, and a text that says more, maybe of several lines."""
    with tempfile.TemporaryDirectory(prefix="lido-clients-", ignore_cleanup_errors=True) as folder:
        began = time.monotonic()
        try:
            task.function(Stage(program, Path(folder)))
        except LeftOut as reason:
            return "left out", str(reason)
        except Failed as complaint:
            return "FAILED", str(complaint)
        except (
            Exception
        ) as error:  # that the task did not foresee, such as a file that the client never wrote
            return "FAILED", f"{error!r}\n{traceback.format_exc()}"
        return "passed", f"{time.monotonic() - began:.1f} s"


def tell(task, outcome, text):
    first, _, rest = text.partition("\n")
    result = f"passed, {first}" if outcome == "passed" else f"{outcome}: {first}"
    print(ROW.format(task.client, task.text, result))
    for line in rest.splitlines():
        print(f"    | {line}")
    sys.stdout.flush()


def try_out(task, program, lacking):
    if task.client not in lacking:
        return attempt(task, program)
    wanted = " ".join(lacking[task.client].packages) or task.client
    return "left out", f"{wanted} is not installed"


def run(chosen, program):
    """Counts of each outcome. As many tasks run at the same time as there are processors: most wait half of
    their time."""
    counts = dict.fromkeys(("passed", "FAILED", "left out"), 0)
    names = {client.name for client in chosen}
    lacking = {client.name: client for client in chosen if not is_there(client)}
    tasks = [task for task in clients.TASKS if task.client in names]
    print(ROW.format("client", "task", "result"))
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        try:
            results = threads.map(lambda task: try_out(task, program, lacking), tasks)
            for task, (outcome, text) in zip(tasks, results):
                counts[outcome] += 1
                tell(task, outcome, text)
        except BaseException:
            threads.shutdown(cancel_futures=True)
            raise
    return counts
