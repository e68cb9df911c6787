#!/bin/sh
# Fetches pg_dump, pg_restore and psql 18 for Debian releases that have older ones, which refuse to
# dump a newer server. The packages of a newer Debian are unpacked into a folder with the libraries
# that they need; nothing is installed. Usage: fetch-postgres-client.sh FOLDER
set -eu
folder=$1
draft=$folder.new
rm -rf "$draft"
mkdir -p "$draft/lists/partial" "$draft/cache/archives/partial" "$draft/bin"
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | head -n 1)
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror%-security} forky main" >"$draft/sources.list"
apt() {
  apt-get --quiet --option "Dir::State::lists=$draft/lists" --option "Dir::Cache=$draft/cache" \
    --option "Dir::Etc::sourcelist=$draft/sources.list" --option Dir::Etc::sourceparts=- \
    --option Dir::State::status=/dev/null --option APT::Sandbox::User=root "$@"
}
apt update
apt install --download-only --yes --no-install-recommends postgresql-client-18
for package in "$draft"/cache/archives/*.deb; do dpkg-deb --extract "$package" "$draft/root"; done
rm -rf "$draft/lists" "$draft/cache"
loader=$(cd "$draft" && find root/usr/lib -name 'ld-linux*.so.*' | head -n 1)
for program in pg_dump pg_restore psql; do
  cat >"$draft/bin/$program" <<SH
#!/bin/sh
exec '$folder/$loader' --library-path '$folder/${loader%/*}' '$folder/root/usr/lib/postgresql/18/bin/$program' "\$@"
SH
  chmod 755 "$draft/bin/$program"
done
rm -rf "$folder"
mv "$draft" "$folder"
