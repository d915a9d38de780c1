# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Behaviours that no document settles (facts marked UNDOC): each is a named switch, both sides are tested.

Set them in the seed file (``switches``) or at the control endpoint.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Switch:
    default: object
    choices: tuple
    meaning: str
    fact: str


SWITCHES = {
    "clone_keeps_owner": Switch(
        True, (True, False), "a file clone keeps its source's owner, group and mode; else root 0644", "B1"
    ),
    "clone_existing": Switch(
        "refuse",
        ("refuse", "overwrite"),
        "a file clone without overwrite_destination onto an existing file",
        "B1",
    ),
    "copy_keeps_owner": Switch(
        True, (True, False), "a file copy keeps its source's owner, group and mode; else root 0644", "B2"
    ),
    "copy_existing": Switch("refuse", ("refuse", "overwrite"), "a file copy onto an existing file", "B2"),
    "copy_path_form": Switch(
        "tolerant",
        ("tolerant", "strict"),
        "tolerant: a path in a file copy may begin with the volume's name",
        "C3.3",
    ),
    "copy_svm": Switch(
        "optional", ("optional", "required"), "whether file copy wants svm on both sides", "B2"
    ),
    "copy_early_name": Switch(
        True, (True, False), "a copied file is visible under its name before all its data is", "B2"
    ),
    "copy_failure_leaves": Switch(
        False, (False, True), "a failed file copy leaves what it had written", "B2"
    ),
    "copy_max_files": Switch(100, (), "most files in one file copy request", "B2"),
    "copy_cancel": Switch(False, (False, True), "whether a file copy's job can be cancelled", "B2, A7"),
    "copy_bytes_per_second": Switch(200 << 20, (), "speed of one copy; 0 is as fast as the machine", "E"),
    "rename_existing": Switch(
        "refuse", ("refuse", "overwrite"), "renaming a file onto an existing file", "B3"
    ),
    "flexclone_licence": Switch(
        "compliant",
        ("compliant", "one_node", "expired", "unlicensed"),
        "FlexClone's licence; expired or unlicensed refuses clones of files and LUNs",
        "LicensePackage",
    ),
    "query_comma": Switch("or", ("or", "literal"), "a comma in a query value separates alternatives", "A3"),
    "job_finished_status": Switch(
        "created",
        ("created", "accepted"),
        "a job that ends within return_timeout answers 201/200, or 202 all the same",
        "A7",
    ),
    "job_seconds": Switch(0, (), "least duration of every job, in seconds", "A7"),
    "job_grace_seconds": Switch(
        0.05, (), "how long an answer 202 waits for a quick job, so that the first poll finds it done", "A7"
    ),
    "files_show_luns": Switch(True, (True, False), "LUNs appear in a FlexVol's file list (type lun)", "B3"),
    "list_file": Switch(
        "refuse", ("refuse", "metadata"), "listing a path that is a file, without return_metadata", "B3"
    ),
    "qos_on_svm_lif": Switch(
        "refuse", ("refuse", "allow"), "assigning a QoS policy to a file through an SVM LIF", "B3, D"
    ),
    "unique_bytes_in_star": Switch(
        "by_version", ("by_version", "always"), "from 9.17 unique_bytes must be asked for by name", "B3"
    ),
}


class Switches:
    def __init__(self, store):
        self._store = store

    def __getitem__(self, name):
        record = self._store.get("switch", name)
        return record["value"] if record else SWITCHES[name].default

    def set(self, name, value):
        switch = SWITCHES.get(name)
        if switch is None:
            raise ValueError(f"There is no switch {name!r}; known ones: {', '.join(sorted(SWITCHES))}.")
        if switch.choices and value not in switch.choices:
            raise ValueError(f"Switch {name!r} cannot be {value!r}; choose from {list(switch.choices)}.")
        self._store.put("switch", name, {"value": value})

    def reset(self, name):
        self._store.remove("switch", name)

    def all(self):
        return {name: self[name] for name in SWITCHES}
