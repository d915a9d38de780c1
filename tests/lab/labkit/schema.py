# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Empty databases made into a cloud's: once, then kept as the prepared copy."""

from __future__ import annotations

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

from . import enter
from .failure import LabError
from .paths import VENV_INSIDE
from .secret import DATABASES

# {database user: its databases}
OWNED = {name: (name,) for name in DATABASES} | {"nova": ("nova", "nova_api", "nova_cell0")}


def create_databases_sql(secret):
    """SQL that makes every database with its user; ``secret`` gives the password of a name."""
    lines = []
    for user, databases in OWNED.items():
        lines.append(f"CREATE USER IF NOT EXISTS '{user}'@'%' IDENTIFIED BY '{secret(f'db_{user}')}';")
        for database in databases:
            lines.append(f"CREATE DATABASE IF NOT EXISTS {database} CHARACTER SET utf8mb4;")
            lines.append(f"GRANT ALL ON {database}.* TO '{user}'@'%';")
    return "\n".join(lines) + "\n"


def install_server(pid, log):
    """An empty data folder of MariaDB, owned by mysql; needs no running server."""
    _run(
        pid,
        "mysql",
        "mariadb-install-db --defaults-file=/etc/mysql-lab/my.cnf --auth-root-authentication-method=socket "
        # --force: a machine whose own name does not resolve is fine, the lab speaks to addresses only.
        "--auth-root-socket-user=root --skip-test-db --user=mysql --force",
        log,
        user=None,
    )


def create_databases(pid, secret, log):
    words = ["mariadb", "--socket=/var/lib/mysql/lab.sock", "--user=root"]
    _finish(
        "mariadb",
        enter.run(pid, words, input=create_databases_sql(secret), text=True, capture_output=True),
        log,
    )


def keystone_bootstrap(pid, secret, url, log):
    """Keys, the admin user and all three endpoints of Keystone. The password travels in the environment."""
    _run(pid, "keystone", "keystone-manage fernet_setup", log)
    _run(pid, "keystone", "keystone-manage credential_setup", log)
    addresses = " ".join(f"--bootstrap-{kind}-url {url}" for kind in ("public", "internal", "admin"))
    _run(
        pid,
        "keystone",
        f"keystone-manage bootstrap --bootstrap-region-id RegionOne {addresses}",
        log,
        environment={"OS_BOOTSTRAP_PASSWORD": secret("keystone_admin")},
    )


def steps(pid, secret, url, log):
    """{service: function that makes its schema}; they are independent of each other."""

    def keystone():
        _run(pid, "keystone", "keystone-manage db_sync", log)
        keystone_bootstrap(pid, secret, url, log)

    def nova():
        files = "--config-file /etc/nova/nova.conf --config-file /etc/nova/nova-db.conf"
        for words in ("api_db sync", "cell_v2 map_cell0", "db sync", "cell_v2 create_cell --name=cell1"):
            # Templates instead of addresses: the cells then follow nova.conf.
            if words.startswith("cell_v2 map"):
                words += " --database_connection {scheme}://{username}:{password}@{hostname}:{port}/nova_cell0?{query}"
            if words.startswith("cell_v2 create"):
                words += (
                    " --database_connection {scheme}://{username}:{password}@{hostname}:{port}/{path}?{query}"
                    " --transport-url {scheme}://{username}:{password}@{hostname}:{port}/"
                )
            _run(pid, "nova", f"nova-manage {files} {words}", log)

    found = {"keystone": keystone, "nova": nova}
    for service, words in {
        "neutron": "neutron-db-manage --config-file /etc/neutron/neutron.conf upgrade heads",
        "cinder": "cinder-manage db sync",
        "glance": "glance-manage db_sync",
        "placement": "placement-manage db sync",
    }.items():
        found[service] = lambda service=service, words=words: _run(pid, service, words, log)
    return found


def make_all(pid, secret, url, log):
    """All schemas, some at a time (they wait for the database and for the processor by turns)."""
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
        for done in [pool.submit(function) for function in steps(pid, secret, url, log).values()]:
            done.result()


def _run(pid, service, line, log, user="", environment=None):
    words = line.split()
    user = service if user == "" else user
    if user:
        words = enter.as_user(user, [f"{VENV_INSIDE}/bin/{words[0]}", *words[1:]])
    known = enter.service_environment(service) | (environment or {})
    _finish(line.split()[0], enter.run(pid, words, env=known, capture_output=True, text=True), log)


def _finish(name, done: subprocess.CompletedProcess, log):
    with (log / "schema.log").open("a") as file:
        file.write(f"## {name}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    if done.returncode:
        raise LabError(
            f"{name} ended with {done.returncode} while the databases were made; see {log / 'schema.log'}."
        )
