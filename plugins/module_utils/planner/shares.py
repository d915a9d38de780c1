# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shares, pool names and image locations: text taken apart, nothing asked of anybody."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import unquote, urlsplit

_SHARE = re.compile(r"^(?:\[(?P<six>[^\]]+)\]|(?P<host>[^\[\]/]*?)):(?P<path>/.*)$")

Volume = TypeVar("Volume")


@dataclass(frozen=True)
class Share:
    """Host (name or address, IPv6 without brackets) and path of an NFS share."""

    host: str
    path: str

    def __str__(self) -> str:
        return "{}:{}".format(f"[{self.host}]" if ":" in self.host else self.host, self.path)


def parse_share(text: str) -> Share:
    """``host:/path``, ``[v6]:/path`` or a bare v6 address with ``:/path`` as Cinder's shares file allows
    them.
    """
    matched = _SHARE.match((text or "").strip())
    if not matched or not (matched["six"] or matched["host"]):
        raise ValueError(f"{text!r} is not an NFS share: write host:/junction, an IPv6 address in brackets.")
    return Share(matched["six"] or matched["host"], _clean(matched["path"]))


def parse_share_location(text: str) -> Share:
    """``share_location`` of Glance's metadata file: ``nfs://host/path``; brackets for IPv6, an optional
    port.
    """
    parts = urlsplit((text or "").strip())
    if parts.scheme != "nfs" or not parts.hostname or not parts.path.strip("/"):
        raise ValueError(f"share_location {text!r} is not of the form nfs://host/path.")
    return Share(parts.hostname, _clean(parts.path))


def parse_pool_name(text: str) -> tuple[str, str, str]:
    """``host@backend#pool`` in its three parts."""
    host, at, rest = (text or "").partition("@")
    backend, hash_sign, pool = rest.partition("#")
    if not (host and at and backend):
        raise ValueError(f"{text!r} is not a pool name: Cinder writes host@backend#pool.")
    return host, backend, pool if hash_sign else ""


def path_inside(url: str, mountpoint: str) -> str | None:
    """The path of a ``file://`` location below the mount point, or None when it lies elsewhere.

    Whole path components are compared: ``/images`` is not a parent of ``/images2/x``.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("file", "filesystem"):
        return None
    path = posixpath.normpath(unquote(parts.netloc + parts.path))
    base = posixpath.normpath(mountpoint)
    if base == "/":
        return path.lstrip("/") or None
    if not path.startswith(base + "/"):
        return None
    return path[len(base) + 1 :]


def nearest_junction(path: str, by_junction: Mapping[str, Volume]) -> tuple[Volume, str] | None:
    """The volume that an NFS path enters last, and the path inside it.

    Junctions nest: with /a and /a/b mounted, /a/b/c/file belongs to the second. Case is kept: ONTAP keeps
    junctions unique without regard to case, but NFS clients look them up as written.
    """
    junction = path.rstrip("/") or "/"
    while junction not in by_junction:
        if junction == "/":
            return None
        junction = posixpath.dirname(junction)
    return by_junction[junction], path[len(junction.rstrip("/")) :].strip("/")


def _clean(path: str) -> str:
    return posixpath.normpath(path) if path.strip("/") else "/"
