#!/usr/bin/env bash
# Plays a newcomer on a computer without tmux, bubblewrap and chromium: clone, `npm ci && npm start`, open the
# link, deploy a shell, type into it; as root, as a user with passwordless sudo and as a user without sudo.
#
# Everything happens in mount and process namespaces of its own with overlays over the system's folders, so
# the real system never changes and nothing is left behind. Needs root, overlayfs and Debian or Ubuntu.
#
#   scripts/newcomer-check.sh [root|sudo|plain]...
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
overlaid=(/usr /etc /var /root /home /run)
removed=(tmux bubblewrap chromium)
brought=(tmux bubblewrap)
seconds_to_start=300

main() {
  [ "$(id -u)" -eq 0 ] || fail 'Run this as root: it makes namespaces and overlays.'
  command -v apt-get >/dev/null || fail 'This check removes and installs packages with apt-get.'
  local kinds=("$@") table status=0 before
  [ "${#kinds[@]}" -gt 0 ] || kinds=(root sudo plain)
  table=$(mktemp)
  before=$(traces)
  for kind in "${kinds[@]}"; do
    echo "== $kind" >&2
    unshare --mount --pid --fork --kill-child --mount-proc "$0" --inside "$kind" 3>>"$table" >&2 || status=1
  done
  if [ "$(traces)" = "$before" ]; then row "$table" all 'left behind' 'nothing'
  else row "$table" all 'left behind' "NOT CLEAN: $(diff <(echo "$before") <(traces) | tr '\n' ' ')"; status=1; fi
  echo
  column -t -s $'\t' "$table"
  rm -f "$table"
  exit "$status"
}

# What a run could leave on the real system: users, packages, sockets, cgroups, processes, mounts.
traces() {
  getent passwd newcomer agent-machines-db || true
  dpkg-query -W -f '${Package} ${db:Status-Abbrev}\n' "${removed[@]}" 2>/dev/null || true
  mount | grep -c '^overlay' || true
  pgrep -u newcomer 2>/dev/null || true
  [ ! -e "/run/newcomer-check" ] || echo /run/newcomer-check
  find /sys/fs/cgroup -type d -path '*/agent-machines/newcomer*' 2>/dev/null || true
}

inside() {
  kind=$1
  isolate
  remove_tools
  make_person
  home=$(getent passwd "$person" | cut -d: -f6)
  git clone -q /mnt/repository "$home/agent-machines"
  chown -R "$person:" "$home/agent-machines"
  [ -f /root/.npmrc ] && [ "$person" != root ] && install -o "$person" -m 600 /root/.npmrc "$home/.npmrc"
  data=$home/newcomer-data
  timed 'npm ci' as_person npm ci
  start
  if [ "$kind" = plain ]; then check_command_shown; stop; run_shown_command; start; else check_installed; fi
  visit console
  quietly apt-get install -y --no-install-recommends chromium
  visit page
  stop
}

# Overlays keep every change in memory; the private /tmp and the namespaces take the rest with them.
isolate() {
  mount --make-rprivate /
  mount -t tmpfs -o size=75% tmpfs /mnt
  git clone -q --bare "$here" /mnt/repository
  local folder
  for folder in "${overlaid[@]}"; do
    mkdir -p "/mnt/overlay$folder/upper" "/mnt/overlay$folder/work"
    mount -t overlay overlay \
      -o "lowerdir=$folder,upperdir=/mnt/overlay$folder/upper,workdir=/mnt/overlay$folder/work" "$folder" ||
      fail "No overlay can be mounted over $folder here."
  done
  mount -t tmpfs -o mode=1777 tmpfs /tmp
  mount -t tmpfs -o mode=1777 tmpfs /dev/shm
  cd /
}

remove_tools() {
  quietly apt-get update
  quietly apt-get remove -y "${removed[@]}"
  local name
  for name in tmux bwrap chromium; do
    ! command -v "$name" >/dev/null || fail "$name is still there."
  done
}

make_person() {
  person=root
  [ "$kind" = root ] && return
  person=newcomer
  useradd --create-home --shell /bin/bash newcomer
  command -v sudo >/dev/null || quietly apt-get install -y --no-install-recommends sudo
  [ "$kind" = plain ] || echo 'newcomer ALL=(ALL) NOPASSWD:ALL' >/etc/sudoers.d/newcomer
}

# A person's shell: their home, a usual PATH, and what the network needs here; not root's own npm folders, which
# are in the environment when npm runs this.
as_person() {
  local passed=() name
  for name in $(compgen -e | grep -iE '^((https?|no|all)_proxy|node_extra_ca_certs|ssl_cert_(file|dir)|npm_config_(registry|(https_?)?proxy|noproxy|cafile|strict_ssl))$'); do
    passed+=("$name=${!name}")
  done
  (
    cd "$home/agent-machines"
    exec setpriv --reuid="$person" --regid="$person" --init-groups env -i HOME="$home" USER="$person" \
      PATH=/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8 "${passed[@]}" "$@"
  )
}

start() {
  rm -f /tmp/out /tmp/err
  local began=$SECONDS
  as_person npm start --silent -- --port 0 --no-open --data "$data" >/tmp/out 2>/tmp/err &
  started=$!
  until [ "$(wc -l </tmp/out)" -ge 2 ]; do
    kill -0 "$started" 2>/dev/null || { cat /tmp/err; fail 'npm start ended by itself.'; }
    [ $((SECONDS - began)) -lt "$seconds_to_start" ] || { cat /tmp/err; fail 'no link was printed.'; }
    sleep 0.2
  done
  url=$(sed -n 1p /tmp/out)
  link=$(sed -n 2p /tmp/out)
  say 'npm start' "link after $((SECONDS - began)) s"
  [ "$(wc -l </tmp/out)" -eq 2 ] || fail 'stdout is not exactly two lines.'
  case $link in "$url"/login#token=*) ;; *) fail "the second line is no login link: $link" ;; esac
}

stop() {
  pkill -TERM -f '^node scripts/am\.mjs up' || fail 'npm start is gone already.'
  local code=0
  wait "$started" || code=$?
  say 'stop' "exit $code"
  [ "$code" -eq 0 ] || { cat /tmp/err; fail "npm start ended with $code."; }
}

check_installed() {
  local name
  for name in "${brought[@]}"; do is_installed "$name" || { cat /tmp/err; fail "$name was not installed."; }; done
  say 'missing tools' "installed: $(sed -n 's/^Installing //p' /tmp/err)"
}

# Without the right to install: the exact command on the screen, nothing touched, and the page says the same.
check_command_shown() {
  shown=$(sed -n 's/.*start again: //p' /tmp/err)
  [ -n "$shown" ] || { cat /tmp/err; fail 'no command was shown.'; }
  local name
  for name in "${brought[@]}"; do ! is_installed "$name" || fail "$name was installed without permission."; done
  [ -z "$(dpkg --audit)" ] || fail "half-installed: $(dpkg --audit)"
  say 'missing tools' "shown: $shown"
  visit refusal
}

run_shown_command() {
  quietly bash -c "$shown"
  for name in "${brought[@]}"; do is_installed "$name" || fail "the command did not install $name."; done
  say 'as administrator' 'the shown command installed them'
}

visit() {
  local said
  said=$(as_person node --import tsx --conditions=source scripts/newcomer-visit.ts \
    "$1" "$url" "$link" "$data/local-api-key" 2>/tmp/visit) || { cat /tmp/visit /tmp/err; fail "$1: it failed."; }
  say "$1" "$said"
}

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

timed() {
  local what=$1 began=$SECONDS
  shift
  quietly "$@"
  say "$what" "$((SECONDS - began)) s"
}

quietly() { DEBIAN_FRONTEND=noninteractive "$@" >/tmp/quiet 2>&1 || { tail -n 30 /tmp/quiet; fail "$* failed."; }; }
row() { printf '%s\t%s\t%s\n' "$2" "$3" "$4" >>"$1"; }
say() { echo "   $1: $2"; printf '%s\t%s\t%s\n' "$kind" "$1" "$2" >&3; }

fail() {
  echo "$1" >&2
  [ -z "${kind:-}" ] || printf '%s\tFAILED\t%s\n' "$kind" "$1" >&3
  exit 1
}

if [ "${1:-}" = --inside ]; then inside "$2"; else main "$@"; fi
