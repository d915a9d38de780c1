# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one list of the operator's variables: they are checked by it, and docs/variables.md is made of it."""

from __future__ import annotations

import difflib

from .operator_forms import SECRET, fault

PREFIX = "enhanced_instance_"
PATHS = ("cache_clone", "image_clone", "copy_offload")
MANAGERS = ("systemd", "container", "supervisor", "none")
CONNECTION = {
    "hostname!": "text",
    "vserver": "text",
    "username": "text",
    "password": SECRET,
    "cert_filepath": "text",
    "key_filepath": "text",
    "ca_path": "text",
    "http_port": "number from 1",
    "validate_certs": "switch",
}
FLEXVOL = {
    "name!": "text",
    "aggregate": "text",
    "size": "number from 1",
    "lif": "address",
    "glance_directory": "text",
    "backend": "text",
    "vserver": "text",
}
BACKEND = {
    "name!": "text",
    "protocol": ("nfs", "iscsi", "fc"),
    "volume_type": "text",
    "volume_backend_name": "text",
    "vserver": "text",
    "connection": "key: value",
    "options": "key: value",
    "extra_specs": "key: value",
}
CLIENTS = {"": "", "glance": "list of addresses", "cinder": "list of addresses", "nova": "list of addresses"}
QUOTA = {"": "", "volumes": "number", "gigabytes": "number"}

#: {heading: {name: (form, default, meaning)}}
GROUPS = {
    "Clouds and arrays": {
        "cloud": ("cloud", "", "cloud of clouds.yaml in which instances are made, as their user"),
        "admin_cloud": ("cloud", "", "cloud of clouds.yaml with administrator rights"),
        "ontap": (
            CONNECTION,
            "",
            "one connection for each SVM, by a password or a certificate",
        ),
        "flexvols": (FLEXVOL, "", "FlexVols of Cinder and Glance, in GiB; role ontap_svm knows more keys"),
        "backends": (BACKEND, "", "Cinder's backends, where there are several or one is not NFS"),
        "backend": ("text", "ontap_nfs", "name of the one backend, where there is no list of them"),
        "volume_type": ("text", "enhanced", "volume type of the one backend, and the one to prime and use"),
    },
    "Deploy: the SVMs": {
        "clients": (CLIENTS, "", "where NFS traffic of the hosts comes from"),
        "export_policy": ("text", "openstack", "export policy of FlexVols that deploy makes"),
        "copy_peers": ("list of texts", "", "other SVMs with which files are to be copied"),
        "cinder_uid": ("number", "42407", "user ID of cinder-volume, to whom roots and entries belong"),
        "cinder_gid": ("number", "42407", "its group ID"),
        "capability_file": ("text", "beside the inventory", "file of what ontap_probe found out"),
    },
    "Deploy: Glance and Cinder": {
        "locations_user": ("text", "cinder_image_locations", "user by whom Cinder reads where images lie"),
        "locations_password": (SECRET, "", "its password"),
        "locations_project": ("text", "service", "its project"),
        "auth_url": ("text", "Cinder's own", "address of Keystone for that user"),
        "old_location_flags": (
            "switch",
            "",
            "for a Glance without the API of image locations; see OSSN-0065",
        ),
        "internal_project": ("text", "cinder_internal", "project of Cinder's internal tenant (SAN)"),
        "internal_user": ("text", "cinder_internal", "user of Cinder's internal tenant (SAN)"),
        "internal_quota": (QUOTA, "200, 5000", "its quota"),
        "image_volume_cache": ("key: value", "", "limits of Cinder's image-volume cache (SAN)"),
        "coordination_url": ("text", "", "where several cinder-volume hosts of a cluster lock"),
        "cinder_mount_base": ("text", "/var/lib/cinder/mnt", "folder in which Cinder mounts its shares"),
        "glance_url": ("text", "http://localhost:9292/", "where a Glance host's own glance-api answers"),
        "become": ("switch", "true", "whether tasks on the hosts become root"),
        "service_manager": (MANAGERS, "systemd", "what restarts the services"),
        "container_engine": ("text", "docker", "program that restarts containers"),
        "supervisor_config": ("text", "", "configuration file of supervisord"),
        "supervisorctl": ("text", "", "path of supervisorctl"),
    },
    "Images and caches": {
        "image": ("texts with commas, or a list", "", "image to start from, or several to prime: name or ID"),
        "image_tags": ("texts with commas, or a list", "", "all images with these tags are primed"),
        "images_where": ("key: value", "", "images to prime by tags, properties, visibility"),
        "source_lun": ("text", "", "golden LUN that holds the image (SAN)"),
        "download": (("allow", "warn", "refuse"), "warn", "what follows where the storage cannot clone"),
        "capabilities": ("text", "the capability file", "another file of what ontap_probe found out"),
        "prime_concurrency": ("number from 1", "16", "entries worked on at once"),
        "prune": ("switch", "false", "whether prime_cache also removes entries"),
        "prune_max_age_days": ("number", "", "days without use after which an entry goes"),
        "prune_budget_gib": ("number", "", "GiB of entries to keep on each FlexVol"),
        "prune_budget_count": ("number", "", "entries to keep on each FlexVol"),
    },
    "Instances": {
        "names": ("texts with commas, or a list", "", "names of the instances"),
        "count": ("number from 1", "", "number of instances, instead of names"),
        "name_pattern": ("text", "instance-{index:02d}", "their names, with the number as index"),
        "flavor": ("text", "", "name or ID of the flavor"),
        "network": ("text", "", "name or ID of the network"),
        "nics": ("list", "", "networks and ports, instead of one network"),
        "volume_size": ("number from 1", "what image and flavor ask", "GiB of the root volumes"),
        "key_name": ("text", "", "key pair"),
        "security_groups": ("texts with commas, or a list", "", "security groups"),
        "availability_zone": ("text", "", "availability zone of the servers"),
        "userdata": (SECRET, "", "user data"),
        "metadata": ("key: value", "", "metadata of the servers"),
        "tags": ("texts with commas, or a list", "", "tags of the servers"),
        "terminate_volume": ("switch", "false", "whether a volume goes with its server"),
        "on_mismatch": (
            ("fail", "report", "keep"),
            "fail",
            "what follows where an instance is other than asked",
        ),
        "concurrency": ("number from 1", "", "most calls to Cinder and Nova at once"),
        "report": ("text", "", "page to write of the run, and beside it the same as JSON"),
    },
    "Verify and teardown": {
        "wanted_path": (PATHS, "copy_offload", "worst path that is good enough for the image"),
        "nova_mount_base": ("text", "/var/lib/nova/mnt", "folder in which Nova mounts shares"),
        "nova_mount_options": ("text", "ro,lookupcache=pos,nolock", "options of verify's own mount"),
        "qemu_user": ("text", "that of libvirt", "user as whom QEMU opens volumes"),
        "confirm": (("teardown",), "", "teardown, to take away what deploy made"),
        "teardown_backend": ("switch", "false", "whether the backend goes too, not only the entries"),
        "force": ("switch", "false", "whether it goes even from under volumes"),
    },
}
VARIABLES = {PREFIX + name: entry for group in GROUPS.values() for name, entry in group.items()}

_ARRAYS, _SVMS, _SERVICES, _IMAGES, _INSTANCES, _LAST = (list(group) for group in GROUPS.values())
_PRIMING = [
    *("cloud", "admin_cloud", "ontap", "backends", "volume_type", "cinder_uid", "cinder_gid"),
    *("capability_file", "internal_project", "become", "cinder_mount_base", *_IMAGES),
]
#: What each playbook reads. The others are not even looked at: a secret may be missing where nobody needs it.
USES = {
    "deploy": [*_ARRAYS, *_SVMS, *_SERVICES],
    "prime_cache": _PRIMING,
    "provision_instance": [*_PRIMING, *_INSTANCES],
    "remove_instance": ["cloud", "names", "count", "name_pattern"],
    "verify": [*_ARRAYS, *_SVMS, *_SERVICES, "image", "source_lun", *_LAST],
    "teardown": [*_ARRAYS, "internal_project", "internal_user", "locations_user", *_LAST],
}


def used_by(playbook: str, names) -> list[str]:
    """Those of the names that the playbook reads."""
    return [name for name in names if name.removeprefix(PREFIX) in USES[playbook]]


def problems(values: dict, required=(), names=()) -> list[str]:
    """Sentences for what is wrong with the operator's variables, each with its cure; empty for nothing.

    values: by name, those that are looked at. required: names, or several with " or " between, of which one
    is needed. names: all that are set; one that nearly is one of ours is told, others are nobody's business.
    """
    found = [sentence for name in sorted({*values, *names}) for sentence in _of(name, values.get(name))]
    for wanted in required:
        alternatives = wanted.split(" or ")
        if all(values.get(name) in (None, "", [], {}) for name in alternatives):
            meanings = "; ".join(VARIABLES[name][2] for name in alternatives)
            found.append(
                f"{wanted} is missing; give {'one of them' if alternatives[1:] else 'it'} ({meanings})."
            )
    return found


def _of(name, value):
    if name in VARIABLES:
        wrong = fault(VARIABLES[name][0], value)
        if wrong:
            yield f"{name} {wrong}."
    else:
        near = difflib.get_close_matches(name, VARIABLES, n=1, cutoff=0.95)
        if near:
            yield f"{name} is not known; it must be {near[0]}."


def page() -> list[str]:
    """The lines of the tables of docs/variables.md."""
    lines = []
    for heading, group in GROUPS.items():
        lines += ["", f"## {heading}", "", "| variable | form | default | meaning |", "|---|---|---|---|"]
        lines += [
            f"| `{PREFIX}{name}` | {_word(form)} | {default} | {meaning} |"
            for name, (form, default, meaning) in group.items()
        ]
    return lines


def _word(form) -> str:
    if isinstance(form, tuple):
        return ", ".join(f"`{one}`" for one in form)
    if isinstance(form, dict):
        keys = ", ".join(key.rstrip("!") for key in form if key)
        return f"key: value, of {keys}" if "" in form else f"list of key: value, of {keys}"
    return form
