# SPDX-License-Identifier: MIT
"""For libraries.py: requests, with a session that keeps its connections, and threads."""

import hashlib
import sys
from concurrent.futures import ThreadPoolExecutor

import requests

BASE = sys.argv[1]
session = requests.Session()


def ask(path, method="GET", **fields):
    headers = {name.replace("_", "-"): value for name, value in fields.items()}
    return session.request(
        method, BASE + path, headers=headers, data=b"a=b" if method == "POST" else None, timeout=10
    )


def tell(name, answer):
    print(name, answer.status_code, hashlib.sha256(answer.content).hexdigest())


data = ask("/data.bin")
tell("data", data)
tell("range", ask("/data.bin", Range="bytes=1000-1999"))
print("again", ask("/data.bin", If_None_Match=data.headers["ETag"]).status_code)
text = ask("/page.txt")
tell("text", text)
tell("folder", ask("/folder"))
tell("odd", ask("/with blank/\u00fc.txt"))
print("missing", ask("/missing").status_code)
print("post", ask("/data.bin", "POST").status_code)
with ThreadPoolExecutor(8) as threads:
    print("many", sum(threads.map(lambda _: ask("/page.txt").content == text.content, range(100))))
