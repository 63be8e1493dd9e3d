# SPDX-License-Identifier: MIT
"""How a task says that something is wrong, or that it cannot be tried here."""


class Failed(Exception):
    """The client did not get what it should; the first line says what, the others are details."""


class LeftOut(Exception):
    """The machine lacks something without which the task says nothing of Lido; the text says what."""


def check(truth, complaint):
    if not truth:
        raise Failed(complaint)


def check_equal(found, wanted, what):
    if found != wanted:
        raise Failed(f"{what}: {shown(found)}, not {shown(wanted)}")


def shown(value):
    text = repr(value)
    return text if len(text) <= 200 else text[:197] + "..."
