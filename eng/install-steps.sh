# shellcheck shell=sh disable=SC2154
# The steps of install.sh, which reads this file once it is checked. The working directory is the folder of the bundle.

root=${root%/}
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
# The unit as the last release wrote it, to see whether somebody changed theirs.
shipped=$share/doc/berth/berth.service
names=berth
draft=

tidy() { if [ -n "$draft" ]; then rm -f -- "$draft"; fi; }
trap tidy EXIT
trap 'exit 1' HUP INT TERM

same() { [ -f "$2" ] && [ ! -L "$2" ] && [ "$(sha256sum <"$1")" = "$(sha256sum <"$2")" ]; }

# The folder, or the nearest one above it that is there.
nearest() {
  folder=$1
  while [ ! -e "$folder" ] && [ ! -L "$folder" ] && [ "$folder" != / ]; do folder=$(dirname -- "$folder"); done
  printf '%s\n' "$folder"
}

# A link in an image that is prepared may lead out of it, to the files of the machine that prepares it.
inside() {
  if [ -z "$root" ] || [ ! -d "$root" ]; then return 0; fi
  at=$(nearest "$1")
  top=$(cd -- "$root" && pwd -P)
  case $(cd -- "$at" 2>/dev/null && pwd -P)/ in
    "$top"/*) ;;
    *) fail "$at leads out of $root" ;;
  esac
}

all_inside() {
  for folder in "$bin" "$lib" "$share/doc/berth/docs" "$share/bash-completion/completions" "$share/zsh/site-functions" \
    "$share/fish/vendor_completions.d" "$(dirname -- "$config")" "$(dirname -- "$unit")"; do
    inside "$folder"
  done
}

# Into the folder of a file under a name of its own, then renamed: who looks sees the old file or the new one.
new_draft() {
  folder=$(dirname -- "$1")
  inside "$folder"
  mkdir -p -- "$folder"
  draft=$(mktemp -- "$folder/.berth-draft.XXXXXX")
}

draft_of() {
  new_draft "$2"
  cp -- "$1" "$draft"
  chmod "$3" "$draft"
}

settle() {
  mv -fT -- "$draft" "$1"
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
  [ -e /proc/self ] || fail "/proc is not mounted: .NET does not start without it"
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
    new=$(version_of "$lib/berth-$version/berth")
    [ "$new" = "$version" ] || fail "the program does not run on this machine: $lib/berth-$version/berth"
    new_draft "$bin/berth"
    ln -sf -- "$target" "$draft"
    settle "$bin/berth"
    say installed "$bin/berth $new${old:+, in place of $old}"
  fi
}

ours() { [ -L "$bin/$1" ] && [ "$(readlink -- "$bin/$1")" = berth ]; }

# put_name NAME: another name of berth. Keygen's own relay, or any other program of that name, stays.
put_name() {
  if ours "$1"; then
    say unchanged "$bin/$1"
  elif [ -e "$bin/$1" ] || [ -L "$bin/$1" ]; then
    say kept "$bin/$1: it is another program"
    return 0
  elif $dry; then
    say would "link $bin/$1 to berth"
  else
    ln -s berth "$bin/$1"
    say installed "$bin/$1"
  fi
  names="$names $1"
}

# Where each file of completions/ goes.
completion_of() {
  case $1 in
    *.bash) printf '%s\n' "$share/bash-completion/completions/${1%.bash}" ;;
    *.fish) printf '%s\n' "$share/fish/vendor_completions.d/$1" ;;
    _*) printf '%s\n' "$share/zsh/site-functions/$1" ;;
  esac
}

# Only of the names that are berth here: another relay may have its own.
put_completions() {
  for name in $names; do
    for file in "$name.bash" "_$name" "$name.fish"; do
      if listed "completions/$file"; then put "completions/$file" "$(completion_of "$file")" 644; fi
    done
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

# The unit names the program where it was put. One that somebody changed is theirs.
put_unit() {
  $system || return 0
  if ! listed systemd/berth.service; then
    say missing "a systemd unit: this bundle has none"
    return 0
  fi
  case $prefix in
    *[!A-Za-z0-9/._+@~-]*)
      say missing "a systemd unit: it cannot name a program in $prefix"
      return 0
      ;;
  esac
  if $dry; then
    say would "install $unit"
    return 0
  fi
  new_draft "$shipped"
  while IFS= read -r line; do
    case $line in
      Exec*=*/bin/berth' '*) printf '%s\n' "${line%%=*}=$prefix/bin/berth ${line#*/bin/berth }" ;;
      *) printf '%s\n' "$line" ;;
    esac
  done <systemd/berth.service >"$draft"
  chmod 644 "$draft"
  made=$draft
  draft=
  if same "$made" "$unit"; then
    say unchanged "$unit"
  elif [ -e "$unit" ] && ! same "$shipped" "$unit"; then
    say kept "$unit: it was changed. This release has another: $shipped"
  else
    draft_of "$made" "$unit" 644
    settle "$unit"
    say installed "$unit"
  fi
  draft=$made
  if same "$made" "$shipped"; then
    rm -f -- "$draft"
    draft=
  else
    settle "$shipped"
  fi
}

# Whether it is systemd's business: not in an image that is prepared.
managed() { $system && [ -z "$root" ] && [ -d /run/systemd/system ] && ! $dry; }

reload() {
  if managed; then
    systemctl daemon-reload || say missing "systemd did not take note: run systemctl daemon-reload"
  fi
}

writable() {
  folder=$(nearest "$1")
  if [ ! -d "$folder" ] || [ ! -w "$folder" ]; then
    fail "user $(id -un) cannot write to $folder: run this as root, or give --prefix DIR, such as --prefix ~/.local"
  fi
}

next() {
  $dry && return 0
  look="$prefix/bin/berth doctor"
  printf '\nNothing was started. Next:\n'
  printf '  settings     %s\n' "${config#"$root"}"
  if $system && [ -f "$unit" ]; then
    # As the unit has it: its own store, unless the settings name another.
    look="(set -a; BERTH_STORE=sqlite:/var/lib/berth/berth.sqlite; . /etc/berth/berth.env; $look)"
    printf '  start        systemctl enable --now berth, or after an upgrade: systemctl restart berth\n'
  else
    printf '  start        (set -a; . %s; %s serve)\n' "$config" "$prefix/bin/berth"
  fi
  printf '  look         %s\n' "$look"
  printf '               ports, clock, rights, database: before the first start and after each change\n'
  printf 'A member that runs goes on with the old version until it is restarted.\n'
}

install_files() {
  if ! $dry; then
    writable "$bin"
    writable "$share"
  fi
  all_inside
  case $(uname -m) in
    x86_64) ;;
    *) portable=true ;;
  esac
  if $portable; then
    listed portable/berth || fail "this bundle has no portable build"
    put_portable
  else
    put_program linux-x64/berth
    put_name relay
  fi
  put_name pbm
  put_completions
  put_documents
  put_config
  put_unit
  reload
  next
}

# take PATH: a file or a link, or a folder with all that is in it.
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

take_name() {
  if [ -d "$bin/$1" ] && [ ! -L "$bin/$1" ]; then
    say kept "$bin/$1: it is a folder"
  else
    take "$bin/$1"
  fi
  for file in "$1.bash" "_$1" "$1.fish"; do take "$(completion_of "$file")"; done
}

take_unit() {
  $system && [ -e "$unit" ] || return 0
  if managed; then
    systemctl disable --now berth.service || say missing "systemd did not stop the member: run systemctl disable --now berth"
  fi
  if [ -e "$shipped" ] && ! same "$shipped" "$unit" && ! $dry; then
    mv -fT -- "$unit" "$unit.old"
    say kept "$unit.old: it was changed"
  else
    take "$unit"
  fi
}

uninstall_files() {
  all_inside
  if [ -e "$bin/berth" ] && ! $dry; then writable "$bin"; fi
  take_unit
  for name in relay pbm; do
    if ours "$name"; then take_name "$name"; fi
  done
  take_name berth
  for folder in "$lib"/berth-*; do
    if [ -f "$folder/berth.dll" ]; then take "$folder"; fi
  done
  take "$share/doc/berth"
  reload
  if [ -e "$config" ]; then say kept "$config, and every store"; fi
}
