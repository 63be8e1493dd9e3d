# SPDX-License-Identifier: MIT
"""No figure without the right answer: before a server is measured, what it sends is compared byte by byte with the file."""

import hashlib
import http.client

SECONDS = 30


class WrongAnswer(Exception):
    """The server does not send what it should; the text says what differs."""


def fetch(port, path, closes):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request("GET", path, headers={"Connection": "close"} if closes else {})
        response = connection.getresponse()
        return response.status, response.getheader("Content-Length"), response.read()
    except (OSError, http.client.HTTPException) as error:
        raise WrongAnswer(f"{path}: {error!r}") from error
    finally:
        connection.close()


def digest(content):
    return hashlib.sha256(content).hexdigest()[:16]


def check(port, path, expected, closes=False):
    """Raises WrongAnswer unless the answer is 200 with exactly these bytes, and says so beforehand."""
    status, length, body = fetch(port, path, closes)
    if status != 200:
        raise WrongAnswer(f"{path}: status {status}, not 200")
    if length != str(len(expected)):
        raise WrongAnswer(f"{path}: Content-Length {length}, not {len(expected)}")
    if body != expected:
        raise WrongAnswer(f"{path}: SHA-256 {digest(body)}... of {len(body)} bytes, not {digest(expected)}...")
