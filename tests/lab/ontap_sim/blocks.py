# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Block level helpers on a reflink file system: share, map and copy extents."""

from __future__ import annotations

import array
import ctypes
import errno
import fcntl
import os
import struct

FICLONE = 0x40049409
FICLONERANGE = 0x4020940D
FS_IOC_FIEMAP = 0xC020660B
EXTENT_LAST, EXTENT_UNKNOWN, EXTENT_UNWRITTEN, EXTENT_SHARED = 0x1, 0x2, 0x800, 0x2000
HEADER, EXTENT = struct.Struct("=QQLLLL"), struct.Struct("=QQQQQLLLL")
BATCH = 512
SYNC_FILE_RANGE_WRITE = 2
_libc = ctypes.CDLL(None)


def clone(source, target):
    """Make ``target`` (open for writing) share all blocks of ``source``."""
    fcntl.ioctl(target, FICLONE, source)


def clone_range(source, source_offset, length, target, target_offset):
    fcntl.ioctl(target, FICLONERANGE, struct.pack("=qQQQ", source, source_offset, length, target_offset))


def start_writing(descriptor, offset, length):
    """Begin to write a range to the FlexVol, without waiting: who looks at its blocks waits for less."""
    _libc.sync_file_range(
        ctypes.c_int(descriptor),
        ctypes.c_longlong(offset),
        ctypes.c_longlong(length),
        ctypes.c_uint(SYNC_FILE_RANGE_WRITE),
    )


def extents(descriptor, sync=True):
    """(logical, physical, length, flags) of a file."""
    start = 0
    while True:
        request = array.array(
            "B", HEADER.pack(start, 2**64 - 1 - start, int(sync), 0, BATCH, 0) + bytes(EXTENT.size * BATCH)
        )
        fcntl.ioctl(descriptor, FS_IOC_FIEMAP, request, True)
        count = HEADER.unpack_from(request)[3]
        if not count:
            return
        for index in range(count):
            logical, physical, length, _dummy, _dummy, flags, *_dummy = EXTENT.unpack_from(
                request, HEADER.size + EXTENT.size * index
            )
            yield logical, physical, length, flags
            if flags & EXTENT_LAST:
                return
            start = logical + length


def usage(path, offset=0, length=None):
    """(bytes in use, bytes that no other file shares), optionally of a byte range."""
    end = None if length is None else offset + length
    used = unique = 0
    descriptor = os.open(path, os.O_RDONLY)
    try:
        for logical, _dummy, size, flags in extents(descriptor):
            if end is not None:
                low, high = max(logical, offset), min(logical + size, end)
                size = max(0, high - low)
            if flags & EXTENT_UNWRITTEN:
                used += size
                continue
            used += size
            if not flags & EXTENT_SHARED:
                unique += size
    finally:
        os.close(descriptor)
    return used, unique


def data_ranges(descriptor, size):
    """(offset, length) of the parts that hold data; holes are left out."""
    offset = 0
    while offset < size:
        try:
            begin = os.lseek(descriptor, offset, os.SEEK_DATA)
        except OSError as error:
            if error.errno == errno.ENXIO:
                return
            raise
        end = os.lseek(descriptor, begin, os.SEEK_HOLE)
        yield begin, end - begin
        offset = end
