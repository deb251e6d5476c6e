# Both services. `docker build --target auth-service .` (the default) or `--target demo-service`; needs BuildKit.

FROM rust:1-slim-bookworm AS builder
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc libc6-dev libpq-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY . .
# One cargo command for both, so that they share every compiled dependency. The caches outlive the build and are no
# part of the image, hence the copy.
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,target=/build/target,sharing=locked \
    cargo build --release --locked --package auth-service --package demo-service --features auth-service/postgres \
    && install -D -t /out target/release/auth-service target/release/demo-service

FROM debian:bookworm-slim AS runtime
# A number, not only a name, so that orchestrators can see that it is not root.
RUN groupadd --gid 10001 sso \
    && useradd --uid 10001 --gid sso --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin sso
COPY deploy/healthcheck /usr/local/bin/healthcheck
# A new volume takes over these owners and modes.
RUN install -d -o sso -g sso -m 0700 /data /secrets /secrets/auth /secrets/database
ENV LISTEN=0.0.0.0:8000
EXPOSE 8000
USER 10001:10001
WORKDIR /data

FROM runtime AS demo-service
COPY --from=builder /out/demo-service /usr/local/bin/demo-service
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 CMD ["healthcheck", "/healthz"]
CMD ["demo-service"]

FROM runtime AS auth-service
USER root
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates libpq5 \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/*
USER 10001:10001
COPY deploy/make-secrets /usr/local/bin/make-secrets
COPY --from=builder /out/auth-service /usr/local/bin/auth-service
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 CMD ["healthcheck", "/readyz"]
CMD ["auth-service"]
