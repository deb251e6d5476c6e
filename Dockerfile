# Both services. `docker build --target auth-service .` (the default) or `--target demo-service`.
#
# Dependencies are compiled in a layer of their own, which only changes of Cargo.lock and the
# manifests invalidate. The images contain one program and its libraries, no shell and no package
# manager. They run as user 10001.

FROM rust:1-slim-bookworm AS dependencies
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc libc6-dev libpq-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY Cargo.toml Cargo.lock ./
COPY auth-service/Cargo.toml auth-service/
COPY demo-service/Cargo.toml demo-service/
COPY deploy/healthcheck/Cargo.toml deploy/healthcheck/
COPY examples/axum/Cargo.toml examples/axum/
COPY shared-claims/Cargo.toml shared-claims/
COPY xtask/Cargo.toml xtask/
# Empty crates of ours, so that this command compiles all dependencies. Its output for the empty
# crates is deleted again: cargo would take it for the real ones, whose files are older.
RUN for crate in auth-service demo-service deploy/healthcheck examples/axum shared-claims xtask; do \
        mkdir -p $crate/src $crate/tests $crate/examples; \
        touch $crate/src/lib.rs $crate/tests/allocation.rs $crate/examples/actix.rs; \
        touch $crate/examples/axum.rs $crate/examples/verify_only.rs; \
        echo 'fn main() {}' >$crate/src/main.rs; \
    done \
    && cargo build --release --locked --package auth-service --package demo-service --package healthcheck \
        --features auth-service/postgres \
    && cargo clean --release --package auth-service --package demo-service --package healthcheck --package shared-claims

FROM dependencies AS builder
COPY . .
RUN cargo build --release --locked --offline --package auth-service --package demo-service --package healthcheck \
        --features auth-service/postgres \
    && install -D -t /out target/release/auth-service target/release/demo-service target/release/healthcheck

FROM debian:bookworm-slim AS gathered
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates libpq5 \
    && rm -rf /var/lib/apt/lists/*
COPY deploy/image-root /usr/local/bin/image-root
COPY --from=builder /out /out
RUN image-root /auth-service /out/auth-service /out/healthcheck \
    && image-root /demo-service /out/demo-service /out/healthcheck

# Generates the stack's secrets at its first start. It needs a shell; the services do not.
FROM debian:bookworm-slim AS secrets
RUN install -d -o 10001 -g 10001 -m 0700 /secrets /secrets/auth /secrets/database
COPY deploy/make-secrets /usr/local/bin/make-secrets
USER 10001:10001
CMD ["make-secrets"]

FROM scratch AS demo-service
ARG REVISION=unknown
LABEL org.opencontainers.image.title="demo-service" \
      org.opencontainers.image.description="A small service that trusts the shared login" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0" \
      org.opencontainers.image.revision="$REVISION"
COPY --from=gathered /demo-service /
ENV PATH=/usr/local/bin LISTEN=0.0.0.0:8000
EXPOSE 8000
# A number and not a name, so that orchestrators can see that it is not root.
USER 10001:10001
WORKDIR /data
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s --retries=3 CMD ["healthcheck", "/healthz", "127.0.0.1:8001"]
CMD ["demo-service"]

FROM scratch AS auth-service
ARG REVISION=unknown
LABEL org.opencontainers.image.title="auth-service" \
      org.opencontainers.image.description="Logs people in once for every service below one parent domain" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0" \
      org.opencontainers.image.revision="$REVISION"
COPY --from=gathered /auth-service /
ENV PATH=/usr/local/bin LISTEN=0.0.0.0:8000
EXPOSE 8000
USER 10001:10001
WORKDIR /data
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s --retries=3 CMD ["healthcheck", "/readyz", "127.0.0.1:8000"]
CMD ["auth-service"]
