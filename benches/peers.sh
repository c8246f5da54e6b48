#!/bin/sh
# Flagward beside its peers in the rig of ../shared/bench (or $RIG), on this clone's release binary:
#   benches/peers.sh bare flagward-hs256 flagward-rs256 haproxy-hs256
# Every option is the rig's own: --rounds, --seconds, --instructions.
set -eu
clone=$(cd "$(dirname "$0")/.." && pwd)
rig=${RIG:-$clone/../shared/bench}
if [ ! -x "$rig/run.sh" ]; then
    echo "no rig at $rig: set RIG to where it is" >&2
    exit 2
fi
cargo build --quiet --release --locked --manifest-path "$clone/Cargo.toml"
targets=$(mktemp --suffix=.toml)
trap 'rm -f "$targets"' EXIT
sed "s|\.\./\.\./main|$clone|g" "$clone/benches/targets.toml" >"$targets"
"$rig/run.sh" --extra "$targets" "$@"
