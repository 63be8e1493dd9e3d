# SPDX-License-Identifier: MIT
"""Who may include whom. A wing is a folder of http/, conf/ or server/, or a module at their root; threadpool/ is
one wing. The README.md of each says in a table what its wings may use, and which headers are their faces."""

from pathlib import PurePosixPath

from tree import PRODUCT, Breach, words

COLUMNS = ("wing", "may use", "faces")


class Wing:
    """A row of a table: its name as `http/files`, the names of what it may use, and its faces."""

    def __init__(self, name, uses, faces, where):
        self.name = name
        self.uses = uses
        self.faces = faces
        self.where = where

    def may_use(self, other):
        return self.name == other or other in self.uses or other.split("/")[0] in self.uses

    def has_face(self, path):
        return "all" in self.faces or PurePosixPath(path).name in self.faces


def wing_name(path):
    """`http/files/version.h` is of http/files, `http/connection.h` of http/connection, `threadpool/worker.h` of
    threadpool; a unit test is of the wing whose folder it mirrors."""
    parts = PurePosixPath(path).parts
    if parts[:2] == ("tests", "unit"):
        parts = parts[2:]
    if parts[0] not in PRODUCT or len(parts) == 1:
        return None
    return parts[0] if parts[0] == "threadpool" else "/".join((parts[0], PurePosixPath(parts[1]).stem))


def read_wings(tree):
    """All rows of all tables, by name."""
    wings = {}
    for _, row in tree.table("README.md", "folder", "may use"):
        name = row["folder"].strip("`/")
        wings[name] = Wing(name, set(words(row["may use"])), {f"{name}.h"}, "README.md")
    for top in PRODUCT:
        where = f"{top}/README.md"
        siblings = {wing for _, row in tree.table(where, *COLUMNS) for wing in words(row["wing"])}
        for _, row in tree.table(where, *COLUMNS):
            uses = {f"{top}/{name}" if name in siblings else name for name in words(row["may use"])}
            for wing in words(row["wing"]):
                faces = {PurePosixPath(face).name for face in words(row["faces"])} | {f"{wing}.h"}
                wings[f"{top}/{wing}"] = Wing(f"{top}/{wing}", uses, faces, where)
    return wings


def check_tables(tree, wings):
    """The tables name what is there, and everything that is there, once."""
    there = {wing_name(path) for path in tree.product}
    for top in PRODUCT:
        where = f"{top}/README.md"
        rows = tree.table(where, *COLUMNS)
        seen = set()
        for line, row in rows:
            for wing in words(row["wing"]):
                if f"{top}/{wing}" not in there:
                    yield Breach(where, line, f"there is no {top}/{wing}", "wings are called as their folder or module")
                if wing in seen:
                    yield Breach(where, line, f"a second row for {top}/{wing}", "make one of them")
                seen.add(wing)
                for face in set(words(row["faces"])) - {"all"}:
                    if f"{top}/{wing}/{face}" not in tree.files:
                        yield Breach(where, line, f"{top}/{wing} has no {face}", "faces are headers of the wing")
            for used in words(row["may use"]):
                if used not in wings and f"{top}/{used}" not in wings:
                    yield Breach(where, line, f"there is no wing {used}", "one of another folder is called http/base")
    for name in sorted(there - set(wings)):
        yield Breach(f"{name.split('/')[0]}/README.md", 1, f"no row for {name}",
                     "say there what it may use, and which headers are its faces")


def check_faces(tree):
    """A header that no other wing includes is private."""
    used = {(wing_name(path), include.name) for path in tree.product for include in tree.includes(path)}
    outside = {name for user, name in used if user != wing_name(name)}
    for top in PRODUCT:
        for line, row in tree.table(f"{top}/README.md", *COLUMNS):
            faces = {f"{top}/{wing}/{face}" for wing in words(row["wing"]) for face in words(row["faces"])}
            for face in sorted((faces & set(tree.files)) - outside):
                yield Breach(f"{top}/README.md", line, f"no other wing uses {face}", "take it out of the faces")


def check_includes(tree, wings):
    """Each include follows an arrow to a face. Tests may include any face, a unit test all of its wing, and a fuzz target what it
    is for."""
    for path in tree.sources:
        is_test = path.startswith("tests/")
        mine = wing_name(path)
        for include in tree.includes(path):
            other = wing_name(include.name)
            if include.name.startswith("tests/") and not is_test:
                yield Breach(path, include.line, f"the product includes {include.name}", "only tests may do that")
            elif other in wings and other != mine:
                user = None if is_test else forbidden_by(wings, mine, other)
                if user:
                    yield Breach(path, include.line, f"includes {include.name}, and {user.name} may not use {other}",
                                 f"{user.where} says what it may use: {', '.join(sorted(user.uses)) or 'nothing'}")
                elif not wings[other].has_face(include.name) and not path.startswith("tests/fuzz/fuzz_"):
                    yield Breach(path, include.line, f"{include.name} is private to {other}",
                                 f"use a face of {other}; {wings[other].where} names them")


def forbidden_by(wings, user, used):
    """The wing, or the folder with all its wings, that may not use the other; None if both may or have no row."""
    top, other_top = user.split("/")[0], used.split("/")[0]
    if user in wings and not wings[user].may_use(used):
        return wings[user]
    return wings[top] if top in wings and top != other_top and not wings[top].may_use(used) else None


def circle(arrows):
    """A circle among names, as the list of them from the first to the first again; None if there is none."""
    done = set()

    def walk(name, way):
        if name in way:
            return way[way.index(name):] + [name]
        if name in done:
            return None
        for following in sorted(arrows.get(name, ())):
            found = walk(following, way + [name])
            if found:
                return found
        done.add(name)
        return None

    return next(filter(None, (walk(name, []) for name in sorted(arrows))), None)


def check_circles(tree, wings):
    """Neither the tables' arrows nor the files run in a circle."""
    found = circle({name: {other for other in wings if "/" in other and other != name and wing.may_use(other)}
                    for name, wing in wings.items() if "/" in name})
    if found:
        yield Breach(wings[found[0]].where, 1, "the arrows run in a circle: " + " -> ".join(found), "take one out")
    arrows = {path: {include.name for include in tree.includes(path)} for path in tree.sources}
    while found := circle(arrows):
        yield Breach(found[0], 1, "files include each other in a circle: " + " -> ".join(found),
                     "what both need goes into a third")
        arrows[found[0]].discard(found[1]) # so that each is told once
