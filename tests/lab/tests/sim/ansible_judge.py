# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The judge "netapp.ontap's own modules": what they must say when they create, repeat, modify and delete.

The table becomes one playbook; the outcomes are read back from Ansible's JSON.
"""

from __future__ import annotations

import json
import os
import subprocess

CASES = {
    # module: (arguments of every step, of creation, of the modification; None: it cannot modify)
    "na_ontap_svm": (
        {"name": "judged"},
        {"aggr_list": ["aggr1"], "services": {"nfs": {"allowed": True}}},
        {"comment": "judged twice"},
    ),
    "na_ontap_nfs": (
        {"vserver": "{{ svm }}"},
        {
            "service_state": "started",
            "nfsv3": "enabled",
            "nfsv4": "disabled",
            "nfsv41": "disabled",
            "vstorage_state": "disabled",
            "showmount": "enabled",
        },
        {"nfsv4": "enabled", "nfsv41": "enabled", "vstorage_state": "enabled"},
    ),
    "na_ontap_export_policy": (
        {"vserver": "{{ svm }}", "name": "judged"},
        {},
        {"name": "judged_anew", "from_name": "judged"},
    ),
    "na_ontap_export_policy_rule": (
        {"vserver": "{{ svm }}", "name": "default", "rule_index": 1},
        {
            "client_match": ["127.0.0.0/8"],
            "ro_rule": ["sys"],
            "rw_rule": ["sys"],
            "super_user_security": ["sys"],
            "protocol": ["nfs"],
        },
        {"rw_rule": ["any"], "client_match": ["127.0.0.0/8", "10.0.0.1"]},
    ),
    "na_ontap_volume": (
        {"vserver": "{{ svm }}", "name": "judged", "wait_for_completion": True},
        {
            "aggregate_name": "aggr1",
            "size": 1,
            "size_unit": "gb",
            "junction_path": "/judged",
            "space_guarantee": "none",
            "percent_snapshot_space": 0,
            "unix_permissions": "755",
            "export_policy": "default",
            "snapshot_policy": "none",
        },
        {
            "size": 2,
            "size_unit": "gb",
            "comment": "judged",
            "unix_permissions": "770",
            "junction_path": "/judged2",
        },
    ),
    "na_ontap_qtree": (
        {"vserver": "{{ svm }}", "flexvol_name": "{{ volume }}", "name": "judged"},
        {"security_style": "unix", "unix_permissions": "755", "export_policy": "default"},
        {"unix_permissions": "777"},
    ),
    "na_ontap_interface": (
        {"vserver": "{{ svm }}", "interface_name": "judged", "interface_type": "ip"},
        {
            "address": "127.3.4.5",
            "netmask": "255.255.255.0",
            "home_node": "sim-01",
            "home_port": "e0c",
            "service_policy": "default-data-files",
        },
        {"address": "127.3.4.6", "admin_status": "down"},
    ),
    "na_ontap_user": (
        {"vserver": "{{ svm }}", "name": "judged"},
        {
            "application_dicts": [{"application": "http", "authentication_methods": ["password"]}],
            "set_password": "Secret0815",
            "role_name": "vsadmin",
        },
        {
            "role_name": "vsadmin-readonly",
            "application_dicts": [
                {"application": "http", "authentication_methods": ["password"]},
                {"application": "ontapi", "authentication_methods": ["password"]},
            ],
        },
    ),
    "na_ontap_user_role": (
        {"vserver": "{{ svm }}", "name": "judged"},
        {
            "privileges": [
                {"path": "/api/storage/volumes", "access": "readonly"},
                {"path": "/api/storage/file/clone", "access": "read_create"},
            ]
        },
        {
            "privileges": [
                {"path": "/api/storage/volumes", "access": "all"},
                {"path": "/api/cluster/jobs", "access": "readonly"},
            ]
        },
    ),
    "na_ontap_lun": (
        {"vserver": "{{ svm }}", "flexvol_name": "{{ volume }}", "name": "judged"},
        {"size": 16, "size_unit": "mb", "os_type": "linux", "space_reserve": False},
        {"size": 32, "size_unit": "mb", "comment": "judged"},
    ),
    "na_ontap_qos_policy_group": (
        {"vserver": "{{ svm }}", "name": "judged"},
        {"fixed_qos_options": {"max_throughput_iops": 1000, "capacity_shared": False}},
        {"fixed_qos_options": {"max_throughput_iops": 2000, "capacity_shared": False}},
    ),
    "na_ontap_snapshot": (
        {"vserver": "{{ svm }}", "volume": "{{ volume }}", "snapshot": "judged"},
        {"comment": "first"},
        {"comment": "second"},
    ),
    "na_ontap_vserver_peer": (
        {"vserver": "{{ svm }}", "peer_vserver": "{{ other_svm }}", "peer_cluster": "sim"},
        {"applications": ["snapmirror", "file_copy"]},
        None,
    ),
}
# what a step must report: (check mode, state, with changes, changed)
STEPS = {
    "create (check)": (True, "present", False, True),
    "create": (False, "present", False, True),
    "create again": (False, "present", False, False),
    "modify (check)": (True, "present", True, True),
    "modify": (False, "present", True, True),
    "modify again": (False, "present", True, False),
    "delete (check)": (True, "absent", None, True),
    "delete": (False, "absent", None, True),
    "delete again": (False, "absent", None, False),
}
HOSTS = ("one", "two")
INFO = [
    "cluster",
    "cluster/nodes",
    "svm/svms",
    "storage/volumes",
    "storage/aggregates",
    "network/ip/interfaces",
    "protocols/nfs/services",
    "protocols/nfs/export-policies",
    "storage/luns",
    "storage/qtrees",
    "storage/qos/policies",
    "security/accounts",
    "security/roles",
    "cluster/jobs",
    "svm/peers",
]


def tasks():
    """(name, expected changed or None, task) in order."""
    for module, (always, created, modified) in CASES.items():
        # Where the change is a rename, what goes at the end has the new name.
        last = {key: value for key, value in (modified or {}).items() if key == "name"}
        for step, (check, state, changes, changed) in STEPS.items():
            if changes and modified is None:
                continue
            arguments = {**always, "state": state}
            if changes is not None:
                arguments.update(created)
            if changes:
                arguments.update(modified)
            if state == "absent":
                arguments.update(last)
            yield f"{module}: {step}", changed, {f"netapp.ontap.{module}": arguments, "check_mode": check}
    yield (
        "na_ontap_rest_info: subsets",
        False,
        {
            "netapp.ontap.na_ontap_rest_info": {
                "gather_subset": INFO,
                "fields": ["*"],
                "max_records": 2,
                "use_python_keys": True,
            }
        },
    )


def host_of(name):
    """The one of the two hosts that a task runs on."""
    order = [*CASES, "na_ontap_rest_info"]
    return HOSTS[order.index(name.partition(":")[0]) % 2]


def playbook(sim, variables):
    connection = {
        "hostname": sim.host,
        "http_port": sim.port,
        "username": sim.username,
        "password": sim.password,
        "https": True,
        "validate_certs": True,
        "use_rest": "always",
    }
    return [
        {
            # every module's steps in order on one host, the modules side by side on two
            "hosts": "all",
            "strategy": "free",
            "gather_facts": False,
            "vars": variables,
            "environment": {"REQUESTS_CA_BUNDLE": sim.ca},
            "module_defaults": {"group/netapp.ontap.netapp_ontap": connection},
            "tasks": [
                {
                    "name": name,
                    "ignore_errors": True,
                    "when": f"inventory_hostname == '{host_of(name)}'",
                    **task,
                }
                for name, _changed, task in tasks()
            ],
        }
    ]


def run(python, collections, folder, connection, variables):
    """{task name: result}"""
    path = os.path.join(folder, "judge.yml")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(playbook(connection, variables), file)
    command = [
        python,
        "-m",
        "ansible",
        "playbook",
        "-i",
        ",".join(HOSTS),
        "-c",
        "local",
        "-e",
        f"ansible_python_interpreter={python}",
        path,
    ]
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": collections,
        "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json",
        "ANSIBLE_HOME": os.path.join(folder, "home"),
        "ANSIBLE_PIPELINING": "1",
        "ANSIBLE_LOCALHOST_WARNING": "0",
        "ANSIBLE_LOCAL_TEMP": os.path.join(folder, "tmp"),
        "ANSIBLE_DEPRECATION_WARNINGS": "0",
    }
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=folder)
    try:
        plays = json.loads(done.stdout[done.stdout.index("{") :])["plays"]
    except ValueError:
        raise AssertionError(
            f"ansible-playbook gave no result:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        ) from None
    return {
        task["task"]["name"]: result
        for task in plays[0]["tasks"]
        for host, result in task["hosts"].items()
        if host == host_of(task["task"]["name"])
    }
