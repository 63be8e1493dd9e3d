# SPDX-License-Identifier: MIT
"""Measure one workload: all servers are up, and take their turns round by round, so that what else happens on the machine
happens to all of them. The order moves on with each round."""

import contextlib
import sys

import load as wrk
import verify
from machine import ProcessorTime
from instance import Instance, StartFailed

WARM_UP_SECONDS = 0.4
CROWD = 500  # connections; the least that a server comes with is 768


def tell(text):
    print(text, file=sys.stderr, flush=True)


def start(contestant, workload, content, stack):
    instance = stack.enter_context(
        Instance(
            contestant.server, content.root, content.folder, contestant.workers, log=contestant.log,
            crowded=workload.load.connections >= CROWD or contestant.beside is not None,
            body=content.file(workload.load.path), closes=workload.load.closes,
            processor=workload.load.placement and workload.load.placement.server,
        )
    )  # fmt: skip
    instance.start(workload.load.path)
    for path in workload.paths_to_check():
        verify.check(instance.port, path, content.bytes(path), workload.load.closes)
    return instance


def measure_once(instance, contestant, workload, seconds, threads=wrk.CLIENT_THREADS):
    """One turn of one server."""
    with contextlib.ExitStack() as stack:
        company = stack.enter_context(contestant.beside(instance)) if contestant.beside else None
        machine_before, cpu_before = ProcessorTime.now(), instance.cpu_seconds()
        seen = wrk.run(workload.load, instance.port, seconds * workload.seconds_factor, threads)
        cpu, machine = instance.cpu_seconds() - cpu_before, ProcessorTime.now().since(machine_before)
    company_outcome = {"beside": company.outcome} if company is not None else {}
    return sample(seen, cpu, workload) | machine.shares(cpu + seen["cpu_s"]) | company_outcome


def sample(seen, cpu, workload):
    duration = seen["microseconds"] / 1e6
    answers = seen["bytes"] / workload.load.size if workload.is_bulk else seen["requests"]
    return {
        "requests_per_s": answers / duration,
        "mib_per_s": seen["bytes"] / duration / 2**20,
        "p50_ms": seen["p50_us"] / 1e3,
        "p99_ms": seen["p99_us"] / 1e3,
        "p999_ms": seen["p999_us"] / 1e3,
        "cpu_us": cpu * 1e6 / answers if answers > 0 else None,
        "errors": seen["errors"],
        "client_busy": seen["busy"],
        "wrk": seen,
    }


def can_take_part(contestant, workload):
    limit = contestant.server.connections_max
    return limit is None or workload.load.connections <= limit


def blank_result(contestant):
    server = contestant.server
    return {"label": contestant.label, "server": server.name, "role": server.role, "samples": [], "single": [], "problem": None}


def prepare(workload, contestants, content, stack):
    """Start and check all; who fails is told of in its result, and left out. Returns results, and the running ones."""
    results, running = [], []
    for contestant in contestants:
        result = blank_result(contestant)
        results.append(result)
        if not can_take_part(contestant, workload):
            result["problem"] = f"cannot hold {workload.load.connections} connections"
            continue
        try:
            instance = start(contestant, workload, content, stack)
            wrk.warm_up(workload.load, instance.port, WARM_UP_SECONDS)
        except (StartFailed, verify.WrongAnswer, wrk.LoadFailed) as error:
            result["problem"] = str(error)
            tell(f"bench: {contestant.label}: {error}")
            continue
        result["command"] = instance.command
        result["config"] = instance.config
        running.append((contestant, instance, result))
    return results, running


def stop_all(running):
    for _, instance, _ in running:
        instance.signal_stop()


def one_round(number, workload, running, seconds, kept_as, threads):
    shift = number % len(running) if running else 0
    for contestant, instance, result in running[shift:] + running[:shift]:
        if result["problem"] is not None:
            continue
        try:
            result[kept_as].append(measure_once(instance, contestant, workload, seconds, threads))
        except (wrk.LoadFailed, OSError) as error:
            result["problem"] = str(error)
            tell(f"bench: {contestant.label}: {error}")


def measure(workload, contestants, content, effort):
    """Returns one result for each contestant: its samples, those with a client of one thread, its memory at the end, or its
    problem."""
    with contextlib.ExitStack() as stack:
        results, running = prepare(workload, contestants, content, stack)
        for number in range(min(effort.rounds, workload.rounds_max)):
            one_round(number, workload, running, effort.seconds, "samples", wrk.CLIENT_THREADS)
        for number in range(effort.single_rounds if workload.has_single else 0):
            one_round(number, workload, running, effort.seconds, "single", 1)
        for _, instance, result in running:
            result["memory"] = instance.memory_bytes()
        stop_all(running)
    return results
