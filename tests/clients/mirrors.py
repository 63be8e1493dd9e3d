# SPDX-License-Identifier: MIT
"""Clients that copy a whole tree by following the links of its pages."""

from collections import Counter
from urllib.parse import unquote

import trees
from outcome import check

MANY = 2500
PAGE_BYTES = 100 * trees.KIB  # more than the page of a small folder needs


def is_page(path):
    return path.rsplit("/", 1)[-1] == "index.html"


def check_copy(copy, contents):
    """The pages that a mirror keeps are no files of the tree."""
    trees.check_same({path: content for path, content in copy.items() if not is_page(path)}, contents)


def check_asked_once(server, contents, besides=()):
    """Each file once, each folder's page once, and nothing else: no other form, order or view of a page."""
    wanted = {"/" + path for path in contents.keys() | trees.folders_of(contents)} - set(besides)
    counts = Counter(
        unquote(r.target) for r in server.requests if r.method == "GET" and r.target not in besides
    )
    extra = counts.keys() - wanted
    check(not extra, f"it asked for {len(extra)} more than files and pages ({trees.some(extra)})")
    check(not wanted - counts.keys(), f"it never asked for {trees.some(wanted - counts.keys())}")
    again = {target for target, count in counts.items() if count > 1}
    check(not again, f"it asked more than once for {trees.some(again)}")


def check_few_bytes(server, contents):
    most = sum(map(len, contents.values())) + PAGE_BYTES * len(trees.folders_of(contents))
    check(
        server.sent_bytes() <= most, f"{server.sent_bytes():,} bytes were sent, at most {most:,} are needed"
    )


def wget(stage):
    contents = trees.PLAIN | trees.ODD
    with stage.serve(contents) as server:
        stage.run(
            "wget", "-q", "-m", "-nH", "--no-parent", "--restrict-file-names=nocontrol", server.url + "/"
        )
    check_asked_once(server, contents, besides=["/robots.txt"])
    check_copy(stage.fetched(), contents)
    check_few_bytes(server, contents)


def wget_long(stage):
    contents = {f"long/{name}": content for name, content in trees.many(MANY).items()}
    with stage.serve(contents) as server:
        stage.run("wget", "-q", "-m", "-nH", "--no-parent", server.url + "/long/")
    check_asked_once(server, contents, besides=["/robots.txt", "/"])
    check_copy(stage.fetched(), contents)


def wget_again(stage):
    """The second time nothing has changed, so no file is sent again."""
    with stage.serve(trees.PLAIN) as server:
        for _ in range(2):
            stage.run("wget", "-q", "-m", "-nH", "--no-parent", server.url + "/")
    check_copy(stage.fetched(), trees.PLAIN)
    sent = server.count(method="GET", status=200)
    again = [path for path in trees.PLAIN if sent["/" + path] != 1]
    check(not again, f"it was sent twice: {trees.some(again)}")


def wget2(stage):
    contents = trees.PLAIN | trees.ODD
    with stage.serve(contents) as server:
        stage.run("wget2", "-q", "-m", "-nH", "--no-parent", "--max-threads=4", server.url + "/")
    check_asked_once(server, contents, besides=["/robots.txt"])
    check_copy(stage.fetched(), contents)


def lftp(stage):
    contents = trees.PLAIN | trees.ODD
    with stage.serve(contents) as server:
        stage.run("lftp", "-c", f"set net:max-retries 2; mirror --parallel=4 {server.url}/ {stage.out}")
    trees.check_same(stage.fetched(), contents)


def lftp_long(stage):
    contents = trees.many(MANY)
    with stage.serve(contents) as server:
        stage.run("lftp", "-c", f"set net:max-retries 2; mirror --parallel=4 {server.url}/ {stage.out}")
    trees.check_same(stage.fetched(), contents)


def httrack(stage):
    """It makes three requests a second, whatever one tells it; so few of them have to do, and 10 seconds."""
    contents = {path: content for path, content in trees.PLAIN.items() if not path.startswith("photos/2026")}
    with stage.serve(contents) as server:
        stage.run(
            "httrack",
            server.url + "/",
            "-O",
            stage.out,
            "-q",
            "-I0",
            "-s0",
            "-c8",
            "-%c50",
            "-E10",
            "-A100000000",
            "--disable-security-limits",
        )
    copy = trees.read(stage.out / server.host.replace(":", "_"))
    check_asked_once(server, contents)
    check_copy(copy, contents)


def linkchecker(stage):
    """It copies nothing, but looks whether each link leads somewhere."""
    trees.write(stage.home, {"rc": b"[checking]\nmaxrequestspersecond=1000\n"})
    with stage.serve(trees.PLAIN) as server:
        stage.run("linkchecker", "-f", stage.home / "rc", "-t", "4", "--no-warnings", server.url + "/")
    check_asked_once(server, trees.PLAIN, besides=["/robots.txt"])


def rclone(stage):
    """An older copy becomes the same, and loses nothing but what is not in the folder any more."""
    contents = trees.many(MANY) | trees.ODD
    older = {path: b"an older one" for path in trees.many(MANY // 2)}
    trees.write(stage.out, older | {"gone.txt": b"not there any more"})
    with stage.serve(contents) as server:
        stage.run(
            "rclone",
            "sync",
            ":http:",
            stage.out,
            "--http-url",
            server.url,
            "--transfers",
            "8",
            "--checkers",
            "8",
        )
    trees.check_same(stage.fetched(), contents)
