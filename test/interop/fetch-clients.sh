#!/bin/sh
# Fetches the NTP clients that the interop tests use, from Debian: chronyd, NTPsec's ntpd, ntpdig, ntpdate and ntpq,
# OpenNTPD, systemd-timesyncd, ntpstat and the NTP checks of monitoring-plugins.
#
# As packages they exclude each other and start themselves on installation, so they are unpacked into
# .cache/clients and never installed. Nothing here fails: a client that is missing in the end is the tests' concern
# (they skip, or fail where CI=true).
set -u
cd "$(dirname "$0")/../.." || exit 0

CLIENTS='chrony ntpsec ntpsec-ntpdig ntpsec-ntpdate python3-ntp systemd-timesyncd ntpstat monitoring-plugins-basic'
# Its ntpd has the path of NTPsec's: it gets a folder of its own name.
APART='openntpd'
# What of them are libraries' users, below the cache; usr/lib or lib, as the release has it.
BINARIES='usr/sbin/chronyd usr/sbin/ntpd usr/bin/ntpstat usr/lib/nagios/plugins/check_ntp_* openntpd/usr/sbin/ntpd
  usr/lib/systemd/systemd-timesyncd lib/systemd/systemd-timesyncd usr/lib/python3/dist-packages/ntp/libntpc.so'
CACHE=.cache/clients
APT='apt-get -qq -o APT::Sandbox::User=root -o Acquire::Retries=1 -o Acquire::http::Timeout=15'

say() {
  echo "fetch-clients: $*" >&2
}

give_up() {
  say "$*"
  exit 0
}

# What the tests run the clients with, and the browser for those of the page, as COMMAND:PACKAGE.
install_tools() {
  missing=''
  for tool in /usr/bin/python3:python3 ip:iproute2 setcap:libcap2-bin setpriv:util-linux chromium:chromium; do
    PATH="$PATH:/usr/sbin:/sbin" command -v "${tool%%:*}" >/dev/null || missing="$missing ${tool#*:}"
  done
  [ -n "$missing" ] || return 0
  command -v apt-get >/dev/null || { say "these are missing:$missing; install them with your package manager"; return; }
  [ "$(id -u)" = 0 ] || { say "these are missing:$missing; install them with: sudo apt-get install$missing"; return; }
  install_packages $missing || { $APT update >&2 && install_packages $missing; } ||
    say "apt-get can't install$missing (see above): the tests that need them can't run"
}

install_packages() {
  DEBIAN_FRONTEND=noninteractive $APT install -y --no-install-recommends "$@" >&2
}

# apt-get may know of no packages yet, or of versions that are gone by now: then its lists are fetched first.
download() {
  (
    cd "$1" || exit 1
    $APT download $CLIENTS $APART 2>/dev/null && exit
    [ "$(id -u)" = 0 ] && $APT update >&2
    $APT download $CLIENTS $APART >&2
  )
}

unpack() {
  for package in "$1"/*.deb; do
    name=$(basename "${package%%_*}")
    folder=$1
    case " $APART " in *" $name "*) folder=$1/$name ;; esac
    mkdir -p "$folder" && dpkg -x "$package" "$folder" || return 1
    # For the report of which clients were run.
    dpkg-deb -W --showformat='${Package} ${Version}\n' "$package" >>"$1/versions"
    rm "$package"
  done
}

lacks_libraries() {
  for binary in $BINARIES; do
    for path in "$1"/$binary; do
      [ -e "$path" ] && LD_LIBRARY_PATH="$1/libs" ldd "$path" 2>/dev/null | grep 'not found' >&2 && return 0
    done
  done
  return 1
}

# On a minimal system: every library package below the clients that is not installed, put into one folder.
fetch_libraries() {
  apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces \
    --no-enhances $CLIENTS $APART | grep '^lib[^:]*$' | sort -u |
    while read -r library; do
      dpkg-query -W -f '${Status}' "$library" 2>/dev/null | grep -q 'ok installed' && continue
      mkdir "$1/deb" && (cd "$1/deb" && $APT download "$library" 2>/dev/null) && unpack "$1/deb"
      find "$1/deb" -name 'lib*.so*' -exec cp -P {} "$1/libs/" \;
      rm -r "$1/deb"
    done
}

# What was unpacked for another release or machine does not run here.
wanted=$(
  . /etc/os-release 2>/dev/null
  echo "${ID:-?} ${VERSION_ID:-?} $(uname -m) $CLIENTS, apart: $APART"
)
install_tools
[ "$(cat "$CACHE/.complete" 2>/dev/null)" = "$wanted" ] && exit 0

for tool in apt-get dpkg; do
  command -v "$tool" >/dev/null ||
    give_up "there is no $tool here, so $CLIENTS $APART can't be fetched: the interop tests need a Debian system"
done
mkdir -p .cache
new=$(mktemp -d .cache/clients.XXXXXX) || give_up "no folder can be made in $PWD/.cache: make it writable"
trap 'rm -rf "$new"' EXIT
say "fetching $CLIENTS $APART (once)"
download "$new" || give_up "apt-get can't download $CLIENTS $APART (see above): connect to a Debian mirror, then try again"
unpack "$new" || give_up "a package can't be unpacked (see above): correct that, then try again"
mkdir "$new/libs"
# ntpc.py looks beside itself first, then only where the package would have put it.
library="$new/usr/lib/python3/dist-packages/ntp/libntpc.so"
find "$new"/usr/lib/*-linux-* -name 'libntpc.so*' -type f -exec cp {} "$library" \;
[ -s "$library" ] || give_up "python3-ntp holds no libntpc.so, so ntpdig can't run: report this with your release"
if lacks_libraries "$new"; then fetch_libraries "$new"; fi
if lacks_libraries "$new"; then give_up "libraries of the clients are missing (see above): install them"; fi
echo "$wanted" >"$new/.complete"
rm -rf "$CACHE"
mv "$new" "$CACHE"
