# shellcheck shell=bash
# What courtesy needs from the machine: found, else installed through apt, else asked for in one sentence.
# The commands in bin/ source this. A further need is a line in each of the two tables and a has_... function.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

declare -A called=(
    [c_compiler]='a C compiler (cc, with which Rust links)'
    [postgresql]='PostgreSQL 15 or newer'
    [python]='Python 3.11 or newer with venv'
    [chromium]='Chromium'
    [npm]='npm'
    [exiftool]='exiftool'
    [vipsthumbnail]='vipsthumbnail'
)
declare -A debian_package=(
    [c_compiler]='build-essential'
    [postgresql]='postgresql (>= 15)'
    [python]='python3 (>= 3.11), python3-venv'
    [chromium]='chromium-headless-shell'
    [npm]='npm'
    [exiftool]='libimage-exiftool-perl'
    [vipsthumbnail]='libvips-tools'
)

has_c_compiler() {
    command -v cc >/dev/null
}

# Debian keeps the server's programs outside PATH, so the places are those where courtesy itself looks.
# A folder named by COURTESY_PG_BIN is the only one, and nothing that can be installed would change what is in it.
has_postgresql() {
    local server
    local places=("$(command -v postgres)" /usr/lib/postgresql/*/bin/postgres "$(pg_config --bindir 2>/dev/null)/postgres")
    [[ -z ${COURTESY_PG_BIN-} ]] || places=("$COURTESY_PG_BIN/postgres")
    for server in "${places[@]}"; do
        [[ -x $server && -x ${server%/*}/initdb ]] || continue
        [[ $("$server" --version) =~ \)\ ([0-9]+) ]] && ((BASH_REMATCH[1] >= 15)) && return
    done
    [[ -z ${COURTESY_PG_BIN-} ]] || fail "COURTESY_PG_BIN names $COURTESY_PG_BIN, which holds no ${called[postgresql]}"
    return 1
}

# Debian packs apart what puts pip into a virtual environment.
has_python() {
    python3 -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

# The one that never opens a window takes a third less of the tests' time; the other does as well.
has_chromium() {
    command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null
}

has_npm() {
    command -v npm >/dev/null
}

has_exiftool() {
    command -v exiftool >/dev/null
}

has_vipsthumbnail() {
    command -v vipsthumbnail >/dev/null
}

# ensure <need>...: returns only when the machine has all of them. Asks for root only when something is missing.
ensure() {
    local missing install
    find_missing "$@"
    ((${#missing[@]})) || return 0
    install=$(install_command "${missing[@]}")
    if command -v apt-get >/dev/null && may_become_root; then
        echo "Installing $(names "${missing[@]}"), as root: $install"
        as_root sh -c "$install" || true # what counts is whether the need is met now
    fi
    find_missing "$@"
    ((${#missing[@]})) || return 0
    fail "missing: $(names "${missing[@]}"). On Debian an administrator installs it with: $install"
}

# Rust comes from rustup, for whoever builds, without root. Cargo itself refuses a toolchain that is too old.
ensure_rust() {
    local home=${CARGO_HOME:-~/.cargo}
    # A shell that is not a login shell has not read what rustup wrote into the profile.
    [[ -x $home/bin/cargo ]] && PATH+=:$home/bin
    command -v cargo >/dev/null || fail 'missing: Rust. Install it from https://rustup.rs'
}

# The folder Cargo builds into, wherever the environment or a configuration file moved it.
target_folder() {
    (cd "$root" && cargo metadata --no-deps --offline --format-version 1) |
        sed -E 's/.*"target_directory":"([^"]*)".*/\1/'
}

# One command for every case: run by us, run through sudo, or handed to an administrator.
install_command() {
    local need packages='' before='' after=''
    for need in "$@"; do
        packages+=" '${debian_package[$need]}'"
    done
    if [[ " $* " == *' postgresql '* ]]; then
        # Debian's package would otherwise create and start a cluster of its own, on every machine and at every
        # boot, that courtesy does not use. Only the first installation asks, so the setting need not stay.
        local setting=/etc/postgresql-common/createcluster.d/courtesy.conf
        before="echo 'create_main_cluster = false' | install -D -m 644 /dev/stdin $setting; "
        after="; rm $setting"
    fi
    echo "${before}apt-get update; DEBIAN_FRONTEND=noninteractive apt-get satisfy --yes --no-install-recommends$packages$after"
}

# Where nobody can type a password, sudo counts only if it asks for none.
may_become_root() {
    ((EUID == 0)) || { command -v sudo >/dev/null && { [[ -t 0 ]] || sudo -n true 2>/dev/null; }; }
}

as_root() {
    if ((EUID == 0)); then
        "$@"
    else
        sudo "$@"
    fi
}

# Sets its caller's `missing` to those of the needs that the machine lacks.
find_missing() {
    local need
    missing=()
    for need in "$@"; do
        "has_$need" || missing+=("$need")
    done
}

names() {
    local need text=''
    for need in "$@"; do
        text+=", ${called[$need]}"
    done
    echo "${text:2}"
}

fail() {
    printf '%s: %s\n' "bin/${0##*/}" "$1" >&2
    exit 1
}
