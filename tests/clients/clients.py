# SPDX-License-Identifier: MIT
"""The clients, the packages that they come from, and what each of them has to do."""

from collections import namedtuple

import archives
import deltas
import downloads
import kodi
import libraries
import load
import mirrors
import packages
import proxies
import readers
import redirects
import repositories
import seeking

# packages: those that ./dev clients installs; none for what is too large to be installed for this alone:
# it is used where it is. probe: a program's name, or a command that succeeds where the client is there.
Client = namedtuple("Client", "name packages probe")
Task = namedtuple("Task", "client text function")


def debian(name, package=None, probe=None):
    return Client(name, (package or name).split(), probe or name)


CLIENTS = (
    debian("ab", "apache2-utils"),
    debian("7z", "p7zip-full"),
    debian("apt", "apt dpkg-dev", "dpkg-scanpackages --version"),
    debian("aria2", probe="aria2c"),
    debian("axel"),
    debian("bsdtar", "libarchive-tools"),
    debian("busybox", probe="busybox wget --help"),
    debian("casync"),
    debian("curl"),
    Client("ffmpeg", (), "ffmpeg"),
    debian("git"),
    debian("HAProxy", "haproxy", "haproxy"),
    debian("httpdirfs"),
    debian("httpie", probe="http"),
    debian("httrack"),
    Client("Java", (), "javac"),
    Client("Kodi's rule", (), "python3"),
    debian("lftp"),
    debian("links"),
    debian("linkchecker"),
    debian("lynx"),
    debian("mediainfo"),
    debian("mercurial", probe="hg"),
    debian("nginx"),
    Client("Node.js", (), "node"),
    Client("npm", (), "npm"),
    debian("ostree"),
    debian("perl", "libwww-perl", "perl -MLWP::UserAgent -MDigest::SHA -e1"),
    Client("pip", (), "python3 -m pip --version"),
    debian("rclone"),
    debian("requests", "python3-requests", "/usr/bin/python3 -c 'import requests'"),
    debian("samtools"),
    debian("snarf"),
    debian("tar"),
    debian("tnftp"),
    debian("unzip"),
    Client("urllib", (), "python3"),
    debian("w3m"),
    debian("wget"),
    debian("wget2"),
    debian("zchunk", probe="zckdl"),
    Client("zipfile", (), "python3"),
    debian("zsync"),
)

TASKS = (
    Task("rclone", "sync of 2,513 files over an older copy", mirrors.rclone),
    Task("wget", "-m: each file and each page once", mirrors.wget),
    Task("wget", "-m of a folder of 2,500", mirrors.wget_long),
    Task("wget", "-m again: nothing is sent twice", mirrors.wget_again),
    Task("wget", "-c of the second half", downloads.wget_resume),
    Task("wget", "-N: 304", downloads.wget_newer),
    Task("wget2", "-m, four threads: each file and each page once", mirrors.wget2),
    Task("wget2", "eight pieces at once", downloads.wget2_pieces),
    Task("lftp", "mirror, odd names", mirrors.lftp),
    Task("lftp", "mirror of 2,500 files", mirrors.lftp_long),
    Task("httrack", "a copy: each file and each page once", mirrors.httrack),
    Task("linkchecker", "each link once, and none is broken", mirrors.linkchecker),
    Task("Kodi's rule", "finds all of a tree, odd names", kodi.browse),
    Task("Kodi's rule", "finds all of 2,500 files", kodi.browse_long),
    Task("httpdirfs", "a tree as a file system", seeking.httpdirfs),
    Task("busybox", "wget follows redirects", redirects.busybox),
    Task("busybox", "wget -c of the second half", downloads.busybox_resume),
    Task("axel", "follows redirects", redirects.axel),
    Task("axel", "eight pieces at once", downloads.axel_pieces),
    Task("snarf", "the second half", downloads.snarf_resume),
    Task("tnftp", "the second half", downloads.tnftp_resume),
    Task("curl", "follows redirects", redirects.curl),
    Task("nginx", "takes a prefix off: links and redirects keep it", proxies.nginx),
    Task("HAProxy", "takes a prefix off: links and redirects keep it", proxies.haproxy),
    Task("curl", "-C - of the second half", downloads.curl_resume),
    Task("curl", "--compressed: a sibling, and on the fly", downloads.curl_compressed),
    Task("curl", "-T is refused", downloads.curl_upload),
    Task("curl", "--etag-compare: 304, then the new one", downloads.curl_etag),
    Task("curl", "-Z: 300 files, 40 connections", downloads.curl_parallel),
    Task("curl", "-r: three ranges in one answer", downloads.curl_ranges),
    Task("aria2", "eight pieces at once", downloads.aria2_pieces),
    Task("aria2", "-c of the second half", downloads.aria2_resume),
    Task("httpie", "the second half", downloads.httpie_resume),
    Task("httpie", "a folder as JSON", readers.httpie),
    Task("curl", "-C - of a folder as zip", archives.curl_resume),
    Task("unzip", "a folder as zip, odd names and times", archives.unzip),
    Task("7z", "a folder as zip", archives.seven_zip),
    Task("bsdtar", "a folder as zip from a pipe", archives.bsdtar_zip),
    Task("zipfile", "a folder as zip", archives.python_zip),
    Task("tar", "a folder as tar, odd names and times", archives.tar),
    Task("zsync", "the changes of a file", deltas.zsync),
    Task("zchunk", "the changes of a file", deltas.zchunk),
    Task("casync", "a tree from a store of chunks", deltas.casync),
    Task("apt", "update, again, and a package", packages.apt),
    Task("pip", "the newest wheel of an index of folders", packages.pip),
    Task("npm", "install from a registry of files", packages.npm),
    Task("git", "clone and pull, dumb protocol", repositories.git),
    Task("mercurial", "clone of static files", repositories.mercurial),
    Task("ostree", "pull from an archive", repositories.ostree),
    Task("mediainfo", "the end of a film", seeking.mediainfo),
    Task("samtools", "some letters of a genome", seeking.samtools),
    Task("ffmpeg", "the 50th second of a sound", seeking.ffmpeg),
    Task("lynx", "shows a folder", readers.lynx),
    Task("w3m", "shows a folder", readers.w3m),
    Task("links", "shows a folder", readers.links),
    Task("urllib", "the nine requests of a library", libraries.urllib),
    Task("requests", "the same, kept alive, eight threads", libraries.requests),
    Task("perl", "the same, LWP, kept alive", libraries.perl),
    Task("Node.js", "the same, fetch, at the same time", libraries.node),
    Task("Java", "the same, java.net.http, offering h2c", libraries.java),
    Task("ab", "3,000 answers, each closed", load.ab_close),
    Task("ab", "3,000 answers, kept alive", load.ab_keep_alive),
)
