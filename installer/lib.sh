# shellcheck shell=bash
# SPDX-FileCopyrightText: Latchkey contributors
# SPDX-License-Identifier: Apache-2.0
#
# What installer/run and tests/run share: what is needed on a machine, how it gets there, and how to build.
# Sourced, never run. Understood by bash 3.2 and later (macOS has no newer one).

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

BOLD='' RED='' PLAIN=''
if [ -t 2 ] && [ -z "${NO_COLOR:-}" ]; then
    BOLD=$(printf '\033[1m') RED=$(printf '\033[1;31m') PLAIN=$(printf '\033[0m')
fi
say() { printf '%s==>%s %s\n' "$BOLD" "$PLAIN" "$*" >&2; }
die() {
    printf '%serror:%s %s\n' "$RED" "$PLAIN" "$*" >&2
    exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# ---- What is needed -------------------------------------------------------------------------------------------------

# One line a need: "why|package or package>=version, the best first|command that makes do instead".
NEEDS=()
need() { NEEDS+=("$1|$2|${3:-}"); }

need_to_build() {
    need "the compiler (C++23)" "g++>=12" g++
    need "the build's description" "cmake>=3.25" cmake
    need "the build's engine" "ninja-build" ninja
    need "Qt: windows, network, database" "qt6-base-dev>=6.4"
    need "Qt: drawing of icons" "qt6-svg-dev>=6.4 libqt6svg6-dev>=6.4"
    need "Qt: translations" "qt6-tools-dev>=6.4"
    need "Qt: the translations' tools" "qt6-l10n-tools>=6.4"
    need "Qt: where the build finds them" "qt6-tools-dev-tools>=6.4"
    need "TLS, signatures and hashes" "libssl-dev>=3"
    need "the agent's event loop (Boost.Asio, headers)" \
        "libboost-dev>=1.81 libboost1.88-dev libboost1.86-dev libboost1.83-dev libboost1.81-dev"
    need "the keychain" "qtkeychain-qt6-dev>=0.13"
    need "the command line's parser" "libcli11-dev>=2"
}

need_to_run() {
    need "SQLite for Qt" "libqt6sql6-sqlite"
    need "icons for Qt" "libqt6svg6"
    if has_display; then
        need "a keychain service" "gnome-keyring kwalletd6 kwalletmanager keepassxc"
        need "the session's message bus" "dbus-user-session dbus-x11"
        need "a font" "fonts-dejavu-core fonts-noto-core fonts-liberation fonts-cantarell"
    fi
    if [ -n "${WAYLAND_DISPLAY:-}" ]; then
        need "windows on Wayland" "qt6-wayland"
    fi
}

has_display() {
    [ "$(uname -s)" = Darwin ] || [ -n "${DISPLAY:-}" ] || [ -n "${WAYLAND_DISPLAY:-}" ]
}

# ---- Getting it, on Debian and Ubuntu --------------------------------------------------------------------------------

strip_epoch() { printf '%s' "${1#*:}"; }

# meets FOUND WANTED: the version FOUND is there and at least WANTED (which may be empty).
meets() {
    [ -n "$1" ] || return 1
    [ -z "$2" ] || dpkg --compare-versions "$(strip_epoch "$1")" ge "$2"
}

# lookup TABLE NAME: the version beside NAME in a table of "name version" lines.
lookup() {
    local name version
    while read -r name version; do
        if [ "$name" = "$2" ]; then
            printf '%s' "$version"
            return
        fi
    done <<<"$1"
}

# pick TABLE PACKAGES: the first of PACKAGES that TABLE has in a version that will do.
pick() {
    local package wanted
    for package in $2; do
        wanted=
        case $package in *'>='*) wanted=${package##*>=} ;; esac
        package=${package%%>=*}
        if meets "$(lookup "$1" "$package")" "$wanted"; then
            printf '%s' "$package"
            return
        fi
    done
    return 1
}

all_packages() {
    local entry packages package
    for entry in "${NEEDS[@]}"; do
        packages=${entry#*|}
        for package in ${packages%%|*}; do
            printf '%s\n' "${package%%>=*}"
        done
    done
}

installed_table() {
    # shellcheck disable=SC2046 # package names are single words
    dpkg-query -W -f='${db:Status-Status} ${Package} ${Version}\n' $(all_packages) 2>/dev/null | sed -n 's/^installed //p'
}

offered_table() {
    # shellcheck disable=SC2046 # package names are single words
    LC_ALL=C apt-cache policy $(all_packages) 2>/dev/null |
        awk '/^[^ ]+:$/ { name = substr($1, 1, length($1) - 1) } $1 == "Candidate:" && $2 != "(none)" { print name, $2 }'
}

# Fills UNMET with the needs that neither a package nor a command of this machine meets.
find_unmet() {
    local table entry rest
    UNMET=()
    table=$(installed_table) || true
    for entry in "${NEEDS[@]}"; do
        rest=${entry#*|}
        if [ -n "${rest##*|}" ] && have "${rest##*|}"; then
            continue
        fi
        pick "$table" "${rest%%|*}" >/dev/null || UNMET+=("$entry")
    done
}

# Fills OFFERED with what apt could install, WANTED with what it is to install for UNMET, and NOT_OFFERED with the needs
# it has nothing for.
choose_packages() {
    local entry rest package
    WANTED=()
    NOT_OFFERED=()
    OFFERED=$(offered_table)
    for entry in "${UNMET[@]}"; do
        rest=${entry#*|}
        if package=$(pick "$OFFERED" "${rest%%|*}"); then
            WANTED+=("$package|${entry%%|*}")
        else
            NOT_OFFERED+=("$entry")
        fi
    done
}

can_be_root() {
    [ "$(id -u)" -eq 0 ] || { have sudo && { [ -t 0 ] || sudo -n true 2>/dev/null; }; }
}

# Ends, with what to do, where nothing can be installed: neither root nor a sudo that could be answered.
require_root() {
    can_be_root || die "installing needs root; as root, run: apt-get update && apt-get install$(names_to_install)"
}

names_to_install() {
    local entry rest packages
    for entry in "${UNMET[@]}"; do
        rest=${entry#*|}
        packages=${rest%%|*}
        # Where apt's lists are empty nothing is known of what it offers; the first choice is the likely one.
        printf ' '
        pick "$OFFERED" "$packages" || printf '%s' "${packages%%[> ]*}"
    done
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        env DEBIAN_FRONTEND=noninteractive "$@"
    else
        sudo env DEBIAN_FRONTEND=noninteractive "$@"
    fi
}

apt_get() {
    as_root apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 \
        -o Dpkg::Use-Pty=0 "$@" </dev/null
}

have_lists() { compgen -G '/var/lib/apt/lists/*Packages*' >/dev/null; }

# Fetched within the hour: asking again would offer nothing new.
lists_are_fresh() {
    have_lists && [ -n "$(find /var/lib/apt/lists/partial -maxdepth 0 -mmin -60 2>/dev/null)" ]
}

apt_update() {
    say "asking apt for its current lists"
    apt_get update >&2 || say "apt-get update reported a problem; going on with the lists that are there"
}

install_chosen() {
    local names=() entry
    say "installing with apt:"
    for entry in "${WANTED[@]}"; do
        names+=("${entry%%|*}")
        printf '      %-24s %s\n' "${entry%%|*}" "${entry#*|}" >&2
    done
    apt_get install "${names[@]}" >&2 && return
    # A mirror moved on since the lists were read, or an earlier run was cut off half-way.
    say "that failed; refreshing apt's lists, finishing what was left half-installed, and trying once more"
    as_root dpkg --configure -a >&2 || true
    apt_update
    apt_get install "${names[@]}" >&2 || die "apt could not install: ${names[*]}"
}

install_with_apt() {
    find_unmet
    [ ${#UNMET[@]} -gt 0 ] || return 0
    choose_packages
    if [ ${#NOT_OFFERED[@]} -gt 0 ] && ! lists_are_fresh; then
        if ! have_lists; then
            require_root
        fi
        if can_be_root; then
            apt_update
            choose_packages
        fi
    fi
    if [ ${#WANTED[@]} -gt 0 ]; then
        require_root
        install_chosen
    fi
    [ ${#NOT_OFFERED[@]} -eq 0 ] || explain_not_offered
}

explain_not_offered() {
    local entry rest
    say "apt here offers nothing (or nothing new enough) for:"
    for entry in "${NOT_OFFERED[@]}"; do
        rest=${entry#*|}
        printf '      %s: %s\n' "${entry%%|*}" "${rest%%|*}" >&2
    done
    say "Debian 12, Ubuntu 24.04 (with 'universe') and later have them all; looking whether they are here otherwise"
    check_by_hand
}

# ---- Anywhere else ---------------------------------------------------------------------------------------------------

# Names what the build would not find, all of it at once, and ends if there is any.
check_by_hand() {
    local missing=() scratch entry command
    [ -n "${CXX:-}" ] || have c++ || have g++ || have clang++ || missing+=("a C++23 compiler (GCC 12, Clang 19, or later)")
    for entry in "${NEEDS[@]}"; do
        command=${entry##*|}
        if [ -n "$command" ] && [ "$command" != g++ ] && ! have "$command"; then
            missing+=("$command (${entry%%|*})")
        fi
    done
    [ ${#missing[@]} -eq 0 ] || die "missing: $(join_lines "${missing[@]}")"
    # What CMake found once is found again by the build itself.
    [ ! -f "$BUILD_DIR/build.ninja" ] || return 0
    scratch=$(mktemp -d "${TMPDIR:-/tmp}/latchkey-check.XXXXXX")
    if ! cmake -S "$ROOT/installer/check" -B "$scratch" -G Ninja >"$scratch/out" 2>&1; then
        grep '^  missing: ' "$scratch/out" >&2 || tail -n 20 "$scratch/out" >&2
        rm -rf "$scratch"
        die "install what is missing and run this again (CMAKE_PREFIX_PATH tells where unusual places are)"
    fi
    rm -rf "$scratch"
    say "everything the build needs is here"
}

join_lines() {
    local IFS=';'
    printf '%s' "$*" | sed 's/;/; /g'
}

install_needs() {
    if have apt-get && have dpkg-query; then
        install_with_apt
    else
        check_by_hand
    fi
}

# ---- Building --------------------------------------------------------------------------------------------------------

# use_preset NAME: the build directory that CMakePresets.json gives to the preset.
use_preset() {
    PRESET=$1
    case $PRESET in
    release) BUILD_DIR=$ROOT/build ;;
    *) BUILD_DIR=$ROOT/build-$PRESET ;;
    esac
}

# The presets' build type; what someone set by hand in one of these directories gives way to it.
build_type() { if [ "$PRESET" = release ]; then echo Release; else echo Debug; fi; }

cached() { sed -n "s/^$1:[A-Z]*=//p" "$BUILD_DIR/CMakeCache.txt" 2>/dev/null; }

# Configures when it was never done, was cut off half-way, or was done for another generator, place or kind.
configure() {
    local fresh=()
    if [ -f "$BUILD_DIR/CMakeCache.txt" ]; then
        if [ "$(cached CMAKE_GENERATOR)" != Ninja ] || [ "$(cached CMAKE_HOME_DIRECTORY)" != "$ROOT" ]; then
            say "$BUILD_DIR was set up for $(cached CMAKE_GENERATOR) in $(cached CMAKE_HOME_DIRECTORY); setting it up anew"
            fresh=(--fresh)
        elif [ -f "$BUILD_DIR/build.ninja" ] && [ -f "$BUILD_DIR/.latchkey-configured" ] &&
            [ "$(cached CMAKE_BUILD_TYPE)" = "$(build_type)" ] && [ "$(cached LATCHKEY_TESTS)" = ON ]; then
            return
        fi
    fi
    # CMake takes c++ first, which may be a clang whose library lacks what C++23 needs.
    if [ -z "${CXX:-}" ] && [ "$(uname -s)" = Linux ] && have g++; then
        export CXX=g++
    fi
    say "configuring ($PRESET)"
    rm -f "$BUILD_DIR/.latchkey-configured"
    (cd "$ROOT" && cmake --preset "$PRESET" ${fresh[@]+"${fresh[@]}"}) >&2 ||
        die "the configuration failed; what CMake said is above"
    touch "$BUILD_DIR/.latchkey-configured"
}

# As many compilers as there are cores, but no more than memory allows (about 1 GiB each).
jobs() {
    local cores memory
    cores=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
    memory=$(awk '$1 == "MemAvailable:" { print int($2 / 1048576) }' /proc/meminfo 2>/dev/null || true)
    if [ -n "$memory" ] && [ "$memory" -lt "$cores" ]; then
        cores=$((memory > 0 ? memory : 1))
    fi
    printf '%s' "$cores"
}

# build TARGET…: says nothing when nothing is to be done.
build() {
    configure
    if ninja_is_done "$@"; then
        return
    fi
    say "building ($PRESET, $(jobs) at a time)"
    cmake --build "$BUILD_DIR" --parallel "$(jobs)" --target "$@" >&2 ||
        die "the build failed; what the compiler said is above"
}
build_everything() { build all; }

ninja_is_done() {
    local answer
    answer=$(ninja -C "$BUILD_DIR" -n "$@" 2>/dev/null) || return 1
    case $answer in *'no work to do'*) return 0 ;; *) return 1 ;; esac
}
