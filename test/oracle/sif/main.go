// The reference library as judge of our SIF verification.
//
//	oracle make DIR           writes keys and signed images
//	oracle judge RING [PEM…]  reads "MODE BASE64" lines (MODE: default, legacy, legacyall), prints one verdict a line
//	oracle certificates SEED COUNT  prints chains of certificates and Go's verdicts, one JSON a line
package main

import (
	"bufio"
	"crypto"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"strings"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/sigstore/sigstore/pkg/signature"
	"github.com/sylabs/sif/v2/pkg/integrity"
	"github.com/sylabs/sif/v2/pkg/sif"
)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: oracle make DIR | oracle judge RING [PEM…] | oracle certificates SEED COUNT")
		os.Exit(64)
	}
	var err error
	switch os.Args[1] {
	case "make":
		err = makeAll(os.Args[2])
	case "certificates":
		if len(os.Args) == 4 {
			err = writeCertificateCases(os.Args[2], os.Args[3])
		}
	case "judge":
		err = judgeAll(os.Args[2], os.Args[3:])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// keyMaterial holds what the judge verifies with.
type keyMaterial struct {
	ring openpgp.EntityList
	pems []signature.Verifier
}

func readKeys(ring string, pems []string) (keyMaterial, error) {
	var keys keyMaterial
	f, err := os.Open(ring)
	if err != nil {
		return keys, err
	}
	defer f.Close()
	if keys.ring, err = openpgp.ReadKeyRing(f); err != nil {
		return keys, err
	}
	for _, path := range pems {
		v, err := signature.LoadVerifierFromPEMFile(path, crypto.SHA256)
		if err != nil {
			return keys, err
		}
		keys.pems = append(keys.pems, v)
	}
	return keys, nil
}

func judgeAll(ring string, pems []string) error {
	keys, err := readKeys(ring, pems)
	if err != nil {
		return err
	}
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	for {
		line, err := in.ReadString('\n')
		if line == "" && err != nil {
			return out.Flush()
		}
		mode, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		image, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return err
		}
		fmt.Fprintln(out, strings.ReplaceAll(judge(image, mode, keys), "\n", " "))
		if err := out.Flush(); err != nil {
			return err
		}
	}
}

// judge is the library's verdict in words. A panic of the library is a verdict too.
func judge(image []byte, mode string, keys keyMaterial) (verdict string) {
	defer func() {
		if r := recover(); r != nil {
			verdict = fmt.Sprintf("PANIC: %v", r)
		}
	}()
	// The library allocates what the header and the signature descriptors claim before it reads; that would end this process.
	if len(image) >= 128 && binary.LittleEndian.Uint64(image[88:]) > 1<<20 {
		return "HOSTILE: descriptor count"
	}
	f, err := sif.LoadContainer(sif.NewBuffer(image))
	if err != nil {
		return "ERR: " + err.Error()
	}
	hostile := false
	f.WithDescriptors(func(d sif.Descriptor) bool {
		// Signatures of single objects are read from a stream, which ends with the file.
		_, group := d.LinkedID()
		hostile = hostile || (d.DataType() == sif.DataSignature && (d.Size() < 0 || (group && d.Size() > 1<<28)))
		return false
	})
	if hostile {
		return "HOSTILE: signature size"
	}
	opts := []integrity.VerifierOpt{integrity.OptVerifyWithKeyRing(keys.ring)}
	if len(keys.pems) > 0 {
		opts = append(opts, integrity.OptVerifyWithVerifier(keys.pems...))
	}
	switch mode {
	case "legacy":
		opts = append(opts, integrity.OptVerifyLegacy())
	case "legacyall":
		opts = append(opts, integrity.OptVerifyLegacyAll())
	}
	v, err := integrity.NewVerifier(f, opts...)
	if err == nil {
		err = v.Verify()
	}
	return fmt.Sprintf("verify: %v", err)
}
