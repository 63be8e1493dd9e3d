# SPDX-License-Identifier: MIT
"""The figures as a picture: a row for each workload, a column for each question, a bar for each server, the best at the top.
Drawn by gnuplot."""

import shutil
import subprocess

from figures import HIGHER_IS_BETTER, error_count, middle, short_number

COLUMNS = (
    ("requests_per_s", "requests/s (more is better)"),
    ("p99_ms", "99th percentile, ms (less is better)"),
    ("cpu_us", "CPU us/request (less is better)"),
)
COLOURS = {"lido": "#0b7285", "floor": "#ced4da", "peer": "#8fa3b0"}
WIDTH = 1280
ROW_HEIGHT = 64
BAR_HEIGHT = 17
SECONDS = 60


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def bars(results, metric):
    """(figure, label, role), the best last: gnuplot counts from the bottom."""
    found = []
    for result in results:
        value = middle(result, metric)
        if value is not None:
            found.append((value, result["label"] + (" (errors!)" if error_count(result) else ""), result["role"]))
    return sorted(found, key=lambda one: one[0], reverse=metric not in HIGHER_IS_BETTER)


def panel(title, results, metric, heading, place):
    left, bottom, width, height = place
    found = bars(results, metric)
    if not found:
        return []
    labels = ", ".join(f"{quoted(label)} {index}" for index, (_, label, _) in enumerate(found))
    longest = max(value for value, _, _ in found) or 1
    lines = [
        f"set origin {left:.4f},{bottom:.4f}", f"set size {width:.4f},{height:.4f}",
        f"set title {quoted(f'{title}: {heading}')}", f"set ytics ({labels}) nomirror scale 0",
        f"set xrange [0:{longest * 1.22:.6g}]", f"set yrange [-0.6:{len(found) - 0.4}]", "unset label",
    ]  # fmt: skip
    lines += [f'set label " {short_number(value)}" at {value:.6g},{index} left' for index, (value, _, _) in enumerate(found)]
    lines.append("$bars << END")
    for index, (value, _, role) in enumerate(found):
        colour = COLOURS[role].replace("#", "0x")
        lines.append(f"{value / 2:.6g} {index} {value / 2:.6g} 0.4 {colour}")
    lines += ["END", "plot $bars using 1:2:3:4:5 with boxxyerror fillstyle solid 1 noborder linecolor rgb variable notitle"]
    return lines


def script(output, sections):
    heights = [ROW_HEIGHT + BAR_HEIGHT * len(results) for _, results in sections]
    total = sum(heights)
    lines = [
        f'set terminal svg size {WIDTH},{total} font "sans-serif,11" background "#ffffff"',
        f"set output {quoted(str(output))}", "set multiplot", "set border 0", "unset xtics", "set lmargin 21",
        "set rmargin 1", "set tmargin 2", "set bmargin 1", 'set title font ",11" offset -8,-0.5',
    ]  # fmt: skip
    top = 1.0
    for (title, results), height in zip(sections, heights):
        top -= height / total
        for index, (metric, heading) in enumerate(COLUMNS):
            place = (index / len(COLUMNS), top, 1 / len(COLUMNS), height / total)
            lines += panel(title, results, metric, heading, place)
    return "\n".join([*lines, "unset multiplot", ""])


def draw(output, sections):
    """`sections`: (title, results) of each workload. Returns what there is to say when there is no picture, or None."""
    if shutil.which("gnuplot") is None:
        return "no picture: gnuplot is not installed"
    if not sections:
        return "no picture: nothing to draw"
    try:
        done = subprocess.run(
            ["gnuplot", "-"], input=script(output, sections), capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return f"no picture: gnuplot does not end after {SECONDS} s"
    return None if done.returncode == 0 else f"no picture: {done.stderr.strip()}"
