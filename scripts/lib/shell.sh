# What setup and python-from-debian share. Sourced, not run.

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() {
  say "$@"
  exit 1
}

# Runs a command as root; fails without asking for a password where that is not possible.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo --non-interactive "$@"; fi
}

can_install() { command -v apt-get >/dev/null && as_root true 2>/dev/null; }

# Installs Debian packages; a machine whose package lists are missing or old gets new ones first.
apt_install() {
  can_install || return 1
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get --quiet=2 --yes --no-install-recommends install)
  as_root "${apt[@]}" "$@" >/dev/null 2>&1 </dev/null && return
  as_root apt-get --quiet=2 update >&2 </dev/null || return 1
  as_root "${apt[@]}" "$@" >/dev/null </dev/null
}
