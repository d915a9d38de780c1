#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# try_share.sh SHARE OPTIONS BASE USER: says as key=value whether this host can mount the share, and whether QEMU's user
# may read and write a volume in it. Mounts it for a moment in a folder of its own; changes nothing else.
share=$1 options=$2 base=$3 user=$4

command -v mount.nfs >/dev/null 2>&1 || [ -x /sbin/mount.nfs ] && echo client=yes || echo client=no
case $(getsebool virt_use_nfs 2>/dev/null) in
*off) echo selinux=off ;;
*) echo selinux=fine ;;
esac

[ -d "$base" ] || base=/tmp
folder=$(mktemp -d -p "$base") || exit 1
# QEMU's user has to pass it.
chmod 0755 "$folder"
trap 'umount "$folder" 2>/dev/null; rmdir "$folder"' EXIT
# Opened for reading only: the mount is read-only, and a mode that lets one read lets the group write as well (0660).
if ! error=$(mount -t nfs -o "$options" "$share" "$folder" 2>&1); then
    echo mount=no
    echo "mount_error=$(echo "$error" | tr '\n=' '  ')"
    exit 0
fi
echo mount=yes

for name in $user libvirt-qemu qemu; do
    if id "$name" >/dev/null 2>&1; then found=$name && break; fi
done
volume=$(find "$folder" -maxdepth 1 -name 'volume-*' -print -quit 2>/dev/null)
if [ -z "$found" ]; then
    echo "open=no user"
elif [ -z "$volume" ]; then
    echo "open=no volume"
else
    echo "user=$found"
    echo "volume=$(basename "$volume")"
    if runuser -u "$found" -- sh -c ': <"$1"' sh "$volume" 2>/dev/null; then echo open=yes; else echo open=no; fi
fi
