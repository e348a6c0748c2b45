#!/usr/bin/env bash
# Installs the programs that the tests need and a bare Debian lacks. Does nothing when all are there.
# Without the right to install it prints the command to run; with CI=true that is a failure, because
# a test that was skipped for want of a program has proved nothing.
set -euo pipefail

export PATH="$PATH:/usr/sbin:/sbin" # sshd and nginx are there, and a user's path often has neither

# What must be there, and the package that brings it. gcc and the C library's headers are for the race detector,
# Xvfb is the screen of WebKitGTK, which has no mode without one. nginx-light would be nginx and one module more.
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
  nginx=nginx
  chromium=chromium
  firefox-esr=firefox-esr
  WebKitWebDriver=webkit2gtk-driver
  Xvfb=xvfb
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

# The tests start an sshd and an nginx of their own on free ports of 127.0.0.1. These packages would start one for
# the whole network, now and at each boot: Debian's policy-rc.d stops the first, update-rc.d the second.
services=(
  openssh-server=ssh
  nginx=nginx
)
policy=/usr/sbin/policy-rc.d

forbid_services() {
  [ -e $policy ] && return
  trap 'as_root rm -f $policy' EXIT
  printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
  as_root chmod 755 $policy
}

# Only what was installed just now: a service that was there before is its owner's.
switch_off_services() { # PACKAGE...
  local entry service
  for entry in "${services[@]}"; do
    case " $* " in *" ${entry%%=*} "*) ;; *) continue ;; esac
    service=${entry#*=}
    as_root update-rc.d "$service" disable >/dev/null 2>&1 || true # nothing to disable where no init system is installed
    [ -d /run/systemd/system ] || continue
    as_root systemctl stop "$service.service" "$service.socket" 2>/dev/null || true # few have a socket
  done
}

install() {
  echo "deps: installing $*"
  forbid_services
  apt_get update
  apt_get install --no-install-recommends "$@"
  switch_off_services "$@"
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
