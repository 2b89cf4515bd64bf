#!/bin/sh
# Runs once the essential packages are in, before the kernel: what its initrd is made of must be known by then.
set -eu
root=$1
mkdir -p "$root/etc/initramfs-tools/conf.d" "$root/etc/modules-load.d"
cat >"$root/etc/initramfs-tools/update-initramfs.conf" <<'END'
update_initramfs=no
END
cat >"$root/etc/initramfs-tools/conf.d/timeball" <<'END'
MODULES=list
COMPRESS=zstd
RESUME=none
END
cp "$(dirname "$0")/initrd-modules.txt" "$root/etc/initramfs-tools/modules"
