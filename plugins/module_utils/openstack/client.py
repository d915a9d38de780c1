# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One cloud through openstacksdk: plain requests with pinned microversions, each of them counted.

The SDK brings clouds.yaml, authentication, the catalogue and retries. The bulk modules speak to its service
adapters directly, because its resource layer adds requests of its own, and the number of requests is a
promise here.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
import threading
from collections import Counter

from .. import failures

try:
    from keystoneauth1 import adapter as auth_adapter
    from keystoneauth1 import exceptions as auth_exceptions

    import openstack
    from openstack import exceptions as sdk_exceptions

    MISSING = None
except ImportError as exc:
    openstack = None
    MISSING = exc

# openstack.cloud 2.6 asks for the same.
MINIMUM_SDK = (4, 0)

# The oldest microversion that has what we send and read, so that results look the same on every cloud.
MICROVERSIONS = {
    "compute": "2.37",  # networks "auto" and "none" (Newton); a server still shows its flavor's id
    "block_storage": "3.61",  # Ussuri: filters by time (those that are not known are refused), and clusters
    "image": None,
    "network": None,
    "identity": None,
}
SERVICE_NAMES = {
    "compute": "Nova",
    "block_storage": "Cinder",
    "image": "Glance",
    "network": "Neutron",
    "identity": "Keystone",
}
PAGE = 1000
# Seconds for an answer where nobody says how long; the SDK would wait for ever.
ANSWER_WITHIN = 300

_IDENTIFIER = re.compile(r"/(?:[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f-]{27})(?=/|$)", re.IGNORECASE)


def connect(params, cloud=None):
    """A Cloud from module arguments; ``cloud`` names another cloud than the one in the arguments.

    Raises MissingLibrary, WrongInput or NotAuthenticated. Nothing is asked of the cloud yet.
    """
    _require_sdk(params)
    named = cloud if cloud is not None else params.get("cloud")
    _check_named(named)
    config = dict(named) if isinstance(named, dict) else {"cloud": named}
    if cloud is None:
        given = {
            "auth": params.get("auth"),
            "auth_type": params.get("auth_type"),
            "region_name": params.get("region_name"),
            "cert": params.get("client_cert"),
            "key": params.get("client_key"),
        }
        config.update({name: value for name, value in given.items() if value is not None})
    shared = {
        "verify": params.get("validate_certs"),
        "cacert": params.get("ca_cert"),
        "api_timeout": params.get("api_timeout"),
    }
    config.update({name: value for name, value in shared.items() if value is not None})
    config.setdefault("interface", params.get("interface") or "public")
    try:
        connection = openstack.connect(app_name="openstack_ontap.enhanced_instance", **config)
        _check_config(connection.config.config, connection.session.verify)
        if not connection.session.timeout:
            connection.session.timeout = ANSWER_WITHIN
    except (sdk_exceptions.SDKException, auth_exceptions.ClientException, ValueError) as exc:
        raise failures.WrongInput(
            f"The cloud {_label(named)} cannot be used: {_one_line(exc)}",
            cure="name a cloud of clouds.yaml in cloud, or give auth",
        ) from exc
    return Cloud(connection, _label(named))


def _check_named(named):
    if isinstance(named, dict):
        auth = named.get("auth", {})
        if isinstance(auth, dict):
            return
        what = f"auth of the cloud is {auth!r} and no dictionary"
    elif named is None or isinstance(named, str):
        return
    else:
        what = f"cloud is a {type(named).__name__}"
    raise failures.WrongInput(what, cure="name a cloud of clouds.yaml, or give a dictionary as it has there")


def _check_config(config, verify):
    """What the libraries would tell by a traceback, or not at all; they know ``~``, and read no cacert where
    certificates are not verified. Raises ValueError.
    """
    auth_url = (config.get("auth") or {}).get("auth_url")
    if auth_url and not str(auth_url).startswith(("http://", "https://")):
        raise ValueError(f"auth_url {auth_url!r} does not begin with http:// or https://")
    for name in ("cacert", "cert", "key"):
        path = config.get(name)
        if path and (name != "cacert" or verify) and not os.path.exists(os.path.expanduser(path)):
            raise ValueError(f"{name} names {path}, which is not there")


def _require_sdk(params):
    cure = "install openstacksdk 4.0 or newer for the Python that runs the module"
    if MISSING is not None:
        raise failures.MissingLibrary(
            f"The Python library openstacksdk is not usable here ({MISSING})", cure=cure
        )
    found = _sdk_version()
    if tuple(int(number) for number in re.findall(r"\d+", found)[:2]) < MINIMUM_SDK:
        raise failures.MissingLibrary(f"openstacksdk {found} is too old", cure=cure)
    path = params.get("sdk_log_path")
    if path:
        try:
            openstack.enable_logging(debug=params.get("sdk_log_level") == "DEBUG", path=path)
        except OSError as exc:
            raise failures.WrongInput(
                f"sdk_log_path {path} cannot be written: {exc.strerror}",
                cure="name a file in a folder that is there",
            ) from exc


def _sdk_version():
    return importlib.metadata.version("openstacksdk")


class Cloud:
    """Requests to one cloud as one user. Safe for several threads after :meth:`warm`."""

    def __init__(self, connection, label):
        self.connection = connection
        self.label = label
        self.calls = Counter()
        self._lock = threading.Lock()
        connection.session.session.hooks["response"].append(self._count)

    @property
    def requests(self):
        """Requests sent so far, log-in and version discovery included."""
        return sum(self.calls.values())

    @property
    def project_id(self):
        with self._errors("Keystone", "POST", "/auth/tokens"):
            return self.connection.current_project_id

    @property
    def role_names(self):
        """Names of the user's own roles on its project, as the token has them."""
        with self._errors("Keystone", "POST", "/auth/tokens"):
            session = self.connection.session
            return list(session.auth.get_access(session).role_names)

    @property
    def user_id(self):
        with self._errors("Keystone", "POST", "/auth/tokens"):
            return self.connection.current_user_id

    def warm(self, *services):
        """Log in and find the services now, in one thread, so that several may follow."""
        for service in services:
            with self._errors(SERVICE_NAMES[service], "GET", "/"):
                getattr(self.connection, service)

    def get(self, service, path, **params):
        return self.request(service, "GET", path, params=params)

    def versions(self, service):
        """Versions of its API that a service names at its root, as (2, 17); one request."""
        with self._errors(SERVICE_NAMES[service], "GET", "/"):
            proxy = getattr(self.connection, service)
            found = proxy.get_all_version_data(proxy.interface, proxy.region_name)
        return sorted(
            tuple(int(number) for number in record.version.split("."))
            for interfaces in found.values()
            for services in interfaces.values()
            for records in services.values()
            for record in records
            if record.version
        )

    def post(self, service, path, body, microversion=None):
        """``microversion`` where this one request needs a newer one than MICROVERSIONS says."""
        return self.request(service, "POST", path, json=body, microversion=microversion)

    def post_secret(self, service, path, body):
        """A body that holds a password, which the SDK's debug log would show."""
        return self.request(service, "POST", path, json=body, log=False)

    def put(self, service, path, body=None):
        return self.request(service, "PUT", path, json=body)

    def patch_image(self, image_id, changes):
        """JSON patch of an image, in the form that Glance names."""
        media = {"Content-Type": "application/openstack-images-v2.1-json-patch"}
        return self.request("image", "PATCH", f"/images/{image_id}", json=changes, headers=media)

    def delete(self, service, path, **params):
        return self.request(service, "DELETE", path, params=params)

    def pages(self, service, path, key, **params):
        """All records of a list, following its next links; PAGE records a request."""
        return [record for batch in self.batches(service, path, key, **params) for record in batch]

    def batches(self, service, path, key, **params):
        """The same page by page, each asked for when it is wanted."""
        params.setdefault("limit", PAGE)
        while True:
            answer = self.get(service, path, **params)
            batch = answer.get(key, [])
            yield batch
            # Cinder calls the links of volume_types volume_type_links.
            links = [link for name, some in answer.items() if name.endswith("_links") for link in some]
            more = answer.get("next") or any(link.get("rel") == "next" for link in links)
            if not more or not batch:
                return
            params = dict(params, marker=batch[-1]["id"])

    def request(
        self, service, method, path, params=None, json=None, microversion=None, headers=None, log=True
    ):
        """One request; the JSON answer as a dictionary (a bare list comes back as one). Raises a failure."""
        options = {
            "microversion": microversion or MICROVERSIONS[service],
            "raise_exc": False,
            "status_code_retries": 4,
            "retriable_status_codes": [429, 503],
            "log": log,
        }
        if params:
            options["params"] = {name: value for name, value in params.items() if value is not None}
        if json is not None:
            options["json"] = json
        if headers:
            options["headers"] = headers
        with self._errors(SERVICE_NAMES[service], method, path):
            # These log in and read the catalogue, where they are the first to ask.
            path = self._versioned(service, path)
            response = getattr(self.connection, service).request(path, method, **options)
        if response.status_code >= 400:
            raise self._failure(response, SERVICE_NAMES[service], method, path)
        if not response.content:
            return {}
        try:
            return response.json()
        except ValueError as exc:
            raise failures.Refused(
                f"{SERVICE_NAMES[service]} answered {method} {path} with something that is not JSON",
                where=f"cloud {self.label}",
                cure="check the endpoint in the catalogue",
                status=response.status_code,
            ) from exc

    def _versioned(self, service, path):
        """The path below what the catalogue says, which may have the version of the API or not."""
        if service == "image":
            return path if _has_version(self.connection.image) else "/v2" + path
        if service == "network":
            return path if _has_version(self.connection.network) else "/v2.0" + path
        if service == "identity":
            # The SDK's proxy has a get_endpoint of its own, which reads a record of the catalogue.
            endpoint = auth_adapter.Adapter.get_endpoint(self.connection.identity)
            return path if _ends_in_version(endpoint) else "/v3" + path
        return path

    def _count(self, response, *unused_args, **unused_kwargs):
        path = _IDENTIFIER.sub("/{id}", response.request.path_url.split("?")[0])
        with self._lock:
            self.calls[f"{response.request.method} {path}"] += 1

    def _errors(self, service, method, path):
        return _Translate(self.label, service, method, path)

    def _failure(self, response, service, method, path):
        said, status = _said(response), response.status_code
        kind, cure = _KINDS.get(status, (failures.Refused, "read the service's log"))
        if status == 403 and "quota" in said.lower() and "policy" not in said.lower():
            # Nova says so what Cinder says by 413; policies of quotas are told by 403 too.
            kind, cure = _KINDS[413]
        return kind(
            f"{service} refused {method} {path} with {status}: {said}",
            where=f"cloud {self.label}",
            cure=cure,
            status=status,
            code=status,
        )


class _Translate:
    """Turns the SDK's exceptions into failures."""

    def __init__(self, label, service, method, path):
        self.label, self.service, self.request = label, service, f"{method} {path}"

    def __enter__(self):
        return self

    def __exit__(self, kind, exc, trace):
        if exc is None or isinstance(exc, failures.EnhancedInstanceError):
            return False
        where = f"cloud {self.label}"
        if isinstance(exc, auth_exceptions.Unauthorized):
            raise failures.NotAuthenticated(
                "Keystone refused the login", where, "check user, password and project", status=401, code=401
            ) from exc
        if isinstance(exc, auth_exceptions.SSLError):
            raise failures.Unreachable(
                f"{self.service}'s certificate was not accepted: {_one_line(exc)}",
                where,
                "give the cloud's CA in ca_cert (or cacert of clouds.yaml)",
            ) from exc
        if isinstance(exc, auth_exceptions.ConnectionError):
            raise failures.Unreachable(
                f"{self.service} did not answer {self.request}: {_one_line(exc)}",
                where,
                "check that the endpoint can be reached from the host that runs the module",
            ) from exc
        if isinstance(exc, (auth_exceptions.CatalogException, sdk_exceptions.NotSupported)):
            raise failures.NotFound(
                f"The catalogue has no usable endpoint for {self.service}: {_one_line(exc)}",
                where,
                "check interface and region_name",
            ) from exc
        if isinstance(exc, (auth_exceptions.ClientException, sdk_exceptions.SDKException)):
            raise failures.Refused(
                f"{self.service} could not serve {self.request}: {_one_line(exc)}",
                where,
                "read the service's log",
                status=getattr(exc, "http_status", None),
            ) from exc
        return False


_KINDS = {
    400: (failures.WrongInput, "mend the value it names"),
    401: (failures.NotAuthenticated, "check user, password and project"),
    403: (failures.NotAuthorized, "use a user whose roles allow it"),
    404: (failures.NotFound, "check the name or ID and the project"),
    409: (failures.AlreadyExists, "wait until what goes on there has ended and try again"),
    413: (failures.Refused, "raise the project's quota or remove what is not needed"),
    429: (failures.Busy, "try again later"),
    503: (failures.Busy, "try again later"),
}


def _has_version(adapter):
    """Whether the adapter's endpoint ends in its version already."""
    return _ends_in_version(adapter.get_endpoint())


def _ends_in_version(endpoint):
    return bool(re.search(r"/v\d+(\.\d+)?/?$", endpoint or ""))


def _said(response):
    """The service's own sentence; each project wraps it differently."""
    try:
        body = response.json()
    except ValueError:
        text = re.sub(r"<[^>]*>", " ", response.text or "")
        return _one_line(text) or response.reason
    while isinstance(body, dict) and body:
        if isinstance(body.get("message"), str):
            return _one_line(body["message"])
        body = next(iter(body.values()))
    return _one_line(body)


def _one_line(value, length=300):
    return " ".join(str(value).split()).rstrip(".")[:length]


def _label(named):
    if isinstance(named, dict):
        return str(named.get("cloud") or named.get("auth", {}).get("auth_url") or "of the arguments")
    return str(named) if named else "of the arguments or the environment"
