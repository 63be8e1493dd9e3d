# SPDX-License-Identifier: MIT
"""From samples to figures: medians over the rounds, ratios, and the best of the peers."""

from statistics import median

HIGHER_IS_BETTER = {"requests_per_s", "mib_per_s"}
ERROR_SHARE_MAX = 0.01
SATURATED = 0.95  # so busy, the client is what was measured


def values(result, metric, kept_as="samples"):
    return [one[metric] for one in result.get(kept_as, []) if one.get(metric) is not None]


def middle(result, metric, kept_as="samples"):
    """The median; None when there is nothing. `kept_as`: "single" for the rounds with a client of one thread."""
    found = values(result, metric, kept_as)
    return median(found) if found else None


def spread(result, metric):
    """Half the distance from the smallest to the largest, in parts of the median."""
    found = values(result, metric)
    return (max(found) - min(found)) / 2 / median(found) if found and median(found) else None


def turns(result):
    return [*result["samples"], *result.get("single", [])]


def error_count(result):
    return sum(one.get("errors", 0) for one in turns(result))


def rounds_with_errors(result):
    return sum(1 for one in turns(result) if one.get("errors", 0) > 0)


def is_saturated(result, kept_as="samples"):
    busy = middle(result, "client_busy", kept_as)
    return busy is not None and busy > SATURATED


def find(results, label):
    for result in results:
        if result["label"] == label:
            return result
    return None


def figure(results, label, metric):
    """The median of one contestant; None when it was not there."""
    result = find(results or [], label)
    return middle(result, metric) if result is not None else None


def is_disqualified(result):
    """Whether so much went wrong that its figures are of something else. A stray error is told of, but does not make a
    fast peer vanish."""
    requests = sum(one["wrk"]["requests"] for one in turns(result) if "wrk" in one)
    return error_count(result) > ERROR_SHARE_MAX * requests


def best_peer(results, metric):
    """(label, figure) of the best server that is neither Lido nor the floor; (None, None) without any."""
    peers = [(one["label"], middle(one, metric)) for one in results if one["role"] == "peer" and not is_disqualified(one)]
    peers = [(label, value) for label, value in peers if value is not None]
    if not peers:
        return None, None
    return (max if metric in HIGHER_IS_BETTER else min)(peers, key=lambda peer: peer[1])


def ratio(value, base):
    return value / base if value is not None and base else None


def short_number(value):
    """As much of it as one reads: 128,728 and 9.06, not 1.287e+05."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
