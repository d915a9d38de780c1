# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What role cinder_netapp writes for each deployer, parsed by Cinder's own code as that one lays it down."""

from __future__ import annotations

import configparser
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from labkit import paths, venvs

CACHE = paths.Cache(paths.cache_root(), venvs.base_python()[1])
CHECKOUT = Path(__file__).resolve().parents[4]
PARSER = CHECKOUT / "roles/cinder_netapp/files/parse_options.py"
SECRETS = ("hidden-0", "hidden-1", "hidden-2")
SHARES = ["192.0.2.11:/cinder_a", "192.0.2.12:/cinder_b"]


@pytest.fixture(scope="module", autouse=True)
def services(tmp_path_factory):
    """Cinder's own code, which reads what the role wrote, and certificates on the control host."""
    folder = tmp_path_factory.mktemp("certificates")
    for name, text in (("ca_path", "ca"), ("cert_filepath", "certificate"), ("key_filepath", SECRETS[2])):
        (folder / name).write_text(f"{text}\n")
    CONNECTION["ca_path"] = str(folder / "ca_path")
    CERTIFIED.update({name: str(folder / name) for name in ("ca_path", "cert_filepath", "key_filepath")})
    if not (CACHE.openstack / "bin/python").exists():
        pytest.fail("These tests need the services' virtualenv: run make setup first.")


CONNECTION = {
    "hostname": "svm.example.com",
    "username": "cinder",
    "password": SECRETS[0],
    "vserver": "svm1",
}
CERTIFIED = {key: CONNECTION[key] for key in ("hostname", "vserver")}


def san(protocol):
    """A SAN backend; iSCSI and FC differ in the fragment alone."""
    return {
        "name": f"ontap_{protocol}",
        "protocol": protocol,
        "connection": CONNECTION,
        "flexvols": ["san_a", "san_b"],
    }


def play(folder, target, name, *options, more=(), on="localhost", connection=None):
    variables = {
        "cinder_netapp_target": target,
        "cinder_netapp_output_dir": str(folder),
        "cinder_netapp_enabled_backends": ["plain"],
        "cinder_netapp_backends": [
            {
                "name": name,
                "connection": connection or CONNECTION,
                "shares": SHARES,
            },
            *more,
        ],
        "cinder_netapp_internal_tenant": {"project_id": "a" * 32, "user_id": "b" * 32},
        "cinder_netapp_image_volume_cache": {"max_size_gb": 200, "max_count": 20},
        "cinder_netapp_glance_user": {
            "username": "locations",
            "password": SECRETS[1],
            "project_name": "service",
            "auth_url": "http://keystone.example.com/v3",
        },
    }
    book = folder.parent / "play.json"
    role = "openstack_ontap.enhanced_instance.cinder_netapp"
    book.write_text(json.dumps([{"hosts": on, "gather_facts": False, "roles": [role]}]))
    environment = dict(os.environ, ANSIBLE_COLLECTIONS_PATH=str(CACHE.checkout()), ANSIBLE_NOCOLOR="1")
    command = Path(sys.executable).parent / "ansible-playbook"
    done = subprocess.run(
        [
            command,
            book,
            "-e",
            json.dumps(variables),
            "-e",
            "ansible_python_interpreter=" + sys.executable,
            *options,
        ],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    shown = done.stdout + done.stderr
    # The command line above is not shown by Ansible, so a secret here comes out of a task.
    assert not [secret for secret in SECRETS if secret in shown]
    return done, shown


def parsed_by_cinder(name, *files):
    words = [word for file in files for word in ("--config-file", str(file))]
    with PARSER.open(encoding="utf-8") as script:
        return subprocess.run(
            [CACHE.openstack / "bin/python", "-", name, *words],
            stdin=script,
            capture_output=True,
            text=True,
            check=False,
        )


def written(path, sections):
    lines = []
    for section, options in sections.items():
        lines += [f"[{section}]", *(f"{key} = {value}" for key, value in options.items())]
    path.write_text("\n".join(lines) + "\n")
    return path


def read(*files):
    """As oslo.config merges them: later files win."""
    found = configparser.RawConfigParser(strict=False)
    found.read(files)
    return found


def check_san(*files):
    """The sections of both SAN backends, as Cinder would read them."""
    for protocol in ("iscsi", "fc"):
        section = read(*files)[f"ontap_{protocol}"]
        assert section["netapp_storage_protocol"] == protocol
        assert section["netapp_pool_name_search_pattern"] == "san_a,san_b"
        assert section["image_volume_cache_enabled"] == "true"
        assert section["image_volume_cache_max_count"] == "20"
    default = read(*files)["DEFAULT"]
    assert default["allowed_direct_url_schemes"] == "cinder"
    assert default["cinder_internal_tenant_project_id"] == "a" * 32


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "out"
    path.mkdir()
    return path


def run_twice(folder, target, name):
    """An NFS backend and two SAN ones."""
    more = [san("iscsi"), san("fc")]
    first, shown = play(folder, target, name, "--diff", "-vvv", more=more)
    assert first.returncode == 0, shown
    second, shown = play(folder, target, name, more=more)
    assert "changed=0" in shown
    assert second.returncode == 0


def test_folder(folder, tmp_path):
    run_twice(folder, "folder", "ontap_nfs")
    main = written(tmp_path / "cinder.conf", {"DEFAULT": {"enabled_backends": "plain"}})
    drop_ins = sorted(folder.glob("*.conf"))
    assert len(drop_ins) == 2
    done = parsed_by_cinder("ontap_nfs,ontap_iscsi,ontap_fc", main, *drop_ins)
    assert (done.returncode, done.stderr) == (0, "")
    check_san(*drop_ins)
    assert [file.name for file in folder.glob("nfs_shares*")] == ["nfs_shares_ontap_nfs"]
    assert (folder / "nfs_shares_ontap_nfs").read_text().split() == SHARES


def test_kolla(folder, tmp_path):
    run_twice(folder, "kolla", "nfs-1")
    # Kolla-Ansible's own template with enable_cinder_backend_nfs, over which merge_configs lays the override.
    merged = configparser.RawConfigParser(strict=False)
    merged.read_dict(
        {
            "DEFAULT": {"enabled_backends": "nfs-1"},
            "nfs-1": {"volume_driver": "cinder.volume.drivers.nfs.NfsDriver", "volume_backend_name": "nfs-1"},
        }
    )
    merged.read(folder / "cinder/cinder-volume.conf")
    path = tmp_path / "cinder.conf"
    with path.open("w", encoding="utf-8") as stream:
        merged.write(stream)
    # skip_cinder_backend_check: the override names the backends that Kolla-Ansible does not know.
    done = parsed_by_cinder("nfs-1,ontap_iscsi,ontap_fc", path)
    assert (done.returncode, done.stderr) == (0, "")
    check_san(path)
    assert merged["nfs-1"]["volume_driver"].endswith("NetAppDriver")
    assert (folder / "nfs_shares").read_text().split() == SHARES


def test_kolla_needs_its_own_backend(folder):
    done, shown = play(folder, "kolla", "ontap_nfs")
    assert done.returncode != 0
    assert "one backend with the name nfs-1, it is ontap_nfs" in shown
    assert list(folder.iterdir()) == []


def test_openstack_ansible(folder, tmp_path):
    run_twice(folder, "openstack_ansible", "ontap_nfs")
    variables = yaml.safe_load((folder / "user_openstack_ontap.yml").read_text())
    # As os_cinder's template does: a section per backend, their names in enabled_backends, the overrides.
    overrides = variables["cinder_cinder_conf_overrides"]
    default = {"enabled_backends": ",".join(variables["cinder_backends"]), **overrides.pop("DEFAULT")}
    sections = {"DEFAULT": default, **variables["cinder_backends"], **overrides}
    file = written(tmp_path / "cinder.conf", sections)
    done = parsed_by_cinder("ontap_nfs,ontap_iscsi,ontap_fc", file)
    assert (done.returncode, done.stderr) == (0, "")
    check_san(file)
    assert [f"{share['ip']}:{share['share']}" for share in variables["cinder_nfs_client"]["shares"]] == SHARES


@pytest.mark.parametrize("shared", ["backend_host", "cluster"])
def test_two_hosts_that_serve_a_backend_together_get_the_same_files(folder, tmp_path, shared):
    url = "etcd3+http://cinder:hidden-0@192.0.2.5:2379"
    hosts = tmp_path / "hosts"
    hosts.write_text("one\ntwo\n")
    together = {f"cinder_netapp_{shared}": "together", "cinder_netapp_coordination_url": url}
    own = {"cinder_netapp_output_dir": f"{folder}/{{{{ inventory_hostname }}}}", **together}
    # One without a driver's name is LVM's, which knows no clusters.
    others = {"backend_host": ["plain"], "cluster": []}[shared]
    own["cinder_netapp_enabled_backends"] = others
    done, shown = play(
        folder, "folder", "ontap_nfs", "-i", str(hosts), "-e", json.dumps(own), "-vvv", on="one:two"
    )
    assert done.returncode == 0, shown
    one, two = (
        {file.name: file.read_text() for file in (folder / name).iterdir()} for name in ("one", "two")
    )
    assert one == two and len(one) == 4
    default = {"enabled_backends": ",".join(others), "host": "one"}
    main = written(tmp_path / "cinder.conf", {"DEFAULT": default})
    drop_ins = sorted((folder / "one").glob("*.conf"))
    done = parsed_by_cinder("ontap_nfs", main, *drop_ins)
    assert (done.returncode, done.stderr) == (0, "")
    section = {"backend_host": "ontap_nfs", "cluster": "DEFAULT"}[shared]
    assert read(*drop_ins)[section][shared] == "together"
    assert read(*drop_ins)["coordination"]["backend_url"] == url


READ = """
import sys
from oslo_config import cfg
options = cfg.ConfigOpts()
options.register_opt(cfg.StrOpt("netapp_password"), group=sys.argv[1])
options(sys.argv[2:])
print(options[sys.argv[1]].netapp_password)
"""


@pytest.mark.parametrize(
    ("target", "name", "password"),
    [
        ("folder", "ontap_nfs", "hidden-0$word"),
        ("folder", "ontap_nfs", "'$$hidden-0 ${x}'"),
        ("kolla", "nfs-1", ' "$hidden-0"'),
    ],
)
def test_a_password_is_read_as_it_is(folder, target, name, password):
    done, shown = play(folder, target, name, connection={**CONNECTION, "password": password})
    assert done.returncode == 0, shown
    file = next(path for path in folder.rglob("*.conf") if "netapp_password" in path.read_text())
    python = CACHE.openstack / "bin/python"
    words = [python, "-c", READ, name, "--config-file", str(file)]
    assert subprocess.run(words, capture_output=True, text=True, check=True).stdout == f"{password}\n"


@pytest.mark.parametrize(("target", "name"), [("folder", "ontap_nfs"), ("kolla", "nfs-1")])
def test_certificates_and_key_lie_beside_the_options(folder, target, name):
    done, shown = play(folder, target, name, connection=CERTIFIED)
    assert done.returncode == 0, shown
    modes = {file.name: oct(file.stat().st_mode & 0o777) for file in folder.iterdir()}
    assert (modes["ontap_client.pem"], modes["ontap_client.key"]) == ("0o640", "0o600")
    assert (folder / "ontap_client.key").read_text() == f"{SECRETS[2]}\n"
    assert "ontap_client.key as /etc/cinder/ontap_client.key" in shown
    assert ("cinder_volume_extra_volumes" in shown) is (target == "kolla")


def test_an_output_folder_must_be_named(tmp_path):
    done, shown = play(tmp_path, "folder", "ontap_nfs", "-e", "cinder_netapp_output_dir=")
    assert done.returncode != 0
    assert "name the folder in cinder_netapp_output_dir" in shown


def test_a_san_backend_names_its_flexvols(folder):
    done, shown = play(folder, "folder", "ontap_nfs", more=[{**san("iscsi"), "flexvols": []}])
    assert done.returncode != 0
    assert "backend ontap_iscsi has no flexvols" in shown
    assert "name at least one" in shown


def test_a_line_that_cannot_be_parsed_is_told_without_what_it_says(tmp_path):
    file = tmp_path / "cinder.conf"
    file.write_text("[DEFAULT]\nenabled_backends = a\n[a]\nnetapp_password hidden-0\n")
    done = parsed_by_cinder("a", file)
    assert done.returncode == 1
    assert f"at {file}:4, No ':' or '=' found in assignment" in done.stderr
    assert "hidden-0" not in done.stderr


NFS_DRIVER = "cinder.volume.drivers.nfs.NfsDriver"


@pytest.mark.parametrize(
    ("driver", "cluster", "refused"),
    [
        (NFS_DRIVER, "together", True),
        (NFS_DRIVER, "", False),
        ("cinder.volume.drivers.rbd.RBDDriver", "together", False),
        ("cinder.volume.drivers.netapp.common.NetAppDriver", "together", False),
    ],
)
def test_a_backend_that_a_cluster_would_take_down_is_named(tmp_path, driver, cluster, refused):
    default = {"enabled_backends": "other", "cluster": cluster}
    file = written(tmp_path / "cinder.conf", {"DEFAULT": default, "other": {"volume_driver": driver}})
    done = parsed_by_cinder("other", file)
    assert done.returncode == int(refused), done.stderr
    assert (
        f"backend other would not start in cluster together, because its driver {driver}" in done.stderr
    ) == refused
