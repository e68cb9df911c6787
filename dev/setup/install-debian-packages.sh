#!/bin/sh
# Installs Debian packages and lets none of them start a service, neither now nor with the machine:
# PgBouncer's would take port 6432. /usr/sbin/policy-rc.d is Debian's own way to say so.
set -eu
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 1' HUP INT TERM
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi
apt-get update
apt-get install -y --no-install-recommends "$@"
for package in "$@"; do
  if [ -e "/etc/init.d/$package" ]; then update-rc.d "$package" disable; fi
done
