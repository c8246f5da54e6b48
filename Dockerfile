# Flagward's image: the binary, the shared libraries it names, CA certificates, a user. No shell, no package manager.
#
#   docker build -t flagward .
#   docker run -p 8080:8080 -p 127.0.0.1:9901:9901 --stop-timeout 30 \
#     -v "$PWD/config:/etc/flagward:ro" -v "$PWD/launchdarkly-token:/run/secrets/launchdarkly-token:ro" flagward
#
# `config` holds flagward.toml (`token_file = "/run/secrets/launchdarkly-token"` in it), the policy and the issuer's key,
# all readable for the user 65532. Docker kills after ten seconds unless told otherwise, hence --stop-timeout. To look
# around first, with nothing of yours: `docker run -p 8080:8080 flagward demo --listen 0.0.0.0:8080`.
#
# Podman and buildah keep the HEALTHCHECK only with `--format docker`. tests/tools/image.sh builds and tries this file.

FROM docker.io/library/rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
# The cache mounts keep crates and compiled dependencies between builds, so no dummy build of the dependencies is needed.
# What the binary links to is asked of `ldd`, so that the same lines serve every processor.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    set -eu; \
    cargo build --release --locked --bin flagward; \
    install -D target/release/flagward /rootfs/flagward; \
    ldd /rootfs/flagward | grep -o '/[^ ]*' | while read -r library; do \
      install -D "$(readlink -f "$library")" "/rootfs$library"; \
    done; \
    install -d /rootfs/etc/flagward; \
    install -d -m 1777 /rootfs/tmp; \
    echo 'flagward:x:65532:65532:flagward:/:/nonexistent' > /rootfs/etc/passwd; \
    echo 'flagward:x:65532:' > /rootfs/etc/group; \
    echo 'hosts: files dns' > /rootfs/etc/nsswitch.conf

FROM scratch
COPY --from=build /rootfs /
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
USER 65532:65532
# A container's own 127.0.0.1 is reached by nobody outside of it, so here both ports listen everywhere: what is reached
# from where is for `-p`, or the cluster, to say. These win over the file; show 9901 to operators only.
ENV FLAGWARD__SERVER__LISTEN=0.0.0.0:8080 \
    FLAGWARD__SERVER__MANAGEMENT_LISTEN=0.0.0.0:9901
# The gateway, and beside it the management port with metrics and detailed health.
EXPOSE 8080 9901
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["/flagward", "health"]
ENTRYPOINT ["/flagward"]
CMD ["serve", "--config", "/etc/flagward/flagward.toml"]
