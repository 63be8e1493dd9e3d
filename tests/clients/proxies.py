# SPDX-License-Identifier: MIT
"""Proxies that take a prefix off the paths before Lido sees them: all that a visitor follows keeps it."""

import contextlib
import signal
import socket
import subprocess
import time
import urllib.parse
import urllib.request
from html.parser import HTMLParser

import trees
from outcome import Failed, check, check_equal
from stage import CLIENT_SECONDS, last_lines

PREFIX = "/shared/files"
CONTENTS = {"about.html": b"<p>about</p>", "files/a b.bin": b"1", "files/more/c.bin": b"22"}
CONFIG = f'base_path = "{PREFIX}"\nclean_urls = on\nredirect "/old/*" {{ to = "/files/$1" }}\n'

# What is asked for, and where it leads, both behind the prefix.
REDIRECTS = {
    "/files": "/files/",
    "/files/more?x=1": "/files/more/?x=1",
    "/about/": "/about",
    "/old/a%20b.bin": "/files/a%20b.bin",
}

NGINX = """daemon off;
pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/a;
  proxy_temp_path {folder}/b;
  fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d;
  scgi_temp_path {folder}/e;
  server {{ listen 127.0.0.1:{port}; location {prefix}/ {{ proxy_pass http://{lido}/; }} }}
}}
"""

HAPROXY = """defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
frontend all
  bind 127.0.0.1:{port}
  http-request replace-path {prefix}/(.*) /\\1
  default_backend lido
backend lido
  server lido {lido}
"""


class Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        href = dict(attrs).get("href")
        if tag == "a" and href is not None:
            self.found.append(href)


def free_port():
    """Neither proxy can say which port it took; between here and its start somebody else may take it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def wait_for(process, port):
    end = time.monotonic() + CLIENT_SECONDS
    while process.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise Failed("the proxy does not listen")


@contextlib.contextmanager
def run_proxy(stage, config, command, lido):
    port = free_port()
    (stage.home / "proxy.conf").write_text(
        config.format(folder=stage.home, port=port, prefix=PREFIX, lido=lido.host)
    )
    with open(stage.home / "said", "w+b") as said:
        process = subprocess.Popen(command, cwd=stage.home, stdout=said, stderr=said, start_new_session=True)
        try:
            wait_for(process, port)
            yield f"http://127.0.0.1:{port}{PREFIX}"
        except Failed as failure:
            said.seek(0)
            raise Failed(f"{failure}\n{last_lines(said.read())}") from None
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(CLIENT_SECONDS)


def fetch(url):
    """Where it led, and the body; errors have one, too."""
    try:
        with urllib.request.urlopen(url, timeout=CLIENT_SECONDS) as answer:
            return answer.url, answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.url, error.code, error.read()


def crawl(base):
    """Everything that a page links to, errors' pages among them. Returns how many addresses that was."""
    to_read, found = [f"{base}/", f"{base}/none", f"{base}/files/none"], set()
    while to_read:
        asked = to_read.pop()
        url, status, body = fetch(asked)
        if not asked.endswith("none"):
            check_equal(status, 200, f"the status of {asked}")
        if "?" in url or not body.startswith(b"<!doctype"):
            continue
        page = Links()
        page.feed(body.decode())
        for link in {urllib.parse.urljoin(url, href) for href in page.found} - found:
            check(link.startswith(f"{base}/"), f"{link}, on {url}, leads out of the prefix")
            found.add(link)
            to_read.append(link)
    return len(found)


def browse(stage, config, command):
    with stage.serve(CONTENTS, config=CONFIG) as lido, run_proxy(stage, config, command, lido) as base:
        for asked, wanted in REDIRECTS.items():
            check_equal(fetch(base + asked)[:2], (base + wanted, 200), f"what {asked} leads to")
        check(crawl(base) >= len(CONTENTS) + len(trees.folders_of(CONTENTS)), "not all links were found")


def nginx(stage):
    browse(stage, NGINX, ("nginx", "-e", "stderr", "-p", stage.home, "-c", stage.home / "proxy.conf"))


def haproxy(stage):
    browse(stage, HAPROXY, ("haproxy", "-db", "-f", stage.home / "proxy.conf"))
