# SPDX-License-Identifier: MIT
"""figures.json: all that was measured on this machine, the newest of each workload, with when and on which commit that was. So
the workloads may be measured one by one."""

import json

NAME = "figures.json"
SAME_MACHINE = ("kernel", "processor", "memory")


def read(folder):
    """None when nothing was measured yet."""
    path = folder / NAME
    return json.loads(path.read_text()) if path.exists() else None


def is_of_this_machine(known, about):
    return all(known["machine"].get(name) == about["machine"].get(name) for name in SAME_MACHINE)


def keep(folder, about, measured, rounds):
    """`measured`: results by the name of the workload. What is there of another machine goes."""
    known = read(folder)
    workloads = known["workloads"] if known is not None and is_of_this_machine(known, about) else {}
    versions = known["versions"] if workloads else {}
    for name, results in measured.items():
        workloads[name] = {"began": about["began"], "commit": about["commit"], "rounds": rounds, "results": results}
    everything = {"machine": about["machine"], "versions": versions | about["versions"], "workloads": workloads}
    (folder / NAME).write_text(json.dumps(everything, indent=1, default=str) + "\n")


def measured(known):
    """Results by the name of the workload, as targets.verdicts() takes them."""
    return {name: one["results"] for name, one in known["workloads"].items()}
