# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a command (ansible-test) with something to test against: ``target_run.py simulator|lab CONFIG_FILE --
COMMAND``.

``simulator`` starts an ONTAP simulator for the time of the command; ``lab`` uses the running lab after the
demo has enhanced it. Both write their variables into CONFIG_FILE first and remove it in the end.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lab"))

from demokit import story
from image import build
from labkit import addresses, command, paths
from ontap_sim.harness import Control, Simulator

FLEXVOLS = {"ontap_volume": "cinder_a", "ontap_second_volume": "cinder_b"}


def volumes(roots: dict[str, str]) -> dict[str, str]:
    """The two FlexVols, and the folders in which the targets may look at their content."""
    found = {}
    for variable, name in FLEXVOLS.items():
        found[variable] = name
        found[f"{variable}_directory"] = roots[name]
    return found


@contextlib.contextmanager
def simulator() -> Iterator[dict]:
    """A simulator of its own with NFS on and two FlexVols, for targets that need no OpenStack."""
    with Simulator() as sim:
        yield {
            "ontap_hostname": sim.host,
            "ontap_http_port": sim.port,
            "ontap_username": sim.username,
            "ontap_password": sim.password,
            "ontap_ca_path": sim.ca,
            "ontap_validate_certs": True,
            "ontap_vserver": sim.svm_names[0],
            **volumes(sim.prepare_nfs(volumes=tuple(FLEXVOLS.values()))),
        }


@contextlib.contextmanager
def lab() -> Iterator[dict]:
    """The running lab. The roots of its FlexVols are seen through one of its processes."""
    place, net = paths.Lab(paths.lab_root().absolute()), addresses.from_environment()
    _python, cache = command.make_cache()
    inside = f"/proc/{command.the_life().running().pid}/root"
    listed = Control(str(place.ontap / "control.sock")).request("GET", "/volumes")
    yield {
        "ontap_hostname": net.cluster,
        "ontap_http_port": addresses.ONTAP_PORT,
        "ontap_username": "admin",
        "ontap_password": place.secret("ontap_admin"),
        "ontap_ca_path": str(place.ca / "ca.pem"),
        "ontap_validate_certs": True,
        "ontap_vserver": "svm_openstack",
        **volumes({volume["name"]: inside + volume["root"] for volume in listed}),
        "os_client_config_file": str(place.clouds),
        "openstack_cloud": story.USER_CLOUD,
        "openstack_admin_cloud": story.ADMIN_CLOUD,
        "openstack_image": story.image_name(build.build(cache.root)),
        "openstack_flavor": story.FLAVOR,
        "openstack_network": story.NETWORK,
        "openstack_volume_type": "enhanced",
        "openstack_lab": str(place.root),
    }


def main() -> int:
    kind, config, separator, *words = sys.argv[1:]
    if separator != "--" or not words:
        sys.exit(__doc__)
    file = Path(config)
    with {"simulator": simulator, "lab": lab}[kind]() as variables:
        file.touch(mode=0o600)  # it holds a password, though only of the lab
        file.write_text(yaml.safe_dump(variables))
        try:
            return subprocess.run(words, stdin=subprocess.DEVNULL, check=False).returncode
        finally:
            file.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
