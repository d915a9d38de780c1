# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a role may do (facts A2, B10): the longest matching path decides, with its access level."""

from __future__ import annotations

from .errors import not_authorized

METHODS = {
    "none": (),
    "readonly": ("GET", "HEAD", "OPTIONS"),
    "read_create": ("GET", "HEAD", "OPTIONS", "POST"),
    "read_modify": ("GET", "HEAD", "OPTIONS", "PATCH"),
    "read_create_modify": ("GET", "HEAD", "OPTIONS", "POST", "PATCH"),
    "all": ("GET", "HEAD", "OPTIONS", "POST", "PATCH", "DELETE"),
}
# What an SVM administrator cannot use at all (facts A2, D)
CLUSTER_ONLY = (
    "/api/cluster/nodes",
    "/api/cluster/counter",
    "/api/cluster/licensing",
    "/api/storage/aggregates",
    "/api/storage/disks",
    "/api/storage/file/clone/split-loads",
    "/api/storage/file/clone/tokens",
)
PREDEFINED = {
    "admin": [{"path": "/api", "access": "all"}],
    "readonly": [{"path": "/api", "access": "readonly"}],
    "none": [{"path": "/api", "access": "none"}],
    "backup": [{"path": "/api", "access": "none"}],
    "autosupport": [{"path": "/api", "access": "none"}],
}
PREDEFINED_SVM = {
    "vsadmin": [{"path": "/api", "access": "all"}],
    "vsadmin-volume": [
        {"path": "/api", "access": "none"},
        {"path": "/api/cluster", "access": "readonly"},
        {"path": "/api/cluster/jobs", "access": "all"},
        {"path": "/api/storage", "access": "all"},
        {"path": "/api/protocols", "access": "all"},
        {"path": "/api/svm", "access": "readonly"},
        {"path": "/api/network", "access": "readonly"},
    ],
    "vsadmin-readonly": [{"path": "/api", "access": "readonly"}],
}


def _length(path, parts):
    """How many segments of the privilege's path match, or -1."""
    wanted = [part for part in path.split("/") if part]
    if len(wanted) > len(parts):
        return -1
    for mine, asked in zip(wanted, parts):
        if mine != "*" and mine != asked:
            return -1
    return len(wanted)


def access_level(privileges, parts):
    """The access of the longest matching path; a literal segment counts more than ``*``."""
    best, level = (-1, -1), "none"
    for item in privileges:
        length = _length(item["path"], parts)
        rank = (length, -item["path"].count("*"))
        if length >= 0 and rank > best:
            best, level = rank, item["access"]
    return level


def check(role, parts, method, is_svm_account):
    """Refuse with code 6 what the role does not allow."""
    if method not in METHODS["all"]:
        return  # answered as unknown further on
    path = "/" + "/".join(parts)
    if is_svm_account and any(path == item or path.startswith(item + "/") for item in CLUSTER_ONLY):
        raise not_authorized()
    if method not in METHODS[access_level(role["privileges"] if role else [], parts)]:
        raise not_authorized()
