#!/bin/bash
# Run the lines of a document, as root, on a bare Debian that mmdebstrap makes in a temporary folder, which goes afterwards.
#
#   tests/install.sh                  docs/INSTALL.md: from the sources
#   tests/install.sh docs/GUIDE.md    from the package that `make deb` made, and nothing else of artsync
#
# Needs root, mmdebstrap and git; a few minutes, mostly downloads. INSTALL_ROOT=DIR uses a copy of that bare Debian.
# Each line has to end with 0, or with 1 for a command of artsync; what the document shows below a line has to be in what it prints.
set -eu
cd "$(dirname "$0")/.."

document=${1:-docs/INSTALL.md}
place=$(mktemp -d)
trap 'rm -rf --one-file-system "$place"' EXIT
chmod 755 "$place"
if [ -n "${INSTALL_ROOT:-}" ]; then
    cp -a "$INSTALL_ROOT" "$place/debian"
else
    mmdebstrap --quiet --variant=minbase --include=systemd bookworm "$place/debian"
fi
case $document in
*GUIDE.md) cp build/package/artsync_*.deb "$place/debian/srv/" ;;
*) git archive --prefix=artsync/ HEAD | tar -x -C "$place/debian/srv" ;;
esac

# The lines and what is shown as one script: `line TEXT`, then `shows TEXT`.
{
    cat << 'SCRIPT'
# what differs from run to run
steady() {
    sed -E 's/[0-9.]+ (ms|s)\b/TIME/g; s/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{8}\b/ID/g
            s/[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:]+Z?/DATE/g; s/just now|[0-9]+ (TIME|min ago)|TIME ago/AGO/g
            s/[0-9,]+ bytes|[0-9,]+ MB/SIZE/g; s/[0-9]+ migrations/N migrations/; s/-?[0-9]{15,}/SUM/; s/[ \t]+/ /g; s/ $//'
}
line() {
    echo "# $1"
    eval "$1" > /tmp/printed 2>&1 < /dev/null && status=0 || status=$?
    cp /tmp/printed /tmp/whole
    steady < /tmp/whole > /tmp/printed
    tail -n "${INSTALL_LINES:-8}" /tmp/whole | sed 's/^/    /'
    [ "$status" -eq 0 ] || [[ $status -eq 1 && $1 == artsync* ]] || { echo "install: status $status"; exit 1; }
}
shows() {
    [ "$1" = ... ] || grep -qF -- "$(steady <<< "$1")" /tmp/printed || { echo "install: it did not print: $1"; exit 1; }
}
cd
SCRIPT
    sed -n '/^```console/,/^```$/p' "$document" | grep -v '^```' | while IFS= read -r text; do
        case $text in
        "# "*) printf 'line %q\n' "${text#\# }" ;;
        *) printf 'shows %q\n' "$text" ;;
        esac
    done
    echo 'service postgresql stop; echo "install: every line works"'
} > "$place/debian/srv/script"
unshare --mount --pid --fork --mount-proc="$place/debian/proc" chroot "$place/debian" /usr/bin/env -i HOME=/srv TERM=dumb \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
    INSTALL_LINES="${INSTALL_LINES:-8}" bash /srv/script
