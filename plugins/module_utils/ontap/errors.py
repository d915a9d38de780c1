# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From an HTTP answer of ONTAP to a failure of this collection, with the cure of the codes we know.

Codes are those of ONTAP's REST reference (response body table and the error tables of each endpoint). A code
that is not listed keeps ONTAP's own message and gets no invented cure.
"""

from __future__ import annotations

from .. import failures

NO_SUCH_FILE = "6684674"
EXISTS_CODES = {"1", "6488118", "6488083", "5374242", "1260136", "1254196"}
ABSENT_CODES = {
    "4",
    NO_SUCH_FILE,
    "917864",
    "918235",
    "917506",
    "2621462",
    "2621464",
    "8586226",
    "5374875",
    "5374876",
}
FORBIDDEN_CODES = {"6", "6691623"}
# ZAPI's code for "FlexClone is not licensed"; the upstream Cinder driver looks for it in REST answers too,
# which no reference confirms.
UNLICENSED = "14956"
UNSUPPORTED_CODES = {"3", UNLICENSED, "13107223", "13565998", "7012365", "7012374", "1260121"}
BUSY_CODES = {"262160", "7018877"}
# The only texts known to pass: Cinder's LUN driver and netapp.ontap retry these two. Others are not retried.
BUSY_TEXTS = ("device busy", "temporarily locked")

CURES = {
    "6": "give the account's role the right for this path (docs/rights.md lists them)",
    "6691623": "give the account's role the right for this path (docs/rights.md lists them)",
    "917506": "name an existing FlexVol",
    "917525": "name an existing FlexVol",
    "917752": "bring the FlexVol online",
    "917812": "give the destination relative to the root of the FlexVol, without a leading slash",
    "917864": "name an existing file, relative to the root of the FlexVol",
    "918236": "name the FlexVol by a name and UUID that belong together",
    UNLICENSED: "install a licence that contains FlexClone, such as ONTAP One, on the nodes of the cluster",
    "131102": "choose a FlexVol that is read-write, and a path outside .snapshot",
    "131138": "use recurse to remove a directory with its content",
    "2621462": "name an existing SVM that the account may see",
    "2621464": "name an existing SVM that the account may see",
    "6488109": "choose a FlexVol that is no FlexCache",
    "6488117": "check the permissions of the directory for the account",
    "6684674": "name an existing file or directory, relative to the root of the FlexVol",
    "7012352": "copy the files of each source FlexVol by a task of its own",
    "7012358": "give the source relative to the root of its FlexVol",
    "7012359": "give the destination relative to the root of its FlexVol, in an existing directory",
    "7012362": "peer the two SVMs with the application file_copy (peer: true does that)",
    "7012363": "use a cluster account, or the account of the destination's SVM",
    "7012365": "copy only between SVMs of one cluster",
    "7012366": "give max_throughput as bytes per second, 0 or at least 1 MB",
    "7012374": "copy only between SVMs of one cluster",
    "7012376": "choose a FlexVol that is in no SnapMirror synchronous relationship",
    "7012377": "wait until the conversion of the FlexVol has ended",
    "7013360": "add the application file_copy to the SVM peering (peer: true does that)",
    "7013361": "peer the two SVMs within the cluster with the application file_copy (peer: true does that)",
    "7018866": "choose a destination that is read-write",
    "7018877": "lower concurrency; a cluster runs at most 50 copies at once",
    "13107223": "choose FlexVols; a FlexGroup or its constituent cannot take part in a file copy",
    "13565988": "clone the whole file",
    "13565998": "leave autodelete out; a FlexGroup does not support it",
    "1260121": "clone a LUN only within its FlexVol, or use a copy",
    "262160": "lower concurrency or run fewer tasks against this cluster at once",
}


#: From which ONTAP version a path exists: the first that fits.
SINCE = (
    ("/storage/file/copy", "9.8"),
    ("/storage/file/clone", "9.6"),
    ("/files", "9.8"),
)


def of_answer(method, path, host, status, body, retry_after=None, account=None):
    """The failure that an answer with a status of 400 or more, or with an ``error``, stands for."""
    error = (body or {}).get("error") or {}
    if not isinstance(error, dict):
        error = {"message": str(error)}
    message = str(error.get("message") or f"HTTP status {status}").strip().rstrip(".")
    return of_error(
        f"{method} {path} at {host}",
        message,
        error.get("code"),
        status,
        target=error.get("target"),
        retry_after=retry_after,
        account=account,
    )


def of_error(where, message, code, status=None, target=None, retry_after=None, account=None):
    """The failure for a message and code of ONTAP, from an answer or from a job."""
    code = str(code) if code not in (None, "", 0, "0") else None
    kind = kind_of(message, code, status)
    label = f", code {code}" if code else ""
    about = f" for {target}" if target else ""
    what = f"ONTAP says{about}: {message}{label}"
    cure = CURES.get(code)
    if code == "3":
        since = next((version for path, version in SINCE if path in where), None)
        cure = f"use ONTAP {since} or newer, which has this call" if since else "use a newer ONTAP version"
    if status == 401:
        what = f"The login of {account or 'the client certificate'} was refused ({message}{label})"
        cure = "check username and password, and that the account may use the application http"
    if kind is failures.Busy:
        return failures.Busy(what, where, cure, status, code, retry_after=retry_after)
    return kind(what, where, cure, status, code)


def kind_of(message, code, status):
    """Which class of failure it is."""
    text = (message or "").lower()
    if status == 401:
        return failures.NotAuthenticated
    if status in (429, 503) or code in BUSY_CODES or any(known in text for known in BUSY_TEXTS):
        return failures.Busy
    if code in FORBIDDEN_CODES or (status == 403 and code is None):
        return failures.NotAuthorized
    if code in UNSUPPORTED_CODES:
        return failures.Unsupported
    if code in EXISTS_CODES:
        return failures.AlreadyExists
    if code in ABSENT_CODES or status == 404:
        return failures.NotFound
    return failures.Refused
