# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parse Cinder's configuration with Cinder's own code, before the service has to.

Run by the service's interpreter: parse_options.py BACKEND[,BACKEND] [--config-file ...] [--config-dir ...]
Says what is wrong and ends with 1; values are not shown, for some are secrets.
"""

import re
import sys
import warnings

warnings.simplefilter("ignore")  # eventlet's farewell on every import of cinder

from cinder import objects  # noqa: E402

objects.register_all()  # as cinder-volume's own start does; the manager cannot be imported before

from cinder.common import config  # noqa: E402, F401  # pylint: disable=unused-import  # registers all options
from cinder.volume import configuration, driver, manager  # noqa: E402
from cinder.volume.drivers import nfs, remotefs  # noqa: E402
from cinder.volume.drivers.netapp import options as netapp  # noqa: E402
from cinder.volume.drivers.san import san  # noqa: E402
from oslo_config import cfg  # noqa: E402
from oslo_utils import importutils  # noqa: E402


def driver_options():
    """Every option that the NetApp driver may read, over NFS, iSCSI or FC."""
    lists = [getattr(netapp, name) for name in dir(netapp) if name.endswith("_opts")]
    lists += [nfs.nfs_opts, remotefs.nas_opts, driver.volume_opts, driver.image_opts, san.san_opts]
    found = {option.name: option for options in lists for option in options}
    return list(found.values())


def out_of_cluster(enabled):
    """Backends that a cluster would take down: their service does not start (volume/manager.py, __init__)."""
    cluster, wrong = (cfg.CONF.cluster or "").strip(), []
    for name in enabled if cluster else []:
        section = configuration.Configuration(manager.volume_backend_opts, config_group=name)
        try:
            found = importutils.import_class(section.volume_driver)
        except ImportError:
            continue
        # A proxy is a factory and says nothing of itself; the drivers that NetApp's makes know clusters.
        if not (issubclass(found, driver.ProxyVD) or getattr(found, "SUPPORTS_ACTIVE_ACTIVE", False)):
            wrong.append(
                f"backend {name} would not start in cluster {cluster}, because its driver "
                f"{section.volume_driver} knows no clusters; serve it from another host"
            )
    return wrong


def main(names, arguments):
    # As cinder.cmd.volume registers it, which cannot be imported without becoming a service.
    cfg.CONF.register_opt(cfg.StrOpt("cluster"))
    cfg.CONF(arguments, project="cinder", prog="cinder-volume")
    enabled = cfg.CONF.enabled_backends or []
    wrong = out_of_cluster(enabled)
    for name in names:
        if name not in enabled:
            wrong.append(f"backend {name} is not among enabled_backends ({', '.join(enabled)})")
            continue
        section = configuration.Configuration(manager.volume_backend_opts, config_group=name)
        try:
            importutils.import_class(section.volume_driver)
        except ImportError as error:
            wrong.append(f"the driver of backend {name} cannot be imported: {error}")
            continue
        options = driver_options()
        section.append_config_values(options)
        for option in options:
            try:
                getattr(section, option.name)
            except (ValueError, cfg.Error) as error:
                text = "a secret with a wrong form" if option.secret else str(error)
                wrong.append(f"[{name}] {option.name}: {text}")
    return wrong


if __name__ == "__main__":
    try:
        FAULTS = main(sys.argv[1].split(","), sys.argv[2:])
    except cfg.ConfigFileParseError as fault:
        # Without the line itself, in which a secret may be.
        FAULTS = [re.sub(r": (['\"]).*\1$", "", str(fault), flags=re.DOTALL)]
    except cfg.Error as fault:
        FAULTS = [str(fault)]
    if FAULTS:
        sys.exit("; ".join(FAULTS))
