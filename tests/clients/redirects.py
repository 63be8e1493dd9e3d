# SPDX-License-Identifier: MIT
"""Clients that follow redirects in ways of their own: to a folder's slash, and to where a file has moved."""

import trees
from outcome import check_equal

DATA = trees.noise(trees.MIB)
CONTENTS = {
    "files/data.bin": DATA,
    "files/more/data.bin": DATA,
    "about.html": b"<p>about</p>",
    "shop/index.html": b"<p>shop</p>",
}
MOVED = 'redirect "/old/*" { to = "/files/$1" }\n'
CLEAN = "clean_urls = on\n"

# Where each page is asked for, and what is to come: without its slash, and with one too many.
PAGES = {"/shop": b"<p>shop</p>", "/about/": b"<p>about</p>"}


def fetch_all(stage, command):
    """command(url, name) fetches the URL into a file of the folder `out` that has this name."""
    with stage.serve(CONTENTS, config=MOVED + CLEAN) as server:
        for number, (path, page) in enumerate(PAGES.items()):
            stage.run(*command(server.url + path, f"page-{number}"))
            check_equal((stage.out / f"page-{number}").read_bytes(), page, f"what {path} leads to")
        stage.run(*command(server.url + "/old/more/data.bin", "data.bin"))
        check_equal(
            trees.digest((stage.out / "data.bin").read_bytes()),
            trees.digest(DATA),
            "the digest of a moved file",
        )


def busybox(stage):
    fetch_all(stage, lambda url, name: ("busybox", "wget", "-q", "-O", name, url))


def axel(stage):
    fetch_all(stage, lambda url, name: ("axel", "-q", "-n", "4", "-o", name, url))


def curl(stage):
    fetch_all(stage, lambda url, name: ("curl", "-sSfL", "-o", name, url))
