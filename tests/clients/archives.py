# SPDX-License-Identifier: MIT
"""Programs that unpack a folder which is downloaded as an archive."""

import os
import shutil
import sys
import zipfile

import trees
from outcome import check_equal

CONTENTS = {f"album/{path}": content for path, content in (trees.PLAIN | trees.ODD).items()}
TIME = 1_700_000_001  # odd: MS-DOS times alone would make it even


def serve(stage):
    """The folder, all of it old, so that its tag is strong."""
    server = stage.serve(CONTENTS)
    for parent, folders, names in os.walk(stage.root):
        for name in folders + names:
            os.utime(os.path.join(parent, name), (TIME, TIME))
    return server


def unpack(stage, form, *command):
    """What the program makes of the archive is the folder that was downloaded."""
    with serve(stage) as server:
        stage.run("curl", "-sSfOJ", f"{server.url}/album/?download={form}", cwd=stage.home)
    stage.run(*command)
    trees.check_same(stage.fetched(), CONTENTS)


def check_times(stage):
    found = {os.stat(stage.out / path).st_mtime for path in CONTENTS}
    check_equal(found, {TIME}, "the times of the files")


def unzip(stage):
    unpack(stage, "zip", "unzip", "-q", stage.home / "album.zip")
    check_times(stage)


def seven_zip(stage):
    unpack(stage, "zip", "7z", "x", stage.home / "album.zip")


def bsdtar_zip(stage):
    """From a pipe, which cannot go back from the directory at the end."""
    unpack(stage, "zip", "sh", "-c", f"cat '{stage.home}/album.zip' | bsdtar -xf -")
    check_times(stage)


def tar(stage):
    unpack(stage, "tar", "tar", "-xf", stage.home / "album.tar")
    check_times(stage)


def python_zip(stage):
    unpack(stage, "zip", sys.executable, "-m", "zipfile", "-e", stage.home / "album.zip", ".")


def curl_resume(stage):
    """Interrupted within the contents, before the directory and within it."""
    target = "/album/?download=zip"
    with serve(stage) as server:
        stage.run("curl", "-sSf", "-o", "whole.zip", server.url + target, cwd=stage.home)
        size = os.path.getsize(stage.home / "whole.zip")
        for end in (100, size // 3, size - 2000, size - 30):
            shutil.copy(stage.home / "whole.zip", stage.home / "part.zip")
            os.truncate(stage.home / "part.zip", end)
            stage.run("curl", "-sSf", "-C", "-", "-o", "part.zip", server.url + target, cwd=stage.home)
            found = (stage.home / "part.zip").read_bytes()
            wanted = (stage.home / "whole.zip").read_bytes()
            check_equal(trees.digest(found), trees.digest(wanted), f"the digest of what went on from {end:,}")
    check_equal(zipfile.ZipFile(stage.home / "part.zip").testzip(), None, "the first file that is broken")
