#!/usr/bin/env bash
# Builds the container image and tries it. Not part of a plain ./tests/run: it needs root, disk and minutes.
set -euo pipefail
cd "$(dirname "$0")/../.."

usage() {
  cat <<'TEXT'
Usage: tests/tools/image.sh bases | build | try | all

  bases  make the base image of the Dockerfile on this machine, under its public name, for a machine that
         reaches Debian's packages but no image registry (debootstrap, and the Rust toolchain installed here)
  build  build the Dockerfile as it is, as localhost/flagward
  try    run what was built: who it runs as, that it has no shell, that `flagward health` knows up from down
  all    build, then try

Needs root, buildah, and for `bases` debootstrap (Debian packages of these names), about 6 GB of disk.
TEXT
}

# chroot and vfs work where namespaces and overlay mounts are not to be had.
export STORAGE_DRIVER=${STORAGE_DRIVER:-vfs} BUILDAH_ISOLATION=${BUILDAH_ISOLATION:-chroot}
RUST_IMAGE=$(sed -n 's/^FROM \(.*\) AS build$/\1/p' Dockerfile)
IMAGE=localhost/flagward
CERTIFICATES=/etc/ssl/certs/ca-certificates.crt
work=$(mktemp -d "${TMPDIR:-/tmp}/flagward-image.XXXXXX")
container=
server=

finish() {
  if [[ -n $server ]]; then
    kill -- "-$server" 2>/dev/null || true
    # buildah tidies up after what it ran, and needs its container for that.
    wait "$server" 2>/dev/null || true
  fi
  if [[ -n $container ]]; then buildah rm "$container" >/dev/null || true; fi
  rm -rf "$work"
}
trap finish EXIT

say() { printf '\n== %s\n' "$*"; }
fail() { printf 'image: %s\n' "$*" >&2; exit 1; }

need() {
  local tool
  for tool in "$@"; do
    command -v "$tool" >/dev/null || fail "needs $tool: apt-get install $tool"
  done
}

bases() {
  need buildah debootstrap
  local root=$work/root toolchain
  toolchain=$(rustc --print sysroot)
  say "a Debian with a C compiler, by debootstrap"
  # libc6-dev, g++ and make are what the Rust image has and the C parts of our dependencies want.
  debootstrap --variant=minbase --include=ca-certificates,gcc,g++,libc6-dev,make,cmake bookworm "$root" >"$work/debootstrap.log" ||
    { tail -n 20 "$work/debootstrap.log" >&2; fail "debootstrap failed"; }
  rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
  say "the Rust toolchain of this machine, $(rustc --version)"
  cp -r "$toolchain/bin" "$toolchain/lib" "$root/usr/local/"
  say "committed as $RUST_IMAGE"
  container=$(buildah from scratch)
  buildah add --quiet "$container" "$root" / >/dev/null
  buildah config --env PATH=/usr/local/cargo/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    --env CARGO_HOME=/usr/local/cargo --cmd bash "$container"
  buildah commit --quiet "$container" "$RUST_IMAGE" >/dev/null
}

build() {
  need buildah
  # The machine's certificates are lent to the build only, for machines behind a proxy with its own CA.
  buildah bud --format docker -v "$CERTIFICATES:$CERTIFICATES:ro" -t "$IMAGE" .
}

# Runs a command inside the image as its own user, with the host's loopback.
inside() { buildah run --network host "$container" -- "$@"; }

try() {
  need buildah curl setsid
  container=$(buildah from --pull-never "$IMAGE")
  local mount
  mount=$(buildah mount "$container")

  say "the files of the image"
  (cd "$mount" && find . -type f -printf '%10s  %P\n' | sort -rn)
  printf 'size: %s MiB\n' "$(du -sm "$mount" | cut -f1)"

  say "no shell, no package manager"
  local found
  found=$(find "$mount" -name '*sh' -o -name 'busybox*' -o -name 'dpkg*' -o -name 'apt*')
  [[ -z $found ]] || fail "found $found"
  if inside /bin/sh -c true 2>/dev/null; then fail "a shell runs"; fi

  say "user, entry point, command and health check"
  buildah inspect --type image --format \
    '{{.Docker.Config.User}} {{.Docker.Config.Entrypoint}} {{.Docker.Config.Cmd}} {{.Docker.Config.Healthcheck.Test}}' "$IMAGE"

  say "flagward runs, not as root, and its health check knows up from down"
  local url
  url=http://127.0.0.1:$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  inside /flagward --version || fail "does not start"
  if inside /flagward health --url "$url" >/dev/null 2>&1; then fail "healthy before it was started"; fi
  # A session of its own, so that `finish` can stop all of it and nothing else.
  setsid buildah run --network host "$container" -- /flagward demo --listen "${url#http://}" >"$work/demo.log" 2>&1 &
  server=$!
  local tries
  for ((tries = 0; ; tries++)); do
    if inside /flagward health --url "$url" >/dev/null 2>&1; then break; fi
    ((tries < 60)) || { cat "$work/demo.log" >&2; fail "not healthy after a minute"; }
    sleep 1
  done
  ps -o uid=,pid=,rss=,args= -s "$server" | tee "$work/processes"
  grep -Eq '^ *65532 +[0-9]+ +[0-9]+ +/flagward demo' "$work/processes" || fail "flagward does not run as its own user"
  curl -fsS --max-time 5 "$url/healthz" && echo
}

case ${1:-} in
  bases | build | try) "$1" ;;
  all) build && try ;;
  -h | --help) usage ;;
  *) usage >&2; exit 2 ;;
esac
