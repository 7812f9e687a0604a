#!/bin/bash
# Run the lines of docs/INSTALL.md, as root, on a bare Debian that mmdebstrap makes in a temporary folder, which goes afterwards.
#
#   tests/install.sh            needs root, mmdebstrap and git; a minute or two, mostly downloads
#
# Each line has to end with 0, or with 1 for a command of artsync; what the document shows below a line has to be in what it prints.
set -eu
cd "$(dirname "$0")/.."

place=$(mktemp -d)
trap 'rm -rf --one-file-system "$place"' EXIT
chmod 755 "$place"
mmdebstrap --quiet --variant=minbase bookworm "$place/root"
git archive --prefix=artsync/ HEAD | tar -x -C "$place/root/root"

# The lines and what is shown as one script: `line TEXT`, then `shows TEXT`.
{
    cat << 'SCRIPT'
line() {
    echo "# $1"
    eval "$1" > /tmp/printed 2>&1 < /dev/null && status=0 || status=$?
    sed -i -E 's/[0-9.]+ (ms|s)\b/TIME/g' /tmp/printed
    tail -n 8 /tmp/printed | sed 's/^/    /'
    [ "$status" -eq 0 ] || [[ $status -eq 1 && $1 == artsync* ]] || { echo "install: status $status"; exit 1; }
}
shows() { grep -qF -- "$1" /tmp/printed || { echo "install: it did not print: $1"; exit 1; }; }
cd
SCRIPT
    sed -n '/^```console/,/^```$/p' docs/INSTALL.md | grep -v '^```' | while IFS= read -r text; do
        case $text in
        "# "*) printf 'line %q\n' "${text#\# }" ;;
        *) printf 'shows %q\n' "$(sed -E 's/[0-9.]+ (ms|s)\b/TIME/g; s/ +$//' <<< "$text")" ;;
        esac
    done
    echo 'service postgresql stop; echo "install: every line works"'
} > "$place/root/root/script"
unshare --mount --pid --fork --mount-proc="$place/root/proc" chroot "$place/root" /usr/bin/env -i HOME=/root TERM=dumb \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive bash /root/script
