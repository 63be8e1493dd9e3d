# SPDX-License-Identifier: MIT
"""Clients that fetch one file: in pieces, over many connections, after an interruption, only if newer."""

import gzip
import os

import trees
from outcome import check, check_equal

DATA = trees.noise(8 * trees.MIB)
HALF = len(DATA) // 2
TEXT = trees.text(5000)


def check_data(stage, name="data.bin", wanted=DATA):
    check_equal(trees.digest((stage.out / name).read_bytes()), trees.digest(wanted), f"the digest of {name}")


def resume(stage, *command, looks_first=False):
    """Only the second half is sent. looks_first: the client first asks for all, and hangs up on the head."""
    trees.write(stage.out, {"data.bin": DATA[:HALF]})
    with stage.serve({"data.bin": DATA}) as server:
        stage.run(*command, server.url + "/data.bin")
    check_data(stage)
    sent = [(r.status, r.length) for r in server.requests if r.method == "GET"]
    if looks_first:
        sent = [(status, length) for status, length in sent if status != 200]
    check_equal(sent, [(206, len(DATA) - HALF)], "what was sent")


def curl_resume(stage):
    resume(stage, "curl", "-sSf", "-C", "-", "-O")


def wget_resume(stage):
    resume(stage, "wget", "-q", "-c")


def aria2_resume(stage):
    resume(stage, "aria2c", "-q", "--no-conf", "-c", looks_first=True)


def busybox_resume(stage):
    resume(stage, "busybox", "wget", "-q", "-c")


def httpie_resume(stage):
    resume(stage, "http", "--ignore-stdin", "-d", "-c", "-o", "data.bin", "--check-status", "GET")


def snarf_resume(stage):
    resume(stage, "snarf", "-q", "-r")


def tnftp_resume(stage):
    resume(stage, "tnftp", "-V", "-R", "-o", "data.bin")


def curl_compressed(stage):
    """A file with a compressed sibling, and one that Lido compresses."""
    contents = {"sibling.txt": TEXT, "sibling.txt.gz": gzip.compress(TEXT), "fly.txt": TEXT}
    with stage.serve(contents, settings=["compress=on"]) as server:
        for name in ("sibling.txt", "fly.txt"):
            for _ in range(2):  # the first may come as it is, while it is being compressed
                stage.run("curl", "-sSf", "--compressed", "-O", f"{server.url}/{name}")
            check_data(stage, name, TEXT)
    sent = {r.target: r.length for r in server.requests}  # the last of each
    check(max(sent.values()) < len(TEXT) // 2, f"the bodies were not compressed: {sent} of {len(TEXT)} bytes")


def curl_upload(stage):
    """It sends 8 MiB and waits for a word: a 405 must arrive, and no reset instead of it."""
    trees.write(stage.out, {"data.bin": DATA})
    with stage.serve({"other.txt": TEXT}) as server:
        said = stage.run(
            "curl", "-sS", "-o", os.devnull, "-w", "%{http_code}", "-T", "data.bin", server.url + "/"
        )
    check(said in ("405", "413"), f"the answer to an upload: {said}, not 405 or 413")
    check_equal(trees.read(stage.root), {"other.txt": TEXT}, "what is in the folder afterwards")


def curl_etag(stage):
    """The second time nothing has changed, the third time the file is another."""
    with stage.serve({"page.txt": TEXT}) as server:
        fetch = (
            "curl",
            "-sSf",
            "--etag-save",
            "tag",
            "--etag-compare",
            "tag",
            "-w",
            "%{http_code}",
            "-o",
            "page.txt",
        )
        os.utime(stage.root / "page.txt", (1_700_000_000, 1_700_000_000))  # old enough for a strong tag
        said = [stage.run(*fetch, server.url + "/page.txt") for _ in range(2)]
        trees.write(stage.root, {"page.txt": TEXT + b"changed"})
        said.append(stage.run(*fetch, server.url + "/page.txt"))
    check_equal(said, ["200", "304", "200"], "the three answers")
    check_data(stage, "page.txt", TEXT + b"changed")


def curl_parallel(stage):
    contents = trees.many(300)
    with stage.serve(contents) as server:
        stage.run(
            "curl",
            "-sSf",
            "-Z",
            "--parallel-max",
            "40",
            "--remote-name-all",
            f"{server.url}/[00000-00299].txt",
        )
    trees.check_same(stage.fetched(), contents)


def curl_ranges(stage):
    """Several ranges of one answer, each framed by itself."""
    with stage.serve({"data.bin": DATA}) as server:
        stage.run("curl", "-sSf", "-r", "0-9,1000-1009,-10", "-o", "parts", server.url + "/data.bin")
    parts = (stage.out / "parts").read_bytes()
    for wanted in (DATA[:10], DATA[1000:1010], DATA[-10:]):
        check_equal(parts.count(b"\r\n\r\n" + wanted + b"\r\n--"), 1, f"parts that hold {wanted}")


def wget_newer(stage):
    """wget -N asks with If-Modified-Since."""
    with stage.serve({"page.txt": TEXT}) as server:
        for _ in range(2):
            stage.run("wget", "-q", "-N", server.url + "/page.txt")
    check_data(stage, "page.txt", TEXT)
    check_equal([r.status for r in server.requests], [200, 304], "the two answers")


def aria2_pieces(stage):
    with stage.serve({"data.bin": DATA}) as server:
        stage.run(
            "aria2c", "-q", "--no-conf", "-x16", "-s16", "-k1M", "-o", "data.bin", server.url + "/data.bin"
        )
    check_data(stage)
    pieces = server.count(method="GET", status=206)["/data.bin"]
    check(pieces >= 7, f"it was sent in {pieces} pieces, not in 7 or more")


def axel_pieces(stage):
    with stage.serve({"data.bin": DATA}) as server:
        stage.run("axel", "-q", "-n", "8", "-o", "data.bin", server.url + "/data.bin")
    check_data(stage)
    pieces = server.count(method="GET", status=206)["/data.bin"]
    check(pieces >= 8, f"it was sent in {pieces} pieces, not in 8 or more")


def wget2_pieces(stage):
    with stage.serve({"data.bin": DATA}) as server:
        stage.run("wget2", "-q", "--chunk-size=1M", "--max-threads=8", server.url + "/data.bin")
    check_data(stage)
    pieces = server.count(method="GET", status=206)["/data.bin"]
    check(pieces >= 7, f"it was sent in {pieces} pieces, not in 7 or more")
