# SPDX-License-Identifier: MIT
"""What a process and all that it started have used: processor time and memory, from the kernel's books."""

import os
import time
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
MEMORY_FIELDS = {  # of /proc/PID/smaps_rollup, see proc(5)
    "rss": ("Rss",),
    "pss": ("Pss",),
    "private": ("Private_Clean", "Private_Dirty"),
    "anonymous": ("Pss_Anon",),  # what is shared after a fork counts once
}


def stat_fields(pid):
    """The fields of /proc/PID/stat after the name, which may itself hold blanks and brackets; None if it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def tree(pid):
    """The process, its children, their children."""
    children = {}
    for entry in os.listdir("/proc"):
        fields = stat_fields(entry) if entry.isdigit() else None
        if fields is not None:
            children.setdefault(int(fields[1]), []).append(int(entry))
    found = [pid]
    for process in found:
        found.extend(children.get(process, []))
    return found


def process_clock(pid):
    """The clock of another process's processor time, as clock_getcpuclockid(3) makes it: nanoseconds, where
    /proc/PID/stat counts in hundredths of a second."""
    return (~pid << 3) | 2


def cpu_seconds(pid):
    """Processor time of the whole tree so far, of children that have ended (and were waited for), too."""
    total = 0.0
    for process in tree(pid):
        fields = stat_fields(process)
        try:
            total += time.clock_gettime(process_clock(process))
        except OSError:
            continue
        if fields is not None:
            total += (int(fields[13]) + int(fields[14])) / TICKS_PER_SECOND
    return total


def memory_bytes(pid):
    """Memory of the whole tree: rss counts shared pages for each process, pss divides them, private leaves them out;
    anonymous is what no file is behind: heap and stacks."""
    total = dict.fromkeys(MEMORY_FIELDS, 0)
    for process in tree(pid):
        try:
            lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:]
        except OSError:
            continue
        kibibytes = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)}
        for name, fields in MEMORY_FIELDS.items():
            total[name] += 1024 * sum(kibibytes.get(field, 0) for field in fields)
    return total
