#!/usr/bin/env bash
# Installs the programs that the tests need and a bare Debian lacks. Does nothing when all are there.
# Without the right to install it prints the command to run; with CI=true that is a failure, because
# a test that was skipped for want of a program has proved nothing.
set -euo pipefail

export PATH="$PATH:/usr/sbin:/sbin" # sshd is there, and a user's path often has neither

# What must be there, and the package that brings it. gcc and the C library's headers are for the race detector.
# A name with a slash is a file, any other a program.
needed=(
  git=git
  make=make
  gcc=gcc
  /usr/include/stdlib.h=libc6-dev
  /etc/ssl/certs/ca-certificates.crt=ca-certificates
  ps=procps
  ssh=openssh-client
  sshd=openssh-server
  chromium=chromium
  /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf=fonts-dejavu-core
)

present() {
  case $1 in
    */*) [ -e "$1" ] ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

missing_packages() {
  local entry
  for entry in "${needed[@]}"; do
    present "${entry%%=*}" || printf '%s\n' "${entry#*=}"
  done
}

# as_root runs a command with the rights to install, or fails when there are none.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

may_install() {
  command -v apt-get >/dev/null && { [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null; }
}

# A mirror that fails once usually answers the second time.
apt_get() {
  local run=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 "$@")
  as_root "${run[@]}" || { echo "deps: apt-get $1 failed, trying once more" >&2; as_root "${run[@]}"; }
}

# The tests start an sshd of their own on a free port of 127.0.0.1. The package would start one for the
# whole network, now and at each boot: Debian's policy-rc.d stops the first, update-rc.d the second.
policy=/usr/sbin/policy-rc.d

forbid_services() {
  [ -e $policy ] && return
  trap 'as_root rm -f $policy' EXIT
  printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
  as_root chmod 755 $policy
}

switch_off_sshd() {
  as_root update-rc.d ssh disable >/dev/null 2>&1 || true # nothing to disable where no init system is installed
  if [ -d /run/systemd/system ]; then as_root systemctl stop ssh.service ssh.socket 2>/dev/null || true; fi
}

install() {
  echo "deps: installing $*"
  forbid_services
  apt_get update
  apt_get install --no-install-recommends "$@"
  case " $* " in *" openssh-server "*) switch_off_sshd ;; esac
}

mapfile -t packages < <(missing_packages)
if [ ${#packages[@]} -gt 0 ] && may_install; then
  install "${packages[@]}"
  mapfile -t packages < <(missing_packages)
fi
[ ${#packages[@]} -eq 0 ] && exit 0

cat >&2 <<MESSAGE
deps: these packages are missing: ${packages[*]}
deps: on Debian install them with
deps:   sudo apt-get update && sudo apt-get install --no-install-recommends ${packages[*]}
MESSAGE
if [ "${CI:-}" = true ]; then
  echo "deps: CI=true, so that is a failure" >&2
  exit 1
fi
echo "deps: going on without them; the tests that need them are skipped and say so" >&2
