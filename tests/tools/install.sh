# shellcheck shell=bash
# What the steps of tests/run stand on, installed where it is missing. To be sourced from the top of the repository.

ROOT=$PWD
TARGET=${CARGO_TARGET_DIR:-$ROOT/target}
TOOLS=$TARGET/tools
REPORTS=$TARGET/reports
export TARGET TOOLS REPORTS
export PATH=$PATH:$TOOLS/bin
# ES modules ask for packages through `createRequire`, which looks here.
export NODE_PATH=$TOOLS/node_modules

CARGO_DENY=0.20.2
CARGO_FUZZ=0.13.2

# Ends the step with a reason.
stop() {
  printf 'tests/run: %s\n' "$*" >&2
  exit 1
}

# install_packages COMMAND:PACKAGE… installs the Debian package of each command that is missing.
install_packages() {
  local pair missing=() as_root=()
  for pair in "$@"; do
    command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
  done
  ((${#missing[@]})) || return 0
  if ((EUID != 0)); then as_root=(sudo -n); fi
  if ! command -v apt-get >/dev/null || ! "${as_root[@]}" true 2>/dev/null; then
    stop "missing: ${missing[*]} (names of Debian packages). Install them, or run as one who may use apt-get."
  fi
  printf 'installing %s\n' "${missing[*]}"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 update
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=120 \
    install --no-install-recommends "${missing[@]}" >"$REPORTS/apt-get.log" ||
    stop "apt-get could not install ${missing[*]}; see $REPORTS/apt-get.log"
}

# installed STAMP LIST is true when the tools of LIST, as it is now, were installed before.
installed() { cmp -s "$2" "$TOOLS/$1"; }

# Python's tools, in a virtual environment.
install_python() {
  installed venv/requirements.txt tests/tools/requirements.txt && return
  install_packages python3:python3 curl:curl
  python3 -c 'import venv, ensurepip' 2>/dev/null || install_packages no-venv:python3-venv
  printf 'installing the Python packages of tests/tools/requirements.txt\n'
  rm -rf "$TOOLS/venv"
  python3 -m venv "$TOOLS/venv"
  "$TOOLS/venv/bin/pip" install --quiet --disable-pip-version-check --requirement tests/tools/requirements.txt
  cp tests/tools/requirements.txt "$TOOLS/venv/"
}

# Node's tools.
install_node() {
  install_packages node:nodejs npm:npm
  installed node_modules/package.json tests/tools/package.json && return
  printf 'installing the npm packages of tests/tools/package.json\n'
  mkdir -p "$TOOLS"
  rm -rf "$TOOLS/node_modules"
  cp tests/tools/package.json "$TOOLS/"
  npm install --prefix "$TOOLS" --silent --no-audit --no-fund --no-package-lock --ignore-scripts
  cp tests/tools/package.json "$TOOLS/node_modules/"
}

# cargo-deny: the one on the PATH, else one of our own.
install_cargo_deny() {
  command -v cargo-deny >/dev/null && return
  printf 'installing cargo-deny %s; this takes some minutes\n' "$CARGO_DENY"
  cargo install --locked --version "$CARGO_DENY" --root "$TOOLS" cargo-deny
}

# cargo-fuzz: the one on the PATH, else one of our own.
install_cargo_fuzz() {
  command -v cargo-fuzz >/dev/null && return
  printf 'installing cargo-fuzz %s; this takes a minute\n' "$CARGO_FUZZ"
  cargo install --locked --version "$CARGO_FUZZ" --root "$TOOLS" cargo-fuzz
}
