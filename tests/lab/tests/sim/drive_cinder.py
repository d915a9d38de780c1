# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run by the OpenStack environment's Python: the unmodified NetApp driver of Cinder against the simulator.

Argument: a JSON file {protocol, config (path of cinder.conf), pools, image, operator, output}.
Output: step -> outcome. The shares are mounted already (bind mounts), as for a Cinder that was restarted;
nothing of the driver is replaced.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import sys
import time
import traceback
import uuid

with open(sys.argv[1], encoding="utf-8") as file:
    TASK = json.load(file)

import os_brick.privileged
import requests
from cinder import context, coordination, objects
from cinder import privsep as cinder_privsep
from cinder.db import api as db_api
from cinder.db import models
from cinder.image import image_utils
from cinder.volume import configuration
from cinder.volume import driver as volume_driver
from oslo_concurrency import processutils
from oslo_config import cfg
from oslo_utils import importutils

logging.basicConfig(level=logging.INFO)
objects.register_all()
cfg.CONF(["--config-file", TASK["config"]], project="cinder")
for pctxt in (cinder_privsep.sys_admin_pctxt, os_brick.privileged.default):
    pctxt.set_client_mode(False)  # we are root: no helper daemon
coordination.COORDINATOR.start()
models.BASE.metadata.create_all(db_api.get_engine())
db_api.volume_type_create(context.get_admin_context(), {"name": "__DEFAULT__", "extra_specs": {}})
CONTEXT = context.get_admin_context()
RESULT = {}
DRIVER = "cinder.volume.drivers.netapp.common.NetAppDriver"


def run_plain(*command, **options):
    options.pop("run_as_root", None)
    options.pop("root_helper", None)
    return processutils.execute(*command, **options)


def md5_of(path):
    with open(path, "rb") as file:
        return hashlib.md5(file.read(), usedforsecurity=False).hexdigest()


class Image:
    """A Glance of one image."""

    def __init__(self, path):
        self.path = path
        self.id = str(uuid.uuid4())
        self.downloads = 0
        self.temp_images = image_utils.TemporaryImages(self)
        self.meta = {
            "id": self.id,
            "name": "image",
            "disk_format": "raw",
            "container_format": "bare",
            "min_disk": 1,
            "min_ram": 0,
            "size": os.path.getsize(path),
            "status": "active",
            "properties": {},
            "visibility": "public",
            "checksum": md5_of(path),
        }

    def show(self, ctxt, image_id):
        return self.meta

    def get_location(self, ctxt, image_id):
        return None, None

    def download(self, ctxt, image_id, data=None):
        self.downloads += 1
        with open(self.path, "rb") as source:
            data.write(source.read())

    def get_stores(self, ctxt):
        return []


def as_operator(method, path, body):
    """What an operator does to the FlexVol, with rights that the driver's account has not."""
    known = TASK["operator"]
    session = requests.Session()
    session.trust_env = False  # REQUESTS_CA_BUNDLE would win over verify
    answer = session.request(
        method,
        known["url"] + path + "?return_timeout=60",
        json=body,
        auth=tuple(known["auth"]),
        verify=known["ca"] or False,
    )
    assert answer.status_code < 300, answer.text


def make_driver():
    config = configuration.Configuration(volume_driver.volume_opts, config_group="sim")
    driver = importutils.import_object(
        DRIVER,
        configuration=config,
        db=db_api,
        host="cinder@sim",
        is_vol_db_empty=True,
        cluster_name=None,
        active_backend_id=None,
        execute=run_plain,
    )
    driver.do_setup(CONTEXT)
    driver.check_for_setup_error()
    driver.set_initialized()
    return driver


def new_volume(pool, size=1, **fields):
    volume = objects.Volume(
        CONTEXT,
        size=size,
        host=f"cinder@sim#{pool}",
        display_name="v",
        project_id=uuid.uuid4().hex,
        user_id=uuid.uuid4().hex,
        status="creating",
        availability_zone="nova",
        attach_status="detached",
        provider_location=fields.pop("provider_location", None),
        **fields,
    )
    volume.create()
    return volume


def new_snapshot(volume):
    snapshot = objects.Snapshot(
        CONTEXT,
        volume_id=volume.id,
        volume_size=volume.size,
        display_name="s",
        status="creating",
        provider_location=volume.provider_location,
        project_id=volume.project_id,
        user_id=volume.user_id,
    )
    snapshot.create()
    return snapshot


def keep(volume, update):
    for name in ("provider_location",):
        if update and name in update:
            setattr(volume, name, update[name])
    volume.save()


def step(name):
    def decorate(function):
        def run(*args):
            try:
                RESULT[name] = function(*args) or "ok"
            except Exception:
                RESULT[name] = "FAILED " + traceback.format_exc()[-1500:]

        return run

    return decorate


def nfs(driver):
    pool = TASK["pools"][0]
    state = {}

    def path(volume):
        mount = os.path.join(
            cfg.CONF.sim.nfs_mount_point_base, hashlib.md5(pool.encode(), usedforsecurity=False).hexdigest()
        )
        return os.path.join(mount, volume.name)

    @step("stats")
    def stats():
        found = driver.get_volume_stats(refresh=True)
        pools = {item["pool_name"]: item for item in found["pools"]}
        if set(pools) != set(TASK["pools"]):
            raise AssertionError(f"pools {sorted(pools)}")
        wanted = {
            "netapp_aggregate",
            "netapp_raid_type",
            "netapp_disk_type",
            "total_capacity_gb",
            "utilization",
            "netapp_mirrored",
        }
        if not wanted <= set(pools[pool]):
            raise AssertionError(f"missing {sorted(wanted - set(pools[pool]))}")
        return {name: str(pools[pool][name]) for name in sorted(wanted)}

    @step("create")
    def create():
        state["volume"] = new_volume(pool)
        keep(state["volume"], driver.create_volume(state["volume"]))
        with open(path(state["volume"]), "r+b") as file:
            file.write(b"content" * 1000)

    @step("clone")
    def clone():
        state["clone"] = new_volume(pool, size=1)
        keep(state["clone"], driver.create_cloned_volume(state["clone"], state["volume"]))
        with open(path(state["clone"]), "rb") as file:
            assert file.read(7) == b"content"

    @step("snapshot")
    def snapshot():
        state["snapshot"] = new_snapshot(state["volume"])
        driver.create_snapshot(state["snapshot"])

    @step("volume from snapshot")
    def from_snapshot():
        state["restored"] = new_volume(pool, size=2)
        keep(state["restored"], driver.create_volume_from_snapshot(state["restored"], state["snapshot"]))
        assert os.path.getsize(path(state["restored"])) == 2 << 30

    @step("revert to snapshot")
    def revert():
        with open(path(state["volume"]), "r+b") as file:
            file.write(b"changed")
        driver.revert_to_snapshot(CONTEXT, state["volume"], state["snapshot"])
        with open(path(state["volume"]), "rb") as file:
            assert file.read(7) == b"content"

    @step("extend")
    def extend():
        driver.extend_volume(state["clone"], 3)
        assert os.path.getsize(path(state["clone"])) == 3 << 30

    @step("manage")
    def manage():
        volume = new_volume(pool)
        foreign = os.path.join(os.path.dirname(path(volume)), "foreign")
        with open(foreign, "wb") as file:
            file.truncate(1 << 30)
        reference = {"source-name": f"{pool}/foreign"}
        assert driver.manage_existing_get_size(volume, reference) == 1
        keep(volume, driver.manage_existing(volume, reference))
        assert os.path.exists(path(volume)) and not os.path.exists(foreign)
        driver.delete_volume(volume)

    def image_volume():
        volume, image = new_volume(pool), state["image"]
        update, cloned = driver.clone_image(CONTEXT, volume, (None, None), image.meta, image)
        if not cloned:
            keep(volume, driver.create_volume(volume))
            driver.copy_image_to_volume(CONTEXT, volume, image, image.id)
        else:
            keep(volume, update)
        with open(path(volume), "rb") as made, open(image.path, "rb") as original:
            assert made.read(1 << 20) == original.read(1 << 20)
        assert os.path.getsize(path(volume)) == 1 << 30
        state.setdefault("from image", []).append(volume)
        return cloned

    @step("image, cold cache")
    def cold():
        state["image"] = Image(TASK["image"])
        cloned = image_volume()
        assert not cloned and state["image"].downloads == 1
        assert os.path.exists(
            os.path.join(os.path.dirname(path(state["volume"])), f"img-cache-{state['image'].id}")
        )

    @step("image, warm cache")
    def warm():
        assert image_volume() and state["image"].downloads == 1

    client = driver.zapi_client  # so called also in REST mode
    client_volume = pool.partition(":/")[2]

    @step("file usage")
    def usage():
        # what the cleaning of the image cache asks
        name = f"img-cache-{state['image'].id}"
        ((found, size),) = driver._shortlist_del_eligible_files(pool, [name])
        assert found == name and int(size) >= 0

    @step("clone from a snapshot of the FlexVol")
    def from_flexvol_snapshot():
        # with the snapshot directory visible by REST, without it by /private/cli
        flexvol = f"/storage/volumes/{client._get_volume_by_args(client_volume)['uuid']}"
        as_operator("POST", flexvol + "/snapshots", {"name": "judge"})
        name, copy = state["volume"].name, os.path.join(os.path.dirname(path(state["volume"])), "old")
        for visible in (True, False):
            as_operator("PATCH", flexvol, {"snapshot_directory_access_enabled": visible})
            client.clone_file(client_volume, name, "old", client.vserver, source_snapshot="judge")
            with open(copy, "rb") as file:
                assert file.read(7) == b"content"
            client.delete_file(f"/vol/{client_volume}/old")
        client.delete_snapshot(client_volume, "judge")

    @step("file copy")
    def copy():
        other = TASK["pools"][1].partition(":/")[2]
        job = client.start_file_copy(
            state["volume"].name, other, src_ontap_volume=client_volume, dest_file_name="copied"
        )
        for _number in range(100):
            status = client.get_file_copy_status(job)
            if status["job-status"] == "complete":
                break
            time.sleep(0.1)
        assert status["job-status"] == "complete", status
        client.delete_file(f"/vol/{other}/copied")

    @step("QoS")
    def qos():
        for limit in ("100iops", "200iops"):
            group = {"spec": {"policy_name": "judge", "max_throughput": limit}, "legacy": None}
            client.provision_qos_policy_group(group, False)
        client.file_assign_qos(client_volume, "judge", False, state["volume"].name)
        client.mark_qos_policy_group_for_deletion(group)

    @step("delete")
    def delete():
        driver.delete_snapshot(state["snapshot"])
        for volume in (state["volume"], state["clone"], state["restored"], *state["from image"]):
            driver.delete_volume(volume)
            assert not os.path.exists(path(volume))

    for function in (
        stats,
        create,
        clone,
        snapshot,
        from_snapshot,
        revert,
        extend,
        manage,
        cold,
        warm,
        usage,
        from_flexvol_snapshot,
        copy,
        qos,
        delete,
    ):
        function()


def iscsi(driver):
    pool = TASK["pools"][0]
    state = {}
    connector = {
        "initiator": "iqn.1994-05.com.redhat:judge",
        "host": "judge",
        "ip": "127.0.0.1",
        "multipath": False,
    }

    @step("stats")
    def stats():
        found = driver.get_volume_stats(refresh=True)
        names = sorted(item["pool_name"] for item in found["pools"])
        if names != sorted(TASK["pools"]):
            raise AssertionError(f"pools {names}")

    @step("create")
    def create():
        state["volume"] = new_volume(pool)
        driver.create_volume(state["volume"])

    @step("clone")
    def clone():
        state["clone"] = new_volume(pool)
        driver.create_cloned_volume(state["clone"], state["volume"])

    @step("snapshot")
    def snapshot():
        state["snapshot"] = new_snapshot(state["volume"])
        driver.create_snapshot(state["snapshot"])

    @step("volume from snapshot")
    def from_snapshot():
        state["restored"] = new_volume(pool, size=2)
        driver.create_volume_from_snapshot(state["restored"], state["snapshot"])

    @step("revert to snapshot")
    def revert():
        driver.revert_to_snapshot(CONTEXT, state["volume"], state["snapshot"])

    @step("extend")
    def extend():
        driver.extend_volume(state["clone"], 3)

    @step("connect")
    def connect():
        keep(state["volume"], driver.create_export(CONTEXT, state["volume"], connector))
        information = driver.initialize_connection(state["volume"], connector)
        assert information["driver_volume_type"] == "iscsi"
        assert information["data"]["target_lun"] >= 0 and information["data"]["target_iqn"].startswith(
            "iqn.1992-08.com.netapp"
        )

    @step("disconnect")
    def disconnect():
        driver.terminate_connection(state["volume"], connector)

    @step("manage")
    def manage():
        volume = new_volume(pool)
        reference = {"source-name": f"/vol/{pool}/foreign"}
        assert driver.manage_existing_get_size(volume, reference) == 1
        driver.manage_existing(volume, reference)
        driver.delete_volume(volume)

    @step("LUN copy")
    def copy():
        client = driver.library.zapi_client
        path = client.start_lun_copy(
            state["volume"].name, TASK["pools"][1], client.vserver, src_ontap_volume=pool
        )
        for _number in range(100):
            status = client.get_lun_copy_status(path)
            if status["job-status"] == "complete":
                break
            time.sleep(0.1)
        assert status["job-status"] == "complete", status
        client.destroy_lun(path)

    @step("delete")
    def delete():
        driver.delete_snapshot(state["snapshot"])
        for volume in (state["volume"], state["clone"], state["restored"]):
            driver.delete_volume(volume)

    for function in (
        stats,
        create,
        clone,
        snapshot,
        from_snapshot,
        revert,
        extend,
        connect,
        disconnect,
        manage,
        copy,
        delete,
    ):
        function()


def adopted(driver):
    """Take over a LUN that the array made, and clone a larger volume from it; the clone's name."""

    @step("adopt and clone")
    def adopt_and_clone():
        pool, size = TASK["adopt"]["pool"], TASK["adopt"]["size"]
        volume = new_volume(pool, size)
        reference = {"source-name": TASK["adopt"]["lun"]}
        assert driver.manage_existing_get_size(volume, reference) == size
        driver.manage_existing(volume, reference)
        clone = new_volume(pool, size + 1)
        driver.create_cloned_volume(clone, volume)
        return clone.name

    adopt_and_clone()


def main():
    try:
        driver = make_driver()
        RESULT["start"] = "ok"
    except Exception:
        RESULT["start"] = "FAILED " + traceback.format_exc()[-2500:]
    else:
        (adopted if TASK.get("adopt") else {"nfs": nfs, "iscsi": iscsi}[TASK["protocol"]])(driver)
    with open(TASK["output"], "w", encoding="utf-8") as output:
        json.dump(RESULT, output)
    sys.stdout.flush()
    os._exit(0)  # the driver's periodic tasks would go on for ever


main()
