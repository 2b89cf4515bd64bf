#!/bin/sh
# run-openntpd.sh FOLDER SERVER... -- COMMAND... : prepares what OpenNTPD finds on a system where it is installed (its
# user, its folders, its configuration), then runs COMMAND. Run it by `unshare -m`: the mounts are for nobody else.
set -eu
folder=$1
shift
while [ "$1" != -- ]; do
  echo "server $1"
  shift
done >"$folder/ntpd.conf"
shift
for user in ntpd openntpd _ntp; do
  echo "$user:x:64123:64123::/var/lib/openntpd/run:/bin/false"
done | cat /etc/passwd - >"$folder/passwd"
echo 'ntpd:x:64123:' | cat /etc/group - >"$folder/group"
mount --bind "$folder/passwd" /etc/passwd
mount --bind "$folder/group" /etc/group
mount -t tmpfs -o mode=755 tmpfs /var/lib
mkdir -p /var/lib/openntpd/run /var/lib/openntpd/db
exec "$@"
