#!/usr/bin/env bash
# A real TimescaleDB (PostgreSQL 17, Apache edition) for tests, from Debian 13's own packages, on any Debian or Ubuntu: unpacked into a
# folder and run with the libraries that came along. Nothing on the machine is installed, upgraded or removed; works as root or not.
#
#   debian-prefix.sh install   download and unpack (about 60 MB), once
#   debian-prefix.sh init      make the data folder
#   debian-prefix.sh start     run it on 127.0.0.1:PORT and print VIGIL_TEST_TIMESCALE_URL
#   debian-prefix.sh stop      end it
#   debian-prefix.sh up        whatever of install, init, start is still missing
#
# Environment: VIGIL_TSDB_PREFIX (default ~/.cache/vigil-timescaledb; as root /var/cache/…), VIGIL_TSDB_PORT (default 5547),
# VIGIL_TSDB_MIRROR (default: the Debian mirror in this machine's apt sources).
# It keeps nothing of value and trusts every local user: for tests, never for a centre.
set -euo pipefail

SUITE=trixie
PORT=${VIGIL_TSDB_PORT:-5547}
if [ "$(id -u)" = 0 ]; then PREFIX_DEFAULT=/var/cache/vigil-timescaledb; else PREFIX_DEFAULT=$HOME/.cache/vigil-timescaledb; fi
PREFIX=${VIGIL_TSDB_PREFIX:-$PREFIX_DEFAULT}
ROOT=$PREFIX/root
DATA=$PREFIX/data
BIN=$ROOT/usr/lib/postgresql/17/bin
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
ARCH=$(dpkg --print-architecture)

# PostgreSQL refuses to run as root: it runs as postgres, or nobody.
RUN_AS=()
if [ "$(id -u)" = 0 ]; then
  SERVER_USER=postgres
  id "$SERVER_USER" >/dev/null 2>&1 || SERVER_USER=nobody
  RUN_AS=(setpriv "--reuid=$(id -u "$SERVER_USER")" "--regid=$(id -g "$SERVER_USER")" --clear-groups)
fi

# The server's libraries by name, because apt must not resolve against what this machine has installed.
PACKAGES=(
  libc6 libc-bin libgcc-s1 libstdc++6 zlib1g libzstd1 liblz4-1 liblzma5 libxml2 libxslt1.1 libicu76 libssl3t64
  libpam0g libaudit1 libcap-ng0 libsystemd0 libcap2 libldap2 libsasl2-2 libgssapi-krb5-2 libkrb5-3 libk5crypto3
  libkrb5support0 libcom-err2 libkeyutils1 libuuid1 libpq5 libedit2 libtinfo6 libbsd0 libmd0 libreadline8t64
  libselinux1 libpcre2-8-0 libgcrypt20 libgpg-error0 libnuma1 tzdata
  postgresql-17 postgresql-client-17 postgresql-17-timescaledb
)

fail() {
  printf 'debian-prefix.sh: %s\n' "$1" >&2
  exit 1
}

# First Debian archive among the machine's apt sources, one-line and deb822 form.
machine_mirror() {
  cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
    grep -E '^(deb |URIs:)' | grep -oE 'https?://[^ ]+/debian/?( |$)' | head -1 | tr -d ' '
}

# The security archive stands beside the main one: …/debian-security on a mirror that carries both.
security_of() { printf '%s-security' "${1%/}"; }

install() {
  [ -e "$PREFIX/.installed" ] && return 0
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || fail 'needs apt-get and dpkg-deb (Debian or Ubuntu)'
  [ -e "$KEYRING" ] || fail "needs $KEYRING (package debian-archive-keyring)"
  local mirror=${VIGIL_TSDB_MIRROR:-$(machine_mirror || true)}
  [ -n "$mirror" ] || fail 'no Debian mirror in the apt sources of this machine: set VIGIL_TSDB_MIRROR'
  rm -rf "$ROOT" "$PREFIX/apt" "$PREFIX/debs"
  mkdir -p "$PREFIX"/apt/lists/partial "$PREFIX"/apt/cache/archives/partial "$PREFIX/debs" "$ROOT"
  chmod 755 "$PREFIX"
  : >"$PREFIX/apt/status"
  {
    printf 'deb [signed-by=%s] %s %s main\n' "$KEYRING" "$mirror" "$SUITE"
    # Fixes of the libraries; a mirror without it is good enough for tests.
    if [ -z "${VIGIL_TSDB_NO_SECURITY:-}" ]; then
      printf 'deb [signed-by=%s] %s %s-security main\n' "$KEYRING" "$(security_of "$mirror")" "$SUITE"
    fi
  } >"$PREFIX/apt/sources.list"
  cat >"$PREFIX/apt/apt.conf" <<CONF
Dir::State "$PREFIX/apt";
Dir::State::lists "$PREFIX/apt/lists";
Dir::State::status "$PREFIX/apt/status";
Dir::Cache "$PREFIX/apt/cache";
Dir::Etc::sourcelist "$PREFIX/apt/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::Etc::preferences "/dev/null";
APT::Sandbox::User "root";
Acquire::Languages "none";
CONF
  export APT_CONFIG=$PREFIX/apt/apt.conf
  apt-get -qq update
  (cd "$PREFIX/debs" && apt-get -qq download "${PACKAGES[@]}")
  local deb
  for deb in "$PREFIX"/debs/*.deb; do
    dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$ROOT" --keep-directory-symlink --no-same-owner \
      --exclude='./usr/share/doc*' --exclude='./usr/share/man*' --exclude='./usr/share/locale*' \
      --exclude='*/bitcode*' --exclude='*/llvmjit*'
  done
  wrap_programs
  rm -rf "$PREFIX/debs" "$PREFIX/apt"
  touch "$PREFIX/.installed"
}

# Each program becomes a line of shell that runs it under the unpacked loader and libraries.
wrap_programs() {
  local libraries loader program
  libraries=$(echo "$ROOT"/usr/lib/*-linux-gnu*)
  loader=$(echo "$libraries"/ld-linux-*.so.*)
  [ -x "$loader" ] || fail "no loader among the unpacked libraries ($libraries, $ARCH)"
  for program in "$BIN"/*; do
    case $program in *.real) continue ;; esac
    [ "$(head -c4 "$program" | tail -c3)" = ELF ] || continue
    mv "$program" "$program.real"
    printf '#!/bin/sh\nexec "%s" --library-path "%s" --argv0 "%s" "%s" "$@"\n' \
      "$loader" "$libraries:$ROOT/usr/lib/postgresql/17/lib" "$program" "$program.real" >"$program"
    chmod 755 "$program"
  done
}

init() {
  [ -e "$DATA/PG_VERSION" ] && return 0
  rm -rf "$DATA"
  mkdir -p "$DATA"
  if [ ${#RUN_AS[@]} -gt 0 ]; then chown "$SERVER_USER" "$DATA"; fi
  chmod 700 "$DATA"
  "${RUN_AS[@]}" "$BIN/initdb" -D "$DATA" -U postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 >/dev/null
}

# Settings on the command line, so that another port needs no new data folder. Durable as in a centre: the store refuses anything else.
start() {
  if "${RUN_AS[@]}" "$BIN/pg_ctl" -D "$DATA" status >/dev/null 2>&1; then
    PORT=$(sed -n 4p "$DATA/postmaster.pid")
  else
    local settings=(
      shared_preload_libraries=timescaledb timescaledb.telemetry_level=off
      listen_addresses=127.0.0.1 "port=$PORT" "unix_socket_directories=$DATA"
      max_connections=60 max_locks_per_transaction=256 max_worker_processes=24
      shared_buffers=256MB max_wal_size=2GB jit=off timezone=UTC
    )
    "${RUN_AS[@]}" "$BIN/pg_ctl" -D "$DATA" -w -t 60 -l "$DATA/server.log" -o "${settings[*]/#/-c }" start >/dev/null ||
      fail "the server does not start, see $DATA/server.log"
  fi
  printf 'VIGIL_TEST_TIMESCALE_URL=postgres://postgres@127.0.0.1:%s/postgres\n' "$PORT"
}

stop() {
  "${RUN_AS[@]}" "$BIN/pg_ctl" -D "$DATA" -m fast -w stop >/dev/null
}

case ${1:-} in
install | init | start | stop) "$1" ;;
up)
  install
  init
  start
  ;;
*) sed -n '2,15p' "$0" && exit 2 ;;
esac
