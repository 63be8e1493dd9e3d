# SPDX-License-Identifier: MIT
"""Repositories that are read as plain files: git's dumb protocol, Mercurial's static-http, OSTree."""

import trees
from outcome import check_equal

NAMES = {
    "GIT_AUTHOR_NAME": "Nobody",
    "GIT_AUTHOR_EMAIL": "nobody@example.org",
    "GIT_COMMITTER_NAME": "Nobody",
    "GIT_COMMITTER_EMAIL": "nobody@example.org",
    "GIT_CONFIG_NOSYSTEM": "1",
    "HGUSER": "nobody",
    "HGRCPATH": "",
}


def tracked(folder, kept):
    return {path: content for path, content in trees.read(folder).items() if not path.startswith(kept + "/")}


def git(stage):
    """A clone of packed and loose objects; then a pull of what was pushed since."""
    work, bare = stage.home / "work", stage.root / "demo.git"

    def run(*words, cwd=work):
        return stage.run("git", *words, cwd=cwd, variables=NAMES)

    def publish(contents, *packing):
        trees.write(work, contents)
        run("add", "-A")
        run("commit", "-q", "-m", "a change")
        run("push", "-q", bare, "main")
        for words in (*packing, ("update-server-info",)):
            run(*words, cwd=bare)

    run("init", "-q", "-b", "main", work, cwd=stage.home)
    run("init", "-q", "--bare", "-b", "main", bare, cwd=stage.home)
    publish(trees.PLAIN, ("repack", "-qad"))
    publish({"loose.txt": b"loose\n"})
    with stage.serve() as server:
        run("clone", "-q", server.url + "/demo.git", "copy", cwd=stage.out)
        publish({"later.txt": b"later\n"})
        run("pull", "-q", "--ff-only", cwd=stage.out / "copy")
    run("fsck", "--no-progress", cwd=stage.out / "copy")
    trees.check_same(tracked(stage.out / "copy", ".git"), tracked(work, ".git"))


def mercurial(stage):
    """It reads its files by ranges. Its folder is a dot-folder, so a name without a dot leads to it."""
    work = stage.root / "work"
    stage.run("hg", "init", work, variables=NAMES)
    for number in range(3):
        trees.write(work, {**trees.PLAIN, f"{number}.txt": f"change {number}\n".encode()})
        stage.run("hg", "commit", "-q", "-A", "-m", f"change {number}", cwd=work, variables=NAMES)
    (work / ".hg").rename(stage.root / "hg")
    config = 'redirect "/demo/.hg/*" { to = "/hg/$1" }\n'
    with stage.serve(config=config) as server:
        stage.run("hg", "clone", "-q", f"static-{server.url}/demo", "copy", variables=NAMES)
    trees.check_same(tracked(stage.out / "copy", ".hg"), trees.read(work))


def ostree(stage):
    trees.write(stage.home, {f"tree/{path}": content for path, content in trees.PLAIN.items()})
    repo, copy = stage.root / "repo", stage.out / "repo"
    stage.run("ostree", f"--repo={repo}", "init", "--mode=archive")
    stage.run("ostree", f"--repo={repo}", "commit", "-b", "demo", f"--tree=dir={stage.home / 'tree'}")
    stage.run("ostree", f"--repo={repo}", "summary", "-u")
    with stage.serve() as server:
        stage.run("ostree", f"--repo={copy}", "init", "--mode=bare-user")
        stage.run(
            "ostree", f"--repo={copy}", "remote", "add", "--no-gpg-verify", "lido", server.url + "/repo"
        )
        stage.run("ostree", f"--repo={copy}", "pull", "lido", "demo")
    stage.run("ostree", f"--repo={copy}", "checkout", "-U", "demo", "checkout")
    trees.check_same(trees.read(stage.out / "checkout"), trees.PLAIN)
    check_equal(server.count(status=206).total(), 0, "answers 206")
