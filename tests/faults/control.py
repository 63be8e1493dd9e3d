# SPDX-License-Identifier: MIT
"""The test's end of preload.c: which call fails next, and with what."""

import errno
import mmap
import struct
from dataclasses import dataclass

LAYOUT = struct.Struct("=iiqqq")  # kind, error, countdown, fired, at_most; as struct control has them


@dataclass(frozen=True)
class Kind:
    """What can fail, by its number in preload.c, and how."""

    number: int
    name: str
    errors: tuple
    is_late: bool = False  # it may come after the answer


KINDS = (
    Kind(1, "memory", (errno.ENOMEM,)),
    Kind(2, "thread", (errno.EAGAIN,)),
    Kind(3, "open", (errno.EMFILE, errno.EIO)),
    Kind(4, "stat", (errno.EIO,)),
    Kind(5, "read", (errno.EIO, errno.EINTR)),
    Kind(6, "read folder", (errno.EIO,)),
    Kind(7, "open folder", (errno.ENOMEM,)),
    Kind(8, "write", (errno.ENOSPC, errno.EINTR), is_late=True),
    Kind(9, "accept", (errno.EMFILE, errno.ECONNABORTED, errno.ENOMEM)),
    Kind(10, "receive", (errno.ECONNRESET, errno.ENOMEM)),
    Kind(11, "send", (errno.EPIPE, errno.ENOBUFS)),
    Kind(12, "send file", (errno.EPIPE, errno.EIO)),
    Kind(13, "epoll_ctl", (errno.ENOMEM, errno.ENOSPC)),
    Kind(14, "epoll_wait", (errno.EINTR,)),
    Kind(15, "socket option", (errno.ENOBUFS,)),
    Kind(16, "shutdown", (errno.ENOTCONN,)),
    Kind(17, "close", (errno.EIO, errno.EINTR)),
)


class Control:
    """A file that the program maps, too."""

    def __init__(self, path):
        self.path = path
        path.write_bytes(bytes(LAYOUT.size))
        with open(path, "r+b") as file:
            self.memory = mmap.mmap(file.fileno(), LAYOUT.size)

    def set(self, kind=0, error=0, countdown=0, at_most=0):
        """The kind comes last, as from then on calls are counted."""
        struct.pack_into("=i", self.memory, 0, 0)
        struct.pack_into("=iqqq", self.memory, 4, error, countdown, 0, at_most)
        struct.pack_into("=i", self.memory, 0, kind)

    def clear(self):
        self.set()

    @property
    def fired(self):
        return LAYOUT.unpack_from(self.memory)[3]
