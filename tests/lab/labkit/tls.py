# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's own certificate authority, and the certificates of the simulator and of its accounts.

Runs with the tools' Python (cryptography).
"""

from __future__ import annotations

import datetime
import ipaddress
import sys
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from . import addresses as lab_addresses
from .secret import write_private

DAYS = 365


def _name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(subject, issuer, public_key):
    now = datetime.datetime.now(datetime.timezone.utc)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        # The clock of a guest or a container may be a little behind.
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=DAYS))
    )


_USES = [
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
]


def _usage(*granted):
    return x509.KeyUsage(**{name: name in granted for name in _USES})


def make_authority(common_name="openstack_ontap lab CA"):
    """(key, certificate) of a new authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    certificate = (
        _builder(_name(common_name), _name(common_name), key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)
        .add_extension(identifier, critical=False)
        .sign(key, hashes.SHA256())
    )
    return key, certificate


def _make(authority_key, authority, name, use, *extensions):
    """(key, certificate) that the authority signs for a name and one use."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = (
        _builder(_name(name), authority.subject, key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage("digital_signature"), critical=True)
        .add_extension(x509.ExtendedKeyUsage([use]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return key, builder.sign(authority_key, hashes.SHA256())


def make_server(authority_key, authority, hosts):
    """(key, certificate) of a server that answers at the IP addresses ``hosts`` and as localhost."""
    names = [x509.DNSName("localhost"), *(x509.IPAddress(ipaddress.ip_address(host)) for host in hosts)]
    return _make(
        authority_key,
        authority,
        "ontap lab",
        ExtendedKeyUsageOID.SERVER_AUTH,
        x509.SubjectAlternativeName(names),
    )


def write_client(folder, name):
    """(certificate, key): files in ``folder``, beside its authority, of the ONTAP account ``name``."""
    authority = x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())
    authority_key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), None)
    key, certificate = _make(authority_key, authority, name, ExtendedKeyUsageOID.CLIENT_AUTH)
    files = folder / f"{name}.pem", folder / f"{name}.key"
    files[0].write_text(_certificate_text(certificate))
    write_private(files[1], _key_text(key))
    return files


def _key_text(key):
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def _certificate_text(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def write(folder, hosts):
    """ca.pem, ca.key, ontap.pem, ontap.key in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    authority_key, authority = make_authority()
    key, certificate = make_server(authority_key, authority, hosts)
    write_private(folder / "ca.key", _key_text(authority_key))
    write_private(folder / "ontap.key", _key_text(key))
    (folder / "ontap.pem").write_text(_certificate_text(certificate))
    (folder / "ca.pem").write_text(_certificate_text(authority))


def main():
    addresses = lab_addresses.from_environment()
    lifs = [
        addresses.svm,
        *addresses.data_lifs.values(),
        addresses.images_svm,
        *addresses.images_lifs.values(),
    ]
    write(Path(sys.argv[1]), [addresses.cluster, *lifs, "127.0.0.1"])


if __name__ == "__main__":
    main()
