# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When is a program of the lab ready? Asked as its users would ask."""

from __future__ import annotations

import http.client
import json
import socket
import urllib.error
import urllib.request

from .addresses import ONTAP_PORT, PORTS

INFRASTRUCTURE = ("rabbitmq", "mariadb", "ontap-sim")
APIS = {
    "keystone": "keystone",
    "glance-api": "glance",
    "placement": "placement",
    "neutron-server": "neutron",
    "cinder-api": "cinder",
    "nova-api": "nova",
}
AGENTS = ("cinder-scheduler", "cinder-volume", "nova-conductor", "nova-scheduler", "nova-compute")
PROGRAMS = (*INFRASTRUCTURE, *APIS, *AGENTS)
# Started in this order; nova-compute last, because without a conductor it first sits through a time-out.
STAGES = (INFRASTRUCTURE, (*APIS, *AGENTS[:-1]), AGENTS[-1:])
# Loopback is never reached through a proxy.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_LISTENERS = {"rabbitmq": "rabbitmq", "mariadb": "mariadb"}


def listens(address, port):
    try:
        with socket.create_connection((address, port), timeout=1):
            return True
    except OSError:
        return False


def answers(url):
    """Does the API at ``url`` answer below 500?"""
    try:
        with _OPENER.open(url, timeout=5) as response:
            return response.status < 500
    except urllib.error.HTTPError as error:
        return error.code < 500
    except (OSError, http.client.HTTPException):
        return False


class Probe:
    """Readiness of each program at ``addresses``; the agents are asked for at the APIs, as ``admin``."""

    def __init__(self, addresses, password):
        self.addresses, self._password, self._token = addresses, password, None

    def __call__(self, name):
        if name == "ontap-sim":
            there = self.addresses
            return all(listens(host, ONTAP_PORT) for host in (there.cluster, there.svm, there.images_svm))
        if name in _LISTENERS:
            return listens(self.addresses.api, PORTS[_LISTENERS[name]])
        if name in APIS:
            return answers(self.addresses.url(APIS[name], "/v3" if name == "keystone" else "/"))
        return self.agent(name)

    def wake_neutron(self):
        """Ask for something else than ports. Neutron cannot list those before its first other query, which
        configures the mappers (neutron/db/db_base_plugin_v2.py, get_ports, Port.port_forwardings).
        """
        self._get("neutron", "/v2.0/networks")

    def agent(self, name):
        try:
            if name == "nova-compute":
                # Listed only once it reports and its cell knows it.
                hosts = self._get("nova", "/v2.1/os-hypervisors/detail")["hypervisors"]
                return any(host["state"] == "up" for host in hosts)
            service, path = ("cinder", "/v3") if name.startswith("cinder") else ("nova", "/v2.1")
            services = self._get(service, f"{path}/os-services?binary={name}")["services"]
        except (OSError, ValueError, KeyError, http.client.HTTPException):
            return False
        return bool(services) and all(service["state"] == "up" for service in services)

    def _get(self, service, path):
        if self._token is None:
            self._token = self._log_in()
        request = urllib.request.Request(
            self.addresses.url(service, path), headers={"X-Auth-Token": self._token}
        )
        with _OPENER.open(request, timeout=10) as response:
            return json.load(response)

    def _log_in(self):
        domain = {"id": "default"}
        user = {"name": "admin", "domain": domain, "password": self._password()}
        body = {
            "auth": {
                "identity": {"methods": ["password"], "password": {"user": user}},
                "scope": {"project": {"name": "admin", "domain": domain}},
            }
        }
        request = urllib.request.Request(
            self.addresses.url("keystone", "/v3/auth/tokens"),
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with _OPENER.open(request, timeout=20) as response:
            return response.headers["X-Subject-Token"]
