#!/usr/bin/env bash
# Installs what the tests need and is missing. Debian and Ubuntu; elsewhere it names what to install.
set -euo pipefail

declare -A packages=([tmux]=tmux [bwrap]=bubblewrap [nsenter]=util-linux [chromium]=chromium [git]=git [vim]=vim-tiny [less]=less [htop]=htop [mc]=mc [ncdu]=ncdu [dialog]=dialog [ps]=procps [sshd]=openssh-server)
PATH=$PATH:/usr/sbin:/sbin
missing=()
for command in "${!packages[@]}"; do
  [ "$command" = vim ] && command -v vi >/dev/null && continue
  command -v "$command" >/dev/null || missing+=("${packages[$command]}")
done
# Python makes virtual environments only with a package that brings no command.
/usr/bin/python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
[ "${#missing[@]}" -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
  echo "Install these first: ${missing[*]}" >&2
  exit 1
fi
sudo=()
if [ "$(id -u)" -ne 0 ]; then
  if ! sudo -n true 2>/dev/null; then
    echo "Run this first: sudo apt-get update && sudo apt-get install -y ${missing[*]}" >&2
    exit 1
  fi
  sudo=(sudo -n)
fi
echo "Installing ${missing[*]}" >&2
"${sudo[@]}" apt-get update -qq >&2
# The tests start an sshd of their own; the system's must not begin to listen because of them.
if [[ " ${missing[*]} " == *' openssh-server '* ]] && [ -d /run/systemd/system ]; then
  "${sudo[@]}" systemctl mask ssh.service ssh.socket >&2
fi
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
