# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The failures of this collection: one sentence each, that names the value, the rule and the cure."""

from __future__ import annotations


class EnhancedInstanceError(Exception):
    """Something that ends a task (or one record of a bulk task) with a sentence for the operator.

    ``what`` names the value and the rule, ``where`` the cluster, cloud or request, ``cure`` what to do about
    it. ``status`` is the HTTP status and ``code`` the ONTAP or OpenStack error code, both None where nobody
    was asked.
    """

    def __init__(self, what, where=None, cure=None, status=None, code=None):
        self.what = what.rstrip(".")
        self.where = where
        self.cure = cure.rstrip(".") if cure else None
        self.status = status
        self.code = str(code) if code not in (None, "") else None
        super().__init__(self.sentence)

    @property
    def sentence(self):
        """The whole failure as one sentence."""
        where = f" ({self.where})" if self.where else ""
        cure = f"; {self.cure}" if self.cure else ""
        return f"{self.what}{where}{cure}."

    def as_dict(self):
        """The failure as a module returns it under ``failure``."""
        return {
            "what": self.what,
            "where": self.where,
            "status": self.status,
            "code": self.code,
            "cure": self.cure,
        }


class WrongInput(EnhancedInstanceError):
    """An argument breaks a rule; nothing was changed."""


class MissingLibrary(EnhancedInstanceError):
    """A Python library that the module needs is not installed."""


class Unreachable(EnhancedInstanceError):
    """No answer was had: name, network, TLS or time."""


class NotAuthenticated(EnhancedInstanceError):
    """The name, password or certificate was refused."""


class NotAuthorized(EnhancedInstanceError):
    """The account may not do this."""


class NotFound(EnhancedInstanceError):
    """The object does not exist, or the account may not see it."""


class AlreadyExists(EnhancedInstanceError):
    """The name is taken."""


class Unsupported(EnhancedInstanceError):
    """The version, licence or kind of object cannot do this."""


class Refused(EnhancedInstanceError):
    """The other side gave a reason that is none of the others."""


class TimedOut(EnhancedInstanceError):
    """The stated time is over; what was started may still be going on."""


class Busy(EnhancedInstanceError):
    """Worth another attempt. ``retry_after`` is the wait in seconds that was asked for, or None."""

    def __init__(self, what, where=None, cure=None, status=None, code=None, retry_after=None):
        super().__init__(what, where, cure, status, code)
        self.retry_after = retry_after
