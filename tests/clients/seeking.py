# SPDX-License-Identifier: MIT
"""Clients that read here and there in a file that stays where it is."""

import hashlib
import os
import struct
import wave

import trees
from outcome import LeftOut, check, check_equal

WAVE_SECONDS = 60


def samtools(stage):
    """A few letters of a long text, found by its index."""
    letters = "".join("ACGT"[byte & 3] for byte in trees.noise(2 * trees.MIB))
    lines = "\n".join(letters[at : at + 64] for at in range(0, len(letters), 64))
    trees.write(stage.root, {"genome.fa": f">one\n{lines}\n".encode()})
    stage.run("samtools", "faidx", "genome.fa", cwd=stage.root)
    with stage.serve() as server:
        found = stage.run("samtools", "faidx", server.url + "/genome.fa", "one:2000001-2000100")
    check_equal("".join(found.split()[1:]), letters[2_000_000:2_000_100], "the letters")
    check(server.count(status=206)["/genome.fa"] > 0, "it was sent no range")


def box(kind, *parts):
    """Of an MP4 file (ISO 14496-12)."""
    content = b"".join(parts)
    return struct.pack(">I4s", 8 + len(content), kind) + content


def mediainfo(stage):
    """The title of a film, which stands behind all its pictures."""
    title = b"The end of the pool"
    name = box(b"\xa9nam", struct.pack(">HH", len(title), 0), title)
    film = box(b"ftyp", b"isom", bytes(4), b"isom") + box(b"mdat", trees.noise(8 * trees.MIB))
    with stage.serve({"film.mp4": film + box(b"moov", box(b"udta", name))}) as server:
        found = stage.run("mediainfo", "--Output=General;%Title%", server.url + "/film.mp4")
    check_equal(found.strip(), title.decode(), "the title")
    check(server.count(status=206)["/film.mp4"] > 0, "it was sent no range")


def httpdirfs(stage):
    """The folder mounted as a file system: what is in it, and the middle of a file."""
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        raise LeftOut("no access to /dev/fuse")
    contents = {path: content for path, content in trees.PLAIN.items() if content}  # it leaves out empty ones
    with stage.serve(contents) as server:
        stage.run("httpdirfs", "--no-range-check", server.url + "/", stage.out)
        try:
            trees.check_same(stage.fetched(), contents)
            with open(stage.out / "music/song.ogg", "rb") as song:
                song.seek(500_000)
                middle = song.read(1000)
        finally:
            stage.run("fusermount", "-u", stage.out)
    check_equal(middle, trees.PLAIN["music/song.ogg"][500_000:501_000], "the middle of a file")


def ffmpeg(stage):
    """One second of sound near the end, without what is before it."""
    file = stage.root / "sound.wav"
    with wave.open(str(file), "wb") as sound:
        sound.setparams((2, 2, 44_100, 0, "NONE", ""))
        sound.writeframes(trees.noise(4 * 44_100 * WAVE_SECONDS))
    with wave.open(str(file), "rb") as sound:
        sound.setpos(50 * 44_100)
        wanted = hashlib.md5(sound.readframes(44_100)).hexdigest()
    with stage.serve() as server:
        said = stage.run(
            "ffmpeg",
            "-v",
            "error",
            "-nostdin",
            "-ss",
            "50",
            "-t",
            "1",
            "-i",
            server.url + "/sound.wav",
            "-f",
            "md5",
            "-",
        )
    check_equal(said.strip(), f"MD5={wanted}", "the digest of one second")
    check(server.count(status=206)["/sound.wav"] > 0, "it was sent no range")
