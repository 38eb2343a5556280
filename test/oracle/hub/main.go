// Asks the embedded hub as the engines do, with their own client packages, and says what they made of the answers:
//
//	hub-oracle library BASE TOKEN ARCH PATH TAG   image facts, then the SHA-256 of what both ways of a download bring
//	hub-oracle search BASE VALUE                  containers and images that a search finds
//	hub-oracle oci REFERENCE [USER PASSWORD]      digest, media type, tags; layers are fetched and checked
//	hub-oracle sif FILE KEY                       verdict of the reference library on an image
//	hub-oracle names                              what the engines' two readers make of each reference of a JSON list on standard input
//
// Prints JSON: {"error": "…"} where the client refused.
package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/apptainer/container-library-client/client"
	"github.com/apptainer/sif/v2/pkg/integrity"
	"github.com/apptainer/sif/v2/pkg/sif"
	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"go.podman.io/image/v5/docker/reference"
)

func main() {
	asked := map[string]func([]string) (any, error){"library": library, "search": search, "oci": registry, "sif": verify, "names": names}[os.Args[1]]
	answer, err := asked(os.Args[2:])
	if err != nil {
		answer = map[string]string{"error": err.Error()}
	}
	if err := json.NewEncoder(os.Stdout).Encode(answer); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func library(args []string) (any, error) {
	base, token, arch, path, tag := args[0], args[1], args[2], args[3], args[4]
	c, err := client.NewClient(&client.Config{BaseURL: base, AuthToken: token})
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	image, err := c.GetImage(ctx, arch, path+":"+tag)
	if err != nil {
		return nil, err
	}
	whole := sha256.New()
	if err := c.DownloadImage(ctx, whole, arch, path, tag, nil); err != nil {
		return nil, fmt.Errorf("download: %w", err)
	}
	file, err := os.CreateTemp("", "hub-oracle")
	if err != nil {
		return nil, err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	parts := &client.Downloader{Concurrency: 3, PartSize: 100000}
	if err := c.ConcurrentDownloadImage(ctx, file, arch, path, tag, parts, nil); err != nil {
		return nil, fmt.Errorf("concurrent download: %w", err)
	}
	pieces := sha256.New()
	if _, err := io.Copy(pieces, io.NewSectionReader(file, 0, 1<<40)); err != nil {
		return nil, err
	}
	version, err := c.GetVersion(ctx)
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"hash": image.Hash, "size": image.Size, "arch": image.Architecture, "signed": image.Signed,
		"fingerprints": image.Fingerprints, "tags": image.Tags, "apiVersion": version.APIVersion,
		"whole": hex.EncodeToString(whole.Sum(nil)), "parts": hex.EncodeToString(pieces.Sum(nil)),
	}, nil
}

func search(args []string) (any, error) {
	c, err := client.NewClient(&client.Config{BaseURL: args[0]})
	if err != nil {
		return nil, err
	}
	found, err := c.Search(context.Background(), map[string]string{"value": args[1]})
	if err != nil {
		return nil, err
	}
	names := map[string][]string{"containers": {}, "images": {}}
	for _, container := range found.Containers {
		names["containers"] = append(names["containers"], container.EntityName+"/"+container.CollectionName+"/"+container.Name)
	}
	for _, image := range found.Images {
		names["images"] = append(names["images"], image.EntityName+"/"+image.CollectionName+"/"+image.ContainerName)
	}
	return names, nil
}

func registry(args []string) (any, error) {
	reference, err := name.ParseReference(args[0], name.Insecure)
	if err != nil {
		return nil, err
	}
	auth := authn.Anonymous
	if len(args) == 3 {
		auth = &authn.Basic{Username: args[1], Password: args[2]}
	}
	options := []remote.Option{remote.WithAuth(auth), remote.WithPlatform(v1.Platform{OS: "linux", Architecture: "amd64"})}
	head, err := remote.Head(reference, options...)
	if err != nil {
		return nil, err
	}
	got, err := remote.Get(reference, options...)
	if err != nil {
		return nil, err
	}
	image, err := got.Image()
	if err != nil {
		return nil, err
	}
	layers, err := image.Layers()
	if err != nil {
		return nil, err
	}
	digests := []string{}
	for _, layer := range layers {
		digest, err := layer.Digest()
		if err != nil {
			return nil, err
		}
		body, err := layer.Compressed()
		if err != nil {
			return nil, err
		}
		// The client compares size and digest while it reads.
		if _, err := io.Copy(io.Discard, body); err != nil {
			return nil, err
		}
		body.Close()
		digests = append(digests, digest.String())
	}
	config, err := image.ConfigFile()
	if err != nil {
		return nil, err
	}
	tags, err := remote.List(reference.Context(), options...)
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"head": head.Digest.String(), "get": got.Digest.String(), "mediaType": string(got.MediaType),
		"layers": digests, "architecture": config.Architecture, "labels": config.Config.Labels, "tags": len(tags),
	}, nil
}

func verify(args []string) (any, error) {
	image, err := sif.LoadContainerFromPath(args[0], sif.OptLoadWithFlag(os.O_RDONLY))
	if err != nil {
		return nil, err
	}
	defer image.UnloadContainer()
	key, err := os.Open(args[1])
	if err != nil {
		return nil, err
	}
	defer key.Close()
	ring, err := openpgp.ReadArmoredKeyRing(key)
	if err != nil {
		return nil, err
	}
	verifier, err := integrity.NewVerifier(image, integrity.OptVerifyWithKeyRing(ring))
	if err != nil {
		return nil, err
	}
	if err := verifier.Verify(); err != nil {
		return nil, err
	}
	signers, err := verifier.AllSignedBy()
	if err != nil {
		return nil, err
	}
	fingerprints := []string{}
	for _, signer := range signers {
		fingerprints = append(fingerprints, fmt.Sprintf("%X", signer))
	}
	return map[string]any{"signers": fingerprints}, nil
}

// What a reader made of one reference; Error alone where it refused.
type reading struct {
	Registry   string `json:"registry,omitempty"`
	Repository string `json:"repository,omitempty"`
	Tag        string `json:"tag,omitempty"`
	Digest     string `json:"digest,omitempty"`
	Error      string `json:"error,omitempty"`
}

// Apptainer asks containers/image for the digest of a docker reference and fetches with go-containerregistry; oras asks the latter alone.
func names(_ []string) (any, error) {
	var texts []string
	if err := json.NewDecoder(os.Stdin).Decode(&texts); err != nil {
		return nil, err
	}
	answers := []map[string]reading{}
	for _, text := range texts {
		answers = append(answers, map[string]reading{"image": byImage(text), "registry": byRegistry(text)})
	}
	return answers, nil
}

func byImage(text string) reading {
	named, err := reference.ParseNormalizedNamed(text)
	if err != nil {
		return reading{Error: err.Error()}
	}
	named = reference.TagNameOnly(named)
	found := reading{Registry: reference.Domain(named), Repository: reference.Path(named)}
	if tagged, ok := named.(reference.Tagged); ok {
		found.Tag = tagged.Tag()
	}
	if digested, ok := named.(reference.Digested); ok {
		found.Digest = digested.Digest().String()
	}
	return found
}

func byRegistry(text string) reading {
	ref, err := name.ParseReference(text)
	if err != nil {
		return reading{Error: err.Error()}
	}
	found := reading{Registry: ref.Context().RegistryStr(), Repository: ref.Context().RepositoryStr()}
	if tag, ok := ref.(name.Tag); ok {
		found.Tag = tag.TagStr()
	} else {
		found.Digest = ref.Identifier()
	}
	return found
}
