#!/bin/sh
# Installs Berth from an unpacked bundle. Needs a shell and coreutils; openssl only to check the signature. Asks no network.
#
# Usage: ./install.sh [--prefix DIR] [--verify-key PUB.pem] [--portable] [--root DIR] [--dry-run]
#        ./install.sh --deb [--verify-key PUB.pem] [--dry-run]
#        ./install.sh --check [--verify-key PUB.pem]
#        ./install.sh --uninstall [--deb] [--prefix DIR] [--root DIR] [--dry-run]
#
#   --prefix DIR         programs go to DIR/bin; default /usr/local. Who is not root gives one of their own: --prefix ~/.local
#   --verify-key PUB.pem the vendor's public key: refuse a bundle that it did not sign
#   --deb                install the Debian package with dpkg instead
#   --portable           install the build that runs on the .NET 10 runtime of this machine; the default where this is not x86_64
#   --root DIR           install below DIR as if it were /
#   --check              check sums and signature and do nothing else
#   --uninstall          remove what this script installed; configuration and data stay
#   --dry-run            say what would be done
#
# Nothing is installed before every file has been checked. Configuration that is there is never changed. Nothing is started.
# Exit code: 0 done, 1 refused or failed, 2 wrong arguments.
set -eu
unset CDPATH
umask 022
start=$PWD
here=$(dirname -- "$0")
here=$(cd -- "$here" && pwd)

prefix=/usr/local
root=
key=
mode=install
deb=false
portable=false
dry=false

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

help() {
  while IFS= read -r line; do
    case $line in
      "#!"*) ;;
      "# "* | "#") line=${line#"#"}; printf "%s\n" "${line# }" ;;
      *) break ;;
    esac
  done <"$here/install.sh"
}

usage() {
  printf 'error: %s: see the head of %s\n' "$*" "$0" >&2
  exit 2
}

say() { printf '%-11s%s\n' "$1" "$2"; }

# A path given by the user, from where they stand.
absolute() {
  case $1 in
    /*) printf '%s\n' "$1" ;;
    *) printf '%s\n' "$start/$1" ;;
  esac
}

while [ $# -gt 0 ]; do
  case $1 in
    --prefix | --root | --verify-key)
      if [ $# -lt 2 ] || [ -z "$2" ]; then usage "$1 needs a value"; fi
      case $1 in
        --prefix) prefix=$(absolute "$2") ;;
        --root) root=$(absolute "$2") ;;
        --verify-key) key=$(absolute "$2") ;;
      esac
      shift 2
      ;;
    --deb) deb=true; shift ;;
    --portable) portable=true; shift ;;
    --dry-run) dry=true; shift ;;
    --check) mode=check; shift ;;
    --uninstall) mode=uninstall; shift ;;
    -h | --help) help; exit 0 ;;
    *) usage "unknown argument $1" ;;
  esac
done
if $deb && { [ -n "$root" ] || $portable || [ "$prefix" != /usr/local ]; }; then
  usage "--deb goes where the package says: not with --prefix, --root or --portable"
fi

cd -- "$here"

check_signature() {
  if [ -z "$key" ]; then
    if [ -f SHA256SUMS.sig ]; then say unchecked "the signature: give --verify-key PUB.pem, a key that did not come with this bundle"; fi
    return 0
  fi
  [ -f "$key" ] || fail "$key is not there: --verify-key takes a PEM file with the vendor's public key"
  [ -f SHA256SUMS.sig ] || fail "this bundle is not signed: SHA256SUMS.sig is missing"
  command -v openssl >/dev/null 2>&1 || fail "openssl is not installed, and a signature cannot be checked without it"
  case $(openssl pkeyutl -help 2>&1) in
    *-rawin*) ;;
    *) fail "the signature cannot be checked with $(openssl version 2>&1): that takes OpenSSL 3" ;;
  esac
  openssl pkey -pubin -in "$key" -noout >/dev/null 2>&1 || fail "$key is no public key in PEM"
  openssl pkeyutl -verify -pubin -inkey "$key" -rawin -in SHA256SUMS -sigfile SHA256SUMS.sig >/dev/null 2>&1 ||
    fail "the signature does not fit: SHA256SUMS was changed, or it was signed with another key than $key. Nothing was installed"
  say verified "the signature, with $key"
}

# What sha256sum prints is for people; whether all is well is its exit code alone, also when it is stopped half way.
check_sums() {
  [ -f SHA256SUMS ] || fail "SHA256SUMS is not beside install.sh: unpack the whole bundle and run the script in it"
  bad=$(LC_ALL=C sha256sum --check --strict --quiet SHA256SUMS 2>&1) || fail "the bundle was changed or is not complete. Nothing was installed:
${bad:-sha256sum did not finish}"
  say verified "every file of SHA256SUMS"
}

# Whether the sums name a file: what they do not name is never installed.
listed() {
  while read -r _ name; do
    if [ "$name" = "$1" ]; then return 0; fi
  done <SHA256SUMS
  return 1
}

# The files of the sums under a folder, one a line. Names in a bundle have no spaces.
under() {
  while read -r _ name; do
    case $name in
      "$1"/*) printf '%s\n' "$name" ;;
    esac
  done <SHA256SUMS
}

use_dpkg() {
  command -v dpkg >/dev/null 2>&1 || fail "there is no dpkg on this machine: install without --deb"
  if $dry; then
    say would "run dpkg $*"
    return 0
  fi
  [ "$(id -u)" -eq 0 ] || fail "dpkg needs root: run this as root, or without --deb and with --prefix ~/.local"
  dpkg "$@" || fail "dpkg $* ended with $?"
}

if [ "$mode" != uninstall ]; then
  check_signature
  check_sums
  [ "$mode" = install ] || exit 0
  for file in install.sh install-steps.sh VERSION; do listed "$file" || fail "$file is not in SHA256SUMS"; done
fi
if ! $deb; then
  # Only now: what it does has been checked.
  . ./install-steps.sh
  "${mode}_files"
elif [ "$mode" = uninstall ]; then
  use_dpkg --remove berth
else
  version=$(cat VERSION)
  # As in a package's name: Debian sorts 1.0~rc.1 before 1.0.
  case $version in
    *-*) version=${version%%-*}~${version#*-} ;;
  esac
  package=berth_${version}_amd64.deb
  listed "$package" || fail "this bundle has no Debian package that SHA256SUMS names"
  # Settings that were changed stay, and nobody is asked: the new ones lie beside them, as berth.env.dpkg-dist.
  use_dpkg --force-confdef --force-confold --install "$here/$package"
fi
