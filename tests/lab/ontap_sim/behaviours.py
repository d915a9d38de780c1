# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How sure we are of each behaviour: documented, observed in a client's code or run, or assumed.

What is assumed without a switch is a choice that no client here depends on.
"""

from __future__ import annotations

BEHAVIOURS = [
    ("double, leading and trailing slashes are accepted", "observed", "A1"),
    (
        "the raw path is routed; %2F and %2E belong to file paths; plain dot segments are removed",
        "documented",
        "A1",
    ),
    (
        "HAL links unless Accept is application/json, which keeps only `next` and the job's link",
        "documented, job link observed",
        "A1",
    ),
    ("HEAD and OPTIONS everywhere, `Allow` header", "documented", "A1"),
    (
        "body keys dotted, nested or mixed; strings for booleans, numbers and sizes with suffixes",
        "observed",
        "A1",
    ),
    (
        "a bare string in place of an object means its name",
        "observed for SVM and LIF, assumed elsewhere",
        "B4, C1",
    ),
    ("basic and certificate login; an account logs in at the LIFs of its owner only", "documented", "A2"),
    ("401 with code 6691623 and `User is not authorized.`", "text observed, status documented", "A2"),
    (
        "tunnelling by X-Dot-SVM-Name or -UUID; another svm in the body is refused with 400",
        "documented",
        "A2",
    ),
    ("refusal by role: 403, code 6, `not authorized for that command`", "observed", "A2"),
    ("the longest matching privilege decides; `*` is one path segment", "documented", "B10"),
    ("which endpoints an SVM account cannot use at all", "assumed after clients' code", "A2, D"),
    ("query language, fields expression, order_by, paging by `start.<key>`", "documented", "A3, A4"),
    ("a field that was queried is shown", "assumed", "A3"),
    (
        "unknown `fields`: 262197; unknown query field or body key: 262179",
        "first observed, second documented",
        "A3, A6",
    ),
    (
        "unknown API: 404 code 3; known API with another method: 405 code 3",
        "code observed, statuses documented and assumed",
        "A6",
    ),
    ("PATCH and DELETE by query; POST of `records` as a job with results", "documented", "A4"),
    ("record-based PATCH and DELETE (`records` in the body)", "not covered", "A4"),
    ("an empty object as body of DELETE is accepted, anything else refused", "observed", "A4"),
    ("jobs: states, message, code, error, 300 seconds of life, cancel codes", "documented", "A7"),
    ("jobs running when the service dies have failed", "assumed", "A7"),
    ("fields and endpoints that begin or end with a version", "documented", "A8, B"),
    (
        "file clone: paths relative to the volume, from snapshots, ranges of 4 KiB blocks, codes",
        "documented",
        "B1",
    ),
    ("a missing source of a clone is code 917864, an existing destination 13565952", "assumed", "B1"),
    (
        "file copy: one source and one destination volume, 50 operations, peering, throughput rounding",
        "documented",
        "B2",
    ),
    ("HTTP status 429 of the 51st copy", "assumed", "B2"),
    ("limits on connections and waiting requests per address", "by the fault switchboard only", "A5"),
    ("holes of a copied file stay holes", "documented", "E"),
    ("the job's message while copying", "assumed", "B2"),
    ("file lists have `.` and `..`; metadata is a list of one", "documented", "B3"),
    ("unique bytes come from the file system's extents", "assumed", "B3"),
    ("data by multipart, 1 MiB at once", "documented", "B3"),
    (
        "a FlexVol really has its size: ENOSPC for clients, 917883 in answers",
        "size documented, code assumed",
        "B4",
    ),
    ("offline drops the junction; deletion needs no unmounting", "documented", "B4"),
    (
        "snapshot reserve is taken from the usable size; default 5 percent",
        "documented, default assumed",
        "B4",
    ),
    ("efficiency is disabled when neither deduplication nor compression is on", "observed", "C1"),
    ("NFS clients do not see LUNs, `.snapshot` or anything but the volume's root", "assumed", "B3"),
    ("LUN clone in the same volume, copy visible at once with progress", "documented", "B6"),
    (
        "licences: packages, states, scopes; unlicensed ones only when `state` is queried",
        "documented",
        "LicensePackage",
    ),
    (
        "a clone of a file or LUN without FlexClone's licence: 400, code 14956, refused at once",
        "assumed (the code is ZAPI's, which Cinder looks for in REST too)",
        "C2",
    ),
    ("LUN movement between volumes", "not covered", "B6"),
    ("NFS service defaults", "documented", "B8"),
    (
        "export rules: order, shifting on insertion, closing the gap on a move",
        "first two documented, last assumed",
        "B8",
    ),
    ("a policy without rules denies; a qtree's policy holds for the qtree", "documented", "B8"),
    ("export policies are checked when a client mounts, not on each access", "simplified", "B8"),
    ("a LIF's netmask comes back as a length", "observed", "C1"),
    ("new SVMs have a root volume and an export policy without rules", "documented", "B9"),
    ("accounts: applications with methods, reserved names, last administrator", "documented", "B10"),
    ("password rules and the text about reuse", "text observed, codes assumed", "C1"),
    ("`/private/cli`: hyphens and underscores alike, `fields=*` refused", "documented", "B11"),
    (
        "ZAPI: three calls at start, four in housekeeping; ONTAPI minor versions",
        "calls observed, versions assumed",
        "C2",
    ),
    ("performance counters grow like those of a lightly loaded node", "assumed", "B9"),
]
