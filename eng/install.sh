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
draft=

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
prefix=${prefix%/}
bin=$root$prefix/bin
lib=$root$prefix/lib
share=$root$prefix/share
# A user's own installation touches nothing of the machine's.
system=false
if [ "$(id -u)" -eq 0 ] || [ -n "$root" ]; then
  system=true
fi
if $system; then config=$root/etc/berth/berth.env; else config=$prefix/etc/berth/berth.env; fi
unit=$root/etc/systemd/system/berth.service

# --- what may be installed -------------------------------------------------------------------------------------------------

check_signature() {
  if [ -z "$key" ]; then
    if [ -f SHA256SUMS.sig ]; then say unchecked "the signature: give --verify-key PUB.pem, a key that did not come with this bundle"; fi
    return 0
  fi
  [ -f "$key" ] || fail "$key is not there: --verify-key takes a PEM file with the vendor's public key"
  [ -f SHA256SUMS.sig ] || fail "this bundle is not signed: SHA256SUMS.sig is missing"
  command -v openssl >/dev/null 2>&1 || fail "openssl is not installed, and a signature cannot be checked without it"
  openssl pkeyutl -verify -pubin -inkey "$key" -rawin -in SHA256SUMS -sigfile SHA256SUMS.sig >/dev/null 2>&1 ||
    fail "the signature does not fit: SHA256SUMS was changed, or it was signed with another key than $key. Nothing was installed"
  say verified "the signature, with $key"
}

check_sums() {
  [ -f SHA256SUMS ] || fail "SHA256SUMS is not beside install.sh: unpack the whole bundle and run the script in it"
  bad=$(LC_ALL=C sha256sum -c SHA256SUMS 2>&1 | while IFS= read -r line; do
    case $line in
      *': OK') ;;
      *) printf '  %s\n' "$line" ;;
    esac
  done)
  [ -z "$bad" ] || fail "the bundle was changed or is not complete. Nothing was installed:
$bad"
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

# --- doing it --------------------------------------------------------------------------------------------------------------

tidy() { if [ -n "$draft" ]; then rm -f -- "$draft"; fi; }
trap tidy EXIT
trap 'exit 1' HUP INT TERM

same() { [ -f "$2" ] && [ ! -L "$2" ] && [ "$(sha256sum <"$1")" = "$(sha256sum <"$2")" ]; }

# Into the folder of a file under a name of its own, then renamed: who looks sees the old file or the new one.
draft_of() {
  mkdir -p -- "$(dirname -- "$2")"
  draft=$(dirname -- "$2")/.berth-draft.$$
  cp -- "$1" "$draft"
  chmod "$3" "$draft"
}

settle() {
  mv -f -- "$draft" "$1"
  draft=
}

# put FILE DESTINATION MODE
put() {
  listed "$1" || fail "$1 is not in SHA256SUMS"
  if same "$1" "$2"; then
    say unchanged "$2"
  elif $dry; then
    say would "install $2"
  else
    draft_of "$1" "$2" "$3"
    settle "$2"
    say installed "$2"
  fi
}

version_of() { "$1" version 2>/dev/null || printf 'unknown\n'; }

# put_program FILE: the new one must run on this machine before it takes the old one's place.
put_program() {
  listed "$1" || fail "$1 is not in SHA256SUMS"
  old=
  if [ -e "$bin/berth" ]; then old=$(version_of "$bin/berth"); fi
  if same "$1" "$bin/berth"; then
    say unchanged "$bin/berth ($old)"
    return 0
  fi
  if $dry; then
    say would "install $bin/berth $(cat VERSION)${old:+ in place of $old}"
    return 0
  fi
  draft_of "$1" "$bin/berth" 755
  new=$("$draft" version 2>&1) || fail "the program does not run on this machine (with the .NET 10 runtime, --portable may): $new"
  settle "$bin/berth"
  say installed "$bin/berth $new${old:+, in place of $old}"
}

# The portable build lies in a folder of its version, so that a member that runs keeps the files it was started from.
put_portable() {
  version=$(cat VERSION)
  command -v dotnet >/dev/null 2>&1 || fail "the portable build needs the .NET 10 runtime with ASP.NET Core, and there is no dotnet in PATH"
  case $(dotnet --list-runtimes 2>/dev/null) in
    *'Microsoft.AspNetCore.App 10.'*) ;;
    *) fail "the portable build needs Microsoft.AspNetCore.App 10; dotnet --list-runtimes does not name it" ;;
  esac
  for file in $(under portable); do
    case $file in
      portable/berth) put "$file" "$lib/berth-$version/berth" 755 ;;
      *) put "$file" "$lib/berth-$version/${file#portable/}" 644 ;;
    esac
  done
  old=
  if [ -e "$bin/berth" ]; then old=$(version_of "$bin/berth"); fi
  target=../lib/berth-$version/berth
  if [ -L "$bin/berth" ] && [ "$(readlink -- "$bin/berth")" = "$target" ]; then
    say unchanged "$bin/berth ($old)"
  elif $dry; then
    say would "link $bin/berth to $target"
  else
    mkdir -p -- "$bin"
    draft=$bin/.berth-draft.$$
    ln -s -- "$target" "$draft"
    settle "$bin/berth"
    say installed "$bin/berth $(version_of "$bin/berth")${old:+, in place of $old}"
  fi
}

# put_name NAME: another name of berth. Keygen's own relay, or any other program of that name, stays.
put_name() {
  if [ -L "$bin/$1" ] && [ "$(readlink -- "$bin/$1")" = berth ]; then
    say unchanged "$bin/$1"
  elif [ -e "$bin/$1" ] || [ -L "$bin/$1" ]; then
    say kept "$bin/$1: it is another program"
  elif $dry; then
    say would "link $bin/$1 to berth"
  else
    ln -s berth "$bin/$1"
    say installed "$bin/$1"
  fi
}

# Where each file of completions/ goes; nothing for one that no shell is known for.
completion_of() {
  case ${1#completions/} in
    *.bash) name=${1#completions/}; printf '%s\n' "$share/bash-completion/completions/${name%.bash}" ;;
    *.fish) printf '%s\n' "$share/fish/vendor_completions.d/${1#completions/}" ;;
    _*) printf '%s\n' "$share/zsh/site-functions/${1#completions/}" ;;
  esac
}

put_completions() {
  for file in $(under completions); do
    to=$(completion_of "$file")
    if [ -n "$to" ]; then put "$file" "$to" 644; fi
  done
}

put_documents() {
  for file in README.md CHANGELOG.md LICENSE sbom.cdx.json config/berth.env; do put "$file" "$share/doc/berth/${file##*/}" 644; done
  for file in $(under docs); do put "$file" "$share/doc/berth/$file" 644; done
  for file in $(under systemd); do
    if [ "$file" != systemd/berth.service ]; then put "$file" "$share/doc/berth/examples/${file#systemd/}" 644; fi
  done
}

put_config() {
  if [ -e "$config" ] || [ -L "$config" ]; then
    say kept "$config: it is yours"
  else
    put config/berth.env "$config" 644
  fi
}

# The unit names the program where it was put.
put_unit() {
  $system || return 0
  if ! listed systemd/berth.service; then
    say missing "a systemd unit: this bundle has none"
    return 0
  fi
  if $dry; then
    say would "install $unit"
    return 0
  fi
  mkdir -p -- "$(dirname -- "$unit")"
  draft=$(dirname -- "$unit")/.berth-draft.$$
  while IFS= read -r line; do
    case $line in
      Exec*=*/bin/berth' '*) printf '%s\n' "${line%%=*}=$prefix/bin/berth ${line#*/bin/berth }" ;;
      *) printf '%s\n' "$line" ;;
    esac
  done <systemd/berth.service >"$draft"
  chmod 644 "$draft"
  if same "$draft" "$unit"; then
    rm -f -- "$draft"
    draft=
    say unchanged "$unit"
  else
    settle "$unit"
    say installed "$unit"
  fi
}

reload() {
  if $system && [ -z "$root" ] && [ -d /run/systemd/system ] && ! $dry; then
    systemctl daemon-reload || say missing "systemd did not take note: run systemctl daemon-reload"
  fi
}

writable() {
  folder=$1
  while [ ! -e "$folder" ] && [ "$folder" != / ]; do folder=$(dirname -- "$folder"); done
  if [ ! -d "$folder" ] || [ ! -w "$folder" ]; then
    fail "user $(id -un) cannot write to $folder: run this as root, or give --prefix DIR, such as --prefix ~/.local"
  fi
}

next() {
  $dry && return 0
  printf '\nNothing was started. Next:\n'
  if $system && [ -f "$unit" ]; then
    printf '  settings     %s\n' "$config"
    printf '  start        systemctl enable --now berth\n'
  else
    printf '  settings     %s, variables for berth serve\n' "$config"
    printf '  start        %s serve\n' "$prefix/bin/berth"
  fi
  printf '  look         %s doctor     ports, clock, rights, database: run it before the first start and after each change\n' "$prefix/bin/berth"
  printf 'A member that runs goes on with the old version until it is restarted.\n'
}

install_files() {
  if ! $dry; then
    writable "$bin"
    writable "$share"
  fi
  case $(uname -m) in
    x86_64) ;;
    *) portable=true ;;
  esac
  if $portable; then
    listed portable/berth || fail "this bundle has no portable build"
    put_portable
    put_name pbm
  else
    put_program linux-x64/berth
    put_name relay
    put_name pbm
  fi
  put_completions
  put_documents
  put_config
  put_unit
  reload
  next
}

# --- and taking it back ----------------------------------------------------------------------------------------------------

take() {
  if [ ! -e "$1" ] && [ ! -L "$1" ]; then
    return 0
  elif $dry; then
    say would "remove $1"
  else
    rm -rf -- "$1"
    say removed "$1"
  fi
}

uninstall_files() {
  for name in relay pbm; do
    if [ -L "$bin/$name" ] && [ "$(readlink -- "$bin/$name")" = berth ]; then take "$bin/$name"; fi
  done
  take "$bin/berth"
  for folder in "$lib"/berth-*; do
    if [ -f "$folder/berth.dll" ]; then take "$folder"; fi
  done
  for name in berth relay pbm; do
    take "$share/bash-completion/completions/$name"
    take "$share/fish/vendor_completions.d/$name.fish"
    take "$share/zsh/site-functions/_$name"
  done
  take "$share/doc/berth"
  if $system; then take "$unit"; fi
  reload
  if [ -e "$config" ]; then say kept "$config, and every store"; fi
}

use_dpkg() {
  command -v dpkg >/dev/null 2>&1 || fail "there is no dpkg on this machine: install without --deb"
  if $dry; then
    say would "run dpkg $*"
    return 0
  fi
  [ "$(id -u)" -eq 0 ] || fail "dpkg needs root: run this as root, or without --deb and with --prefix ~/.local"
  dpkg "$@"
}

if [ "$mode" = uninstall ]; then
  if $deb; then use_dpkg --remove berth; else uninstall_files; fi
  exit 0
fi
check_signature
check_sums
[ "$mode" = install ] || exit 0
if $deb; then
  for package in berth_*_amd64.deb; do
    listed "$package" || fail "this bundle has no Debian package that SHA256SUMS names"
    use_dpkg --install "$here/$package"
  done
else
  install_files
fi
