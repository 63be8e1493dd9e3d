# SPDX-License-Identifier: MIT
"""Package managers that install from a folder: apt, pip, npm."""

import hashlib
import io
import json
import tarfile
import zipfile

import trees
from outcome import check, check_equal

CONTROL = """Package: lido-demo
Version: 1.0
Architecture: all
Maintainer: Nobody <nobody@example.org>
Description: nothing but a file
"""
PACKAGE = "lido-demo_1.0+1_all.deb"
FILE = trees.noise(100_000)


def make_apt_repository(stage):
    """A flat one: the package, Packages, and Release with its digest; not signed, so it has to be trusted."""
    trees.write(stage.home, {"deb/DEBIAN/control": CONTROL.encode(), "deb/usr/share/lido-demo/file": FILE})
    stage.run("dpkg-deb", "--build", "deb", stage.root / PACKAGE, cwd=stage.home)
    said = stage.run("dpkg-scanpackages", "-m", ".", cwd=stage.root)
    packages = said.partition("dpkg-scanpackages: ")[0].encode()
    digest = hashlib.sha256(packages).hexdigest()
    date = "Mon, 23 Nov 2026 00:00:00 UTC"
    release = f"Origin: demo\nDate: {date}\nSHA256:\n {digest} {len(packages)} Packages\n"
    trees.write(stage.root, {"Packages": packages, "Release": release.encode()})


def apt(stage):
    make_apt_repository(stage)
    for name in ("lists/partial", "cache/archives/partial", "etc"):
        (stage.home / "apt" / name).mkdir(parents=True)
    trees.write(stage.home, {"apt/status": b""})
    with stage.serve() as server:
        trees.write(stage.home, {"apt/sources.list": f"deb [trusted=yes] {server.url}/ ./\n".encode()})
        options = {
            "Dir::State": stage.home / "apt",
            "Dir::State::lists": stage.home / "apt/lists",
            "Dir::State::status": stage.home / "apt/status",
            "Dir::Cache": stage.home / "apt/cache",
            "Dir::Etc": stage.home / "apt/etc",
            "Dir::Etc::sourcelist": stage.home / "apt/sources.list",
            "Acquire::Languages": "none",
            "APT::Sandbox::User": "root",
            "Acquire::http::Proxy": "DIRECT",
            "Debug::NoLocking": "true",
        }
        words = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
        stage.run("apt-get", *words, "-q", "update")
        stage.run("apt-get", *words, "-q", "update")
        stage.run("apt-get", *words, "-q", "download", "lido-demo")
    check_equal(len(stage.fetched()), 1, "files that it fetched")
    copy, original = next(iter(stage.fetched().values())), (stage.root / PACKAGE).read_bytes()
    check_equal(trees.digest(copy), trees.digest(original), "the digest of the package")
    statuses = [request.status for request in server.requests if request.target.endswith("/Release")]
    check(304 in statuses, f"the second update had no 304, but {statuses}")


def make_wheel(name, version):
    info = f"{name}-{version}.dist-info"
    members = {
        f"{name}/__init__.py": f"VERSION = '{version}'\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: by hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": "",
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as wheel:
        for path, content in members.items():
            wheel.writestr(path, content)
    return file.getvalue()


def pip(stage):
    """The listings of folders are a simple index (PEP 503) as they are."""
    wheels = {
        f"lido_demo-{version}-py3-none-any.whl": make_wheel("lido_demo", version)
        for version in ("1.0", "2.0")
    }
    with stage.serve({f"simple/lido-demo/{name}": wheel for name, wheel in wheels.items()}) as server:
        stage.run(
            "python3",
            "-m",
            "pip",
            "--isolated",
            "-q",
            "download",
            "--no-deps",
            "--no-cache-dir",
            "--disable-pip-version-check",
            "--index-url",
            server.url + "/simple/",
            "lido-demo",
        )
    newest = "lido_demo-2.0-py3-none-any.whl"
    trees.check_same(stage.fetched(), {newest: wheels[newest]})


def make_npm_package():
    members = {
        "package/package.json": json.dumps(
            {"name": "lido-demo", "version": "1.0.0", "main": "index.js"}
        ).encode(),
        "package/index.js": b"module.exports = 'a lido';\n",
    }
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for path, content in members.items():
            member = tarfile.TarInfo(path)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return file.getvalue(), members


def npm(stage):
    """A registry of files: what is known of a package is a file of its name, and has no ending."""
    package, members = make_npm_package()
    with stage.serve({"files/lido-demo-1.0.0.tgz": package}) as server:
        version = {
            "name": "lido-demo",
            "version": "1.0.0",
            "main": "index.js",
            "dist": {
                "tarball": f"{server.url}/files/lido-demo-1.0.0.tgz",
                "shasum": hashlib.sha1(package).hexdigest(),
            },
        }
        known = {"name": "lido-demo", "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": version}}
        trees.write(stage.root, {"lido-demo": json.dumps(known).encode()})
        stage.run(
            "npm",
            "install",
            "--registry",
            server.url + "/",
            "--no-audit",
            "--no-fund",
            "--no-update-notifier",
            "--ignore-scripts",
            "--loglevel",
            "error",
            "lido-demo",
        )
    installed = trees.read(stage.out / "node_modules" / "lido-demo")
    trees.check_same(installed, {path.removeprefix("package/"): content for path, content in members.items()})
