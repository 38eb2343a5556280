module recipe-oracle

go 1.25.7

require (
	github.com/apptainer/apptainer v1.5.3
	github.com/sylabs/singularity/v4 v4.3.0
)

require (
	github.com/apptainer/container-key-client v0.8.0 // indirect
	github.com/apptainer/sif/v2 v2.24.0 // indirect
	github.com/ccoveille/go-safecast v1.8.2 // indirect
	github.com/containers/image/v5 v5.36.2 // indirect
	github.com/containers/storage v1.59.1 // indirect
	github.com/docker/cli v29.4.3+incompatible // indirect
	github.com/docker/docker-credential-helpers v0.9.3 // indirect
	github.com/google/go-containerregistry v0.21.6 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/klauspost/compress v1.18.6 // indirect
	github.com/opencontainers/go-digest v1.0.0 // indirect
	github.com/opencontainers/image-spec v1.1.1 // indirect
	github.com/opencontainers/runtime-spec v1.3.0 // indirect
	github.com/samber/lo v1.53.0 // indirect
	github.com/sirupsen/logrus v1.9.4 // indirect
	github.com/sylabs/json-resp v0.9.5 // indirect
	github.com/sylabs/scs-key-client v0.7.7 // indirect
	github.com/sylabs/sif/v2 v2.21.1 // indirect
	golang.org/x/sync v0.20.0 // indirect
	golang.org/x/sys v0.44.0 // indirect
	golang.org/x/term v0.43.0 // indirect
	golang.org/x/text v0.37.0 // indirect
	mvdan.cc/sh/v3 v3.13.1 // indirect
)
