# SPDX-License-Identifier: MIT
"""ab counts the answers that fail, or that are not as long as the first."""

import re

import trees
from outcome import check_equal

REQUESTS = 3000
LINE = re.compile(r"^([A-Za-z-]+) requests: +(\d+)$", re.MULTILINE)


def ab(stage, *options):
    with stage.serve({"page.txt": trees.text(300)}) as server:
        said = stage.run("ab", "-q", "-n", str(REQUESTS), "-c", "50", *options, server.url + "/page.txt")
    counts = {name: int(count) for name, count in LINE.findall(said)}
    check_equal(counts["Complete"], REQUESTS, "complete requests")
    check_equal(counts["Failed"], 0, "failed requests")
    return counts


def ab_close(stage):
    ab(stage)


def ab_keep_alive(stage):
    check_equal(ab(stage, "-k")["Keep-Alive"], REQUESTS, "requests on connections that were kept")
