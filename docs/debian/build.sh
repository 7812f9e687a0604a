#!/bin/bash
# Make a Debian package:  build.sh FOLDER VERSION  (called by `make deb`)
#
# FOLDER/debian/artsync is what `make install DESTDIR=... PREFIX=/usr` wrote; the package comes into FOLDER. Needs dpkg-dev. DEB_MAINTAINER names who made the package.
set -eu -o pipefail
export LC_ALL=C.UTF-8 TZ=UTC
out=$(readlink -f "$1") version=$2
tree=$out/debian/artsync
here=$(dirname "$(readlink -f "$0")")
maintainer=${DEB_MAINTAINER:-artsync authors <artsync@packages.invalid>}
architecture=$(dpkg --print-architecture)
doc=$tree/usr/share/doc/artsync

# The changelog in Debian's form; its date is that of the version's entry in CHANGELOG.md.
released=$(sed -n "s/^## $version (\(.*\))\$/\1/p" "$here/../CHANGELOG.md")
[ -n "$released" ] || { echo "docs/CHANGELOG.md has no entry for $version" >&2; exit 1; }
printf 'artsync (%s) unstable; urgency=medium\n\n  * What is new: /usr/share/doc/artsync/CHANGELOG.md\n\n -- %s  %s\n' \
    "$version" "$maintainer" "$(date -R -d "$released")" | gzip -9n > "$doc/changelog.gz"
rm -f "$doc/INSTALL.md" # how to install what is installed now
install -m 644 "$here/copyright" "$doc/copyright"
find "$tree/usr/share/man" -type f ! -name '*.gz' -exec gzip -9nf {} +
strip --strip-unneeded --remove-section=.comment --remove-section=.note "$tree/usr/bin/artsync"

# What the program is linked with
mkdir -p "$tree/DEBIAN"
printf 'Source: artsync\n\nPackage: artsync\nArchitecture: any\n' > "$out/debian/control"
depends=$(cd "$out" && dpkg-shlibdeps -O debian/artsync/usr/bin/artsync | sed -n 's/^shlibs:Depends=//p')

size=$(du -sk --exclude=DEBIAN "$tree" | cut -f1)
sed -e "s/@VERSION@/$version/; s/@ARCHITECTURE@/$architecture/; s/@MAINTAINER@/$maintainer/; s/@SIZE@/$size/" \
    -e "s/@DEPENDS@/$depends/" "$here/control" > "$tree/DEBIAN/control"
(cd "$tree" && find usr lib -type f -print0 | sort -z | xargs -0 md5sum > DEBIAN/md5sums)
find "$tree" -type d -exec chmod 755 {} +
package=$out/artsync_${version}_$architecture.deb
dpkg-deb --root-owner-group --build "$tree" "$package" > /dev/null
echo "$package"
