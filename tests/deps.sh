#!/bin/bash
# Install the Debian or Ubuntu packages that artsync needs and that are missing; says which, asks nothing.
#
#   tests/deps.sh build    what building needs
#   tests/deps.sh demo     to run a private PostgreSQL, too
#   tests/deps.sh check    what the tests need, too: a browser, and from the npm registry axe-core, which looks at pages
#   tests/deps.sh long     what `make check-long` needs
set -eu

build="make libpq-dev libcsv-dev libcurl4-openssl-dev libssl-dev libcjson-dev libutf8proc-dev libxxhash-dev"
demo="$build postgresql"
check="openssl libcmocka-dev python3-pytest python3-pytest-xdist python3-psycopg2 python3-jsonschema pgbouncer procps zsh fish systemd
    dpkg-dev lintian"

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# A compiler that already exists will do, whatever its package is called.
missing=
command -v "${CC:-cc}" > /dev/null 2>&1 || missing="gcc libc6-dev"
case ${1:-check} in
build) packages=$build ;;
demo) packages=$demo ;;
check)
    packages="$demo $check"
    command -v chromium chromium-browser google-chrome > /dev/null 2>&1 || packages="$packages chromium"
    command -v npm > /dev/null 2>&1 || packages="$packages npm" ;;
long) packages="$build dpkg-dev mmdebstrap git" ;;
*) sed -n '4,7s/^# *//p' "$0" >&2; exit 2 ;;
esac

if ! command -v dpkg-query > /dev/null 2>&1; then
    echo "This is neither Debian nor Ubuntu: install by other means what these packages hold: $packages" >&2
    exit 0
fi
# Any server of any version will do, and the demo needs none if it is given a database.
if ls /usr/lib/postgresql/*/bin/initdb > /dev/null 2>&1 || { [ "${1:-}" = demo ] && [ -n "${DATABASE_URL:-}" ]; }; then
    packages=${packages/ postgresql/}
fi
for package in $packages; do
    installed "$package" || missing="$missing $package"
done

# A fixed version of axe-core, by its checksum, into build/axe.
get_axe() {
    axe=build/axe
    [ "${1:-check}" = check ] || return 0
    cmp -s tests/axe/package-lock.json "$axe/package-lock.json" && [ -f "$axe/node_modules/axe-core/axe.min.js" ] && return 0
    echo "Installing: axe-core (npm), into $axe"
    mkdir -p "$axe"
    cp tests/axe/package.json tests/axe/package-lock.json "$axe/"
    (cd "$axe" && npm ci --ignore-scripts --no-audit --no-fund --silent)
}

cd "$(dirname "$0")/.."
if [ -z "$missing" ]; then
    get_axe "$@"
    exit
fi

if [ "$(id -u)" = 0 ]; then
    as_root() { "$@"; }
elif command -v sudo > /dev/null 2>&1; then
    as_root() { sudo "$@"; }
else
    echo "Missing, and neither root nor sudo to install them:$missing" >&2
    exit 1
fi
echo "Installing:$missing"
# no server for the whole machine is wanted: the tests and the demo start their own
export DEBIAN_FRONTEND=noninteractive
if [[ " $missing " == *" postgresql "* && ! -e /etc/postgresql-common/createcluster.conf ]]; then
    as_root mkdir -p /etc/postgresql-common
    echo "create_main_cluster = false" | as_root tee /etc/postgresql-common/createcluster.conf > /dev/null
    echo "  (with create_main_cluster = false in /etc/postgresql-common/createcluster.conf)"
fi
as_root env DEBIAN_FRONTEND=noninteractive apt-get -q update > /dev/null ||
    echo "  apt-get update failed; going on with the lists that are there" >&2
# shellcheck disable=SC2086  # a list of names
as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Options::=--force-confold install \
    --no-install-recommends $missing
get_axe "$@"
