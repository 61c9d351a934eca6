# The program alone, static, as a user without rights, in an empty image:
#   docker build --build-arg VERSION=1.0.0 -t yolchi:1.0.0 .
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN make build VERSION="$VERSION"

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /src/bin/yolchi /yolchi
USER 65532:65532
# Health and metrics, for those in the same network; nothing is published.
ENV YOLCHI_LISTEN=:9090
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 CMD ["/yolchi", "health"]
ENTRYPOINT ["/yolchi"]
CMD ["run"]
