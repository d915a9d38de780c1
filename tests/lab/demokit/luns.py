# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The content of LUNs, on the simulator's side: there is no kernel initiator in the lab to do it.

Runs inside the lab (``lab.py exec``). A LUN is a file beside the tree that NFS clients of its FlexVol see.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from image.boot import boot
from labkit.paths import Lab, lab_root
from ontap_sim.control_client import Control


def file_of(name: str) -> Path:
    """The file of a LUN /vol/<FlexVol>/<LUN>."""
    flexvol, _slash, lun = name.removeprefix("/vol/").partition("/")
    for entry in Control(str(Lab(lab_root()).ontap / "control.sock")).request("GET", "/volumes"):
        if entry["name"] == flexvol:
            return Path(entry["root"]).parent / "luns" / lun
    raise SystemExit(f"There is no FlexVol {flexvol}.")


def digest(file: Path, size: int) -> str:
    """SHA-256 of the first ``size`` bytes."""
    found = hashlib.sha256()
    with file.open("rb") as content:
        while size > 0 and (block := content.read(min(size, 1 << 20))):
            found.update(block)
            size -= len(block)
    return found.hexdigest()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("action", choices=["write", "digest", "boot"])
    parser.add_argument("lun", help="/vol/<FlexVol>/<LUN>")
    parser.add_argument("--source", type=Path, help="file whose bytes are written")
    parser.add_argument("--size", type=int, help="bytes to read")
    parser.add_argument("--message", help="line to wait for on the console")
    arguments = parser.parse_args()
    file = file_of(arguments.lun)
    if arguments.action == "write":
        subprocess.run(["cp", "--sparse=always", str(arguments.source), str(file)], check=True)
        print(json.dumps({"file": str(file)}))
    elif arguments.action == "digest":
        print(json.dumps({"sha256": digest(file, arguments.size)}))
    else:
        print(json.dumps(asdict(boot(file, arguments.message, 0, 0, timeout=400.0))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
