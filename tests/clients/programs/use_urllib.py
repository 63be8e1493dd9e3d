# SPDX-License-Identifier: MIT
"""For libraries.py: urllib.request, which closes after each answer."""

import hashlib
import sys
import urllib.error
import urllib.request

BASE = sys.argv[1]


def ask(path, data=None, **fields):
    headers = {name.replace("_", "-"): value for name, value in fields.items()}
    try:
        with urllib.request.urlopen(urllib.request.Request(BASE + path, data, headers), timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def tell(name, answer):
    print(name, answer[0], hashlib.sha256(answer[2]).hexdigest())


data = ask("/data.bin")
tell("data", data)
tell("range", ask("/data.bin", Range="bytes=1000-1999"))
print("again", ask("/data.bin", If_Modified_Since=data[1]["Last-Modified"])[0])
text = ask("/page.txt")
tell("text", text)
tell("folder", ask("/folder"))
tell("odd", ask("/with%20blank/%C3%BC.txt"))
print("missing", ask("/missing")[0])
print("post", ask("/data.bin", data=b"a=b")[0])
print("many", sum(ask("/page.txt")[2] == text[2] for _ in range(100)))
