# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is asking (facts A2): basic or certificate, cluster or SVM account."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os

from .errors import ApiError

LOCKED_OUT = ApiError(401, 6691623, "User is not authorized.")


def hash_password(password, salt=None):
    salt = salt or os.urandom(16)
    digest = hashlib.scrypt(password.encode(), salt=salt, n=2**11, r=8, p=1)
    return f"{salt.hex()}${digest.hex()}"


def password_matches(password, stored):
    salt, _dummy, _dummy = stored.partition("$")
    return hmac.compare_digest(hash_password(password, bytes.fromhex(salt)), stored)


def allows(account, application, method):
    return any(
        item.get("application") == application and method in item.get("authentication_methods", ["password"])
        for item in account.get("applications", [])
    )


class Authenticator:
    def __init__(self, sim):
        self.sim = sim
        self._known = {}  # digest of header and owner -> stored hash: scrypt runs once per client

    def account(self, owner, name):
        return self.sim.store.get("account", f"{owner}/{name}")

    def authenticate(self, authorization, certificate_name, owner, application="http"):
        """The account, or a refusal. ``owner``: uuid of the cluster or SVM, by the LIF (facts A2)."""
        if certificate_name:
            account = self.account(owner, certificate_name)
            if account and not account.get("locked") and allows(account, application, "certificate"):
                return account
        scheme, _dummy, text = (authorization or "").partition(" ")
        if scheme.lower() != "basic":
            raise LOCKED_OUT
        digest = hashlib.sha256(f"{owner}\0{text}".encode()).digest()
        try:
            name, _dummy, password = base64.b64decode(text, validate=True).decode("utf-8").partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise LOCKED_OUT from None
        account = self.account(owner, name)
        if account is None or account.get("locked") or not allows(account, application, "password"):
            raise LOCKED_OUT
        stored = account.get("password_hash")
        if not stored:
            raise LOCKED_OUT
        if self._known.get(digest) != stored:
            if not password_matches(password, stored):
                raise LOCKED_OUT
            self._known[digest] = stored
        return account
