# SPDX-License-Identifier: MIT
"""A reader of listings with the rule of Kodi (xbmc/filesystem/HTTPDirectory.cpp): a file is a link whose text
is the name that its address leads to. Other readers are less strict, so it stands for many."""

import html
import re
import urllib.request
from urllib.parse import unquote, urljoin

import trees
from outcome import check

# href has to be the first attribute, and something has to stand behind the link.
LINK = re.compile(r'<a href="([^"]*)"[^>]*>\s*(.*?)\s*</a>(.+?)(?=<a|</tr|$)', re.IGNORECASE | re.DOTALL)


def names(link, text):
    """Whether an address and a text are the same, but for a slash at the end; with a colon in it, the address
    may begin with ./ (RFC 3986, 4.2)."""
    name = html.unescape(text.strip()).removesuffix("/")
    path = re.sub(r"[?#].*", "", link.removeprefix("/"), flags=re.DOTALL)
    target = unquote(html.unescape(path).removesuffix("/"))
    return target not in ("", "..") and (target == name or (":" in name and target == "./" + name))


def fetch(url):
    request = urllib.request.Request(
        url, headers={"User-Agent": "Kodi/20.0", "Accept": "*/*", "Accept-Charset": "UTF-8,*;q=0.8"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read(), answer.headers.get_content_type()


def walk(url, prefix=""):
    """All files beneath the folder: path to bytes."""
    page, media_type = fetch(url)
    check(media_type == "text/html", f"{url} is {media_type}, which Kodi takes for a file")
    found = {}
    for link, text, _ in LINK.findall(page.decode()):
        if not names(link, text):
            continue
        address = urljoin(url, html.unescape(link))
        path = prefix + unquote(html.unescape(link).removeprefix("./"))
        if path.endswith("/"):
            found |= walk(address, path)
        else:
            found[path] = fetch(address)[0]
    return found


def browse(stage):
    contents = trees.PLAIN | trees.ODD | trees.ODDER
    with stage.serve(contents) as server:
        found = walk(server.url + "/")
    trees.check_same(found, contents, "what it finds")


def browse_long(stage):
    contents = trees.many(2500)
    with stage.serve(contents) as server:
        found = walk(server.url + "/")
    trees.check_same(found, contents, "what it finds")
