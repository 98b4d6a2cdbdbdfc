# syntax=docker/dockerfile:1
# Two stages: the program is built with the toolchain and runs without it. Not yet run; see docker-compose.yml.
FROM rust:1.95-bookworm AS build
WORKDIR /build
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/build/target \
    cargo build --release --locked --bin yanxi && cp target/release/yanxi /yanxi

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates curl \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --user-group --no-create-home yanxi \
 && install -d -o yanxi -g yanxi /data
COPY --from=build /yanxi /usr/local/bin/yanxi
COPY --chmod=755 deploy/entrypoint /usr/local/bin/entrypoint
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["entrypoint"]
CMD ["serve"]
