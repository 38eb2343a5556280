package main

import (
	"bytes"
	"crypto"
	"crypto/sha512"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/ProtonMail/go-crypto/openpgp/clearsign"
	"github.com/sigstore/sigstore/pkg/signature"
	"github.com/sylabs/sif/v2/pkg/integrity"
	"github.com/sylabs/sif/v2/pkg/sif"
)

// makeAll writes keys (ring.pgp, *.pem) and images into dir.
func makeAll(dir string) error {
	keys, err := makePGPKeys()
	if err != nil {
		return err
	}
	signers, err := makeSigners(dir)
	if err != nil {
		return err
	}
	byName := map[string]*pgpKey{}
	for _, k := range keys {
		byName[k.name] = k
	}
	w := writer{dir: dir, keys: byName, signers: signers}
	w.write("unsigned", 1)
	w.write("empty", 0)
	for _, k := range keys {
		w.write("pgp-"+k.name, 1, w.signed(k, 1, same))
	}
	w.write("pgp-two-groups", 2, w.library(integrity.OptSignWithEntity(byName["rsa"].entity)))
	w.write("pgp-one-of-two-groups", 2, w.library(integrity.OptSignWithEntity(byName["rsa"].entity), integrity.OptSignGroup(2)))
	w.write("pgp-two-signers", 1, w.signed(byName["rsa"], 1, same), w.signed(byName["eddsa"], 1, same))
	w.write("pgp-good-then-unknown", 1, w.signed(byName["rsa"], 1, same), w.signed(byName["unknown"], 1, same))
	w.write("pgp-one-object-only", 1, w.library(integrity.OptSignWithEntity(byName["rsa"].entity), integrity.OptSignObjects(1)))
	for name, change := range texts {
		w.write("text-"+name, 1, w.signed(byName["eddsa"], 1, change))
	}
	for _, name := range []string{"p256", "p384", "rsa", "ed25519", "unlisted"} {
		w.write("dsse-"+name, 1, w.library(integrity.OptSignWithSigner(signers[name])))
	}
	w.write("dsse-several", 2, w.library(integrity.OptSignWithSigner(signers["rsa"], signers["unlisted"], signers["ed25519"])))
	w.write("dsse-and-pgp", 2, w.library(integrity.OptSignWithSigner(signers["p256"])), w.library(integrity.OptSignWithEntity(byName["rsa"].entity)))
	w.write("legacy-group", 1, w.legacy(byName["rsa"], 0))
	w.write("legacy-objects", 1, w.legacy(byName["rsa"], 1), w.legacy(byName["eddsa"], 2))
	w.write("legacy-and-current", 1, w.legacy(byName["rsa"], 0), w.signed(byName["rsa"], 1, same))
	if w.err != nil {
		return w.err
	}
	return writeRing(filepath.Join(dir, "ring.pgp"), keys)
}

// texts are changes of the signed JSON that the key holder signs: what Go's JSON makes of them is the rule.
var texts = map[string]func(string) string{
	"keys-in-capitals":  strings.NewReplacer(`"header"`, `"HEADER"`, `"relativeId"`, `"RELATIVEID"`, `"objectDigest"`, `"objectdigest"`).Replace,
	"unknown-fields":    func(s string) string { return strings.Replace(s, `{"version"`, `{"more":[1,{"a":null}],"version"`, 1) },
	"version-9":         func(s string) string { return strings.Replace(s, `"version":1`, `"version":9`, 1) },
	"version-text":      func(s string) string { return strings.Replace(s, `"version":1`, `"version":"1"`, 1) },
	"header-null":       func(s string) string { return strings.Replace(s, `"header":{`, `"header":null,"x":{`, 1) },
	"digest-missing":    func(s string) string { return strings.Replace(s, `"objectDigest"`, `"objectDigestX"`, 1) },
	"digest-unknown":    func(s string) string { return strings.Replace(s, `sha256:`, `md5:`, 1) },
	"digest-short":      func(s string) string { return strings.Replace(s, `sha256:00`, `sha256:`, 1) + " " },
	"digest-no-colon":   func(s string) string { return strings.Replace(s, `sha256:`, `sha256`, 1) },
	"digest-capitals":   func(s string) string { return upperDigest(s) },
	"no-objects":        func(s string) string { return s[:strings.Index(s, `,"objects"`)] + "}" },
	"relative-id-minus": func(s string) string { return strings.Replace(s, `"relativeId":0`, `"relativeId":-1`, 1) },
	"relative-id-huge":  func(s string) string { return strings.Replace(s, `"relativeId":0`, `"relativeId":4294967295`, 1) },
	"trailing":          func(s string) string { return strings.TrimRight(s, "\n") + "x" },
	"indented":          func(s string) string { return strings.ReplaceAll(s, ",", ",\n- \t ") },
	"spread":            func(s string) string { return strings.ReplaceAll(s, ",", ",\n  ") },
	"array":             func(s string) string { return "[" + s + "]" },
	"null":              func(string) string { return "null" },
	"empty-object":      func(string) string { return "{}" },
	"no-json":           func(string) string { return "no json" },
}

func same(s string) string { return s }

func upperDigest(s string) string {
	i := strings.Index(s, "sha256:") + len("sha256:")
	return s[:i] + strings.ToUpper(s[i:i+64]) + s[i+64:]
}

// writer makes images and keeps the first error.
type writer struct {
	dir     string
	keys    map[string]*pgpKey
	signers map[string]signature.Signer
	err     error
}

type step func(f *sif.FileImage) error

// write makes an image of so many groups, applies the steps and writes it.
func (w *writer) write(name string, groups uint32, steps ...step) {
	if w.err != nil {
		return
	}
	w.err = func() error {
		b := sif.NewBuffer(nil)
		dis, err := objects(groups)
		if err != nil {
			return err
		}
		f, err := sif.CreateContainer(b, sif.OptCreateWithDescriptorCapacity(10), sif.OptCreateWithDescriptors(dis...),
			sif.OptCreateWithLaunchScript("#!/usr/bin/env run-singularity\n"))
		if err != nil {
			return err
		}
		for _, s := range steps {
			if err := s(f); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		return os.WriteFile(filepath.Join(w.dir, name+".sif"), b.Bytes(), 0o600)
	}()
}

func objects(groups uint32) ([]sif.DescriptorInput, error) {
	var dis []sif.DescriptorInput
	for group := uint32(1); group <= groups; group++ {
		part := sif.PartSystem
		if group == 1 {
			part = sif.PartPrimSys
		}
		recipe, err := sif.NewDescriptorInput(sif.DataDeffile, strings.NewReader(fmt.Sprintf("Bootstrap: scratch # %d\n", group)), sif.OptGroupID(group))
		if err != nil {
			return nil, err
		}
		root, err := sif.NewDescriptorInput(sif.DataPartition, bytes.NewReader(bytes.Repeat([]byte{byte(group), 7, 3}, 200)),
			sif.OptGroupID(group), sif.OptPartitionMetadata(sif.FsSquash, part, "amd64"), sif.OptObjectAlignment(512))
		if err != nil {
			return nil, err
		}
		dis = append(dis, recipe, root)
	}
	return dis, nil
}

// library signs as the library does by itself.
func (w *writer) library(opts ...integrity.SignerOpt) step {
	return func(f *sif.FileImage) error {
		s, err := integrity.NewSigner(f, opts...)
		if err != nil {
			return err
		}
		return s.Sign()
	}
}

// signed lets the library make the text to sign, changes it, and signs it with any key and settings.
func (w *writer) signed(k *pgpKey, group uint32, change func(string) string) step {
	return func(f *sif.FileImage) error {
		s, err := integrity.NewSigner(f, integrity.OptSignWithEntity(w.keys["rsa"].entity), integrity.OptSignGroup(group))
		if err != nil {
			return err
		}
		if err := s.Sign(); err != nil {
			return err
		}
		var last sif.Descriptor
		f.WithDescriptors(func(d sif.Descriptor) bool { last = d; return false })
		data, err := last.GetData()
		if err != nil {
			return err
		}
		block, _ := clearsign.Decode(data)
		if err := f.DeleteObject(last.ID(), sif.OptDeleteZero(true), sif.OptDeleteCompact(true)); err != nil {
			return err
		}
		return add(f, k, change(string(block.Plaintext)), crypto.SHA256, sif.OptLinkedGroupID(group))
	}
}

// legacy signs as Singularity 3.0–3.5 did: the group for id 0, else one object.
func (w *writer) legacy(k *pgpKey, id uint32) step {
	return func(f *sif.FileImage) error {
		h := sha512.New384()
		link := sif.OptLinkedGroupID(1)
		if id != 0 {
			link = sif.OptLinkedID(id)
		}
		ods, err := f.GetDescriptors(sif.WithGroupID(1))
		if err != nil {
			return err
		}
		for _, od := range ods {
			data, err := od.GetData()
			if err != nil {
				return err
			}
			if id == 0 || od.ID() == id {
				h.Write(data)
			}
		}
		return add(f, k, fmt.Sprintf("SIFHASH:\n%x", h.Sum(nil)), crypto.SHA384, link)
	}
}

// add clear-signs text and adds it as signature object.
func add(f *sif.FileImage, k *pgpKey, text string, h crypto.Hash, link sif.DescriptorInputOpt) error {
	var b bytes.Buffer
	plain, err := clearsign.Encode(&b, k.signer, k.config)
	if err != nil {
		return err
	}
	if _, err := plain.Write([]byte(text)); err != nil {
		return err
	}
	if err := plain.Close(); err != nil {
		return err
	}
	di, err := sif.NewDescriptorInput(sif.DataSignature, &b, sif.OptNoGroup(), link,
		sif.OptSignatureMetadata(h, k.entity.PrimaryKey.Fingerprint))
	if err != nil {
		return err
	}
	return f.AddObject(di)
}
