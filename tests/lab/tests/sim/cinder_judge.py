# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The judge "upstream Cinder driver": configuration, private mounts, the driver's own process."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess

BASE_CONFIG = """
[DEFAULT]
enabled_backends = sim
host = cinder
state_path = {folder}
image_conversion_dir = {folder}/conversion
[database]
connection = sqlite:///{folder}/cinder.db
[oslo_concurrency]
lock_path = {folder}/locks
[coordination]
backend_url = file://{folder}/coordination
[sim]
"""
HERE = os.path.dirname(os.path.abspath(__file__))


def write_config(folder, sim, svm, protocol, fallback, pools, login):
    mounts = os.path.join(folder, "mnt")
    os.makedirs(mounts, exist_ok=True)
    shares = os.path.join(folder, "shares")
    with open(shares, "w", encoding="utf-8") as file:
        file.writelines(pool + "\n" for pool in pools)
    options = {
        "volume_driver": "cinder.volume.drivers.netapp.common.NetAppDriver",
        "volume_backend_name": "sim",
        "netapp_storage_family": "ontap_cluster",
        "netapp_storage_protocol": protocol,
        "netapp_server_hostname": sim.host,
        "netapp_server_port": sim.port,
        "netapp_transport_type": "https",
        "netapp_ssl_cert_path": sim.ca,
        "netapp_login": login[0],
        "netapp_password": login[1],
        "netapp_vserver": svm,
        "netapp_use_legacy_client": "false",
        "netapp_allow_zapi_fallback": str(fallback).lower(),
        "nfs_shares_config": shares,
        "nfs_mount_point_base": mounts,
        "nas_secure_file_operations": "false",
        "nas_secure_file_permissions": "false",
        "netapp_driver_reports_provisioned_capacity": "true",
        "nfs_snapshot_support": "true",
        "driver_ssl_cert_path": sim.ca,
    }
    path = os.path.join(folder, "cinder.conf")
    with open(path, "w", encoding="utf-8") as file:
        file.write(BASE_CONFIG.format(folder=folder))
        file.writelines(f"{name} = {value}\n" for name, value in options.items())
    for name in ("conversion", "locks", "coordination"):
        os.makedirs(os.path.join(folder, name), exist_ok=True)
    return path, mounts


def run(python, folder, sim, svm, protocol, fallback, pools, image=None, login=None, adopt=None):
    """{step: outcome}; for NFS ``pools`` are shares (address:/junction), bind-mounted for it only.

    ``login`` is the account of the driver, the administrator's if None; ``adopt`` names a LUN to take over.
    """
    folder = str(folder)
    config, mounts = write_config(folder, sim, svm, protocol, fallback, pools, login or sim.auth)
    task = {
        "protocol": protocol,
        "config": config,
        "pools": pools,
        "image": image,
        "adopt": adopt,
        "operator": {"url": sim.url(""), "ca": sim.ca, "auth": list(sim.auth)},
        "output": os.path.join(folder, "result.json"),
    }
    task_path = os.path.join(folder, "task.json")
    with open(task_path, "w", encoding="utf-8") as file:
        json.dump(task, file)
    script = ["set -e"]
    for pool in pools if protocol == "nfs" else ():
        address, _dummy, junction = pool.partition(":")
        directory = sim.control.mount(address, junction, "127.0.0.1")["directory"]
        target = os.path.join(mounts, hashlib.md5(pool.encode(), usedforsecurity=False).hexdigest())
        os.makedirs(target, exist_ok=True)
        script.append(f"mount --bind '{directory}' '{target}'")
    script.append(f"exec '{python}' '{HERE}/drive_cinder.py' '{task_path}'")
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_CA_BUNDLE")}
    # The driver only wants to see that there is such a command; its shares are mounted already.
    client = os.path.join(folder, "bin", "mount.nfs")
    os.makedirs(os.path.dirname(client), exist_ok=True)
    with open(client, "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\nexit 1\n")
    os.chmod(client, 0o755)
    first = [os.path.dirname(python), os.path.dirname(client)]
    environment["PATH"] = os.pathsep.join([*first, environment["PATH"]])
    done = subprocess.run(
        ["unshare", "--mount", "--propagation", "private", "sh", "-c", "\n".join(script)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    with open(os.path.join(folder, "driver.log"), "w", encoding="utf-8") as file:
        file.write(done.stdout + done.stderr)
    try:
        with open(task["output"], encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        raise AssertionError(
            f"The Cinder driver's process gave no result:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        ) from None
