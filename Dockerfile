# The program alone, static, as a user without rights, in an empty image.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN make build

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /src/bin/yolchi /yolchi
USER 65532:65532
ENTRYPOINT ["/yolchi"]
CMD ["run"]
