package main

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"os"
	"path/filepath"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	"github.com/sigstore/sigstore/pkg/cryptoutils"
	"github.com/sigstore/sigstore/pkg/signature"
)

// pgpKey is an entity with the way it signs.
type pgpKey struct {
	name   string
	entity *openpgp.Entity
	signer *packet.PrivateKey
	config *packet.Config
	// afterwards changes the entity when everything is signed.
	afterwards func() error
	unlisted   bool
}

func at(years int) func() time.Time {
	return func() time.Time { return time.Now().AddDate(years, 0, 0) }
}

func makePGPKeys() ([]*pgpKey, error) {
	rsa2048 := packet.Config{RSABits: 2048}
	edwards := packet.Config{Algorithm: packet.PubKeyAlgoEdDSA, Curve: packet.Curve25519}
	recipes := []struct {
		name   string
		config packet.Config
		change func(k *pgpKey) error
	}{
		{name: "rsa", config: rsa2048},
		{name: "eddsa", config: edwards},
		{name: "ed25519", config: packet.Config{Algorithm: packet.PubKeyAlgoEd25519}},
		{name: "p256", config: packet.Config{Algorithm: packet.PubKeyAlgoECDSA, Curve: packet.CurveNistP256}},
		{name: "p384", config: packet.Config{Algorithm: packet.PubKeyAlgoECDSA, Curve: packet.CurveNistP384}},
		{name: "unknown", config: edwards, change: func(k *pgpKey) error { k.unlisted = true; return nil }},
		{name: "sha384", config: rsa2048, change: func(k *pgpKey) error { k.config.DefaultHash = crypto.SHA384; return nil }},
		{name: "sha512", config: edwards, change: func(k *pgpKey) error { k.config.DefaultHash = crypto.SHA512; return nil }},
		{name: "subkey", config: edwards, change: func(k *pgpKey) error { return addSubkey(k, false) }},
		{name: "subkey-revoked", config: edwards, change: func(k *pgpKey) error { return addSubkey(k, true) }},
		{name: "revoked", config: edwards, change: func(k *pgpKey) error {
			k.afterwards = func() error { return k.entity.RevokeKey(packet.KeyRetired, "", nil) }
			return nil
		}},
		{name: "compromised", config: rsa2048, change: func(k *pgpKey) error {
			k.afterwards = func() error { return k.entity.RevokeKey(packet.KeyCompromised, "", nil) }
			return nil
		}},
		{name: "key-expired", config: packet.Config{Algorithm: packet.PubKeyAlgoEdDSA, Time: at(-3), KeyLifetimeSecs: 86400 * 30}},
		{name: "key-of-tomorrow", config: packet.Config{Algorithm: packet.PubKeyAlgoEdDSA, Time: at(1)}},
		{name: "signature-expired", config: packet.Config{Algorithm: packet.PubKeyAlgoEdDSA, Time: at(-2)}, change: func(k *pgpKey) error {
			k.config.SigLifetimeSecs = 3600
			return nil
		}},
		{name: "signature-of-tomorrow", config: edwards, change: func(k *pgpKey) error { k.config.Time = at(1); return nil }},
		{name: "long-lived", config: packet.Config{Algorithm: packet.PubKeyAlgoEdDSA, KeyLifetimeSecs: 86400 * 3000}},
	}
	var keys []*pgpKey
	for _, r := range recipes {
		config := r.config
		e, err := openpgp.NewEntity("Oracle "+r.name, "", r.name+"@example.org", &config)
		if err != nil {
			return nil, err
		}
		k := &pgpKey{name: r.name, entity: e, signer: e.PrivateKey, config: &packet.Config{Time: config.Time}}
		if r.change != nil {
			if err := r.change(k); err != nil {
				return nil, err
			}
		}
		keys = append(keys, k)
	}
	return keys, nil
}

func addSubkey(k *pgpKey, revoke bool) error {
	if err := k.entity.AddSigningSubkey(&packet.Config{Algorithm: packet.PubKeyAlgoEdDSA}); err != nil {
		return err
	}
	sub := &k.entity.Subkeys[len(k.entity.Subkeys)-1]
	k.signer = sub.PrivateKey
	if revoke {
		k.afterwards = func() error { return k.entity.RevokeSubkey(sub, packet.KeyRetired, "", nil) }
	}
	return nil
}

// writeRing writes the public parts of all but the unlisted keys.
func writeRing(path string, keys []*pgpKey) error {
	var b bytes.Buffer
	for _, k := range keys {
		if k.afterwards != nil {
			if err := k.afterwards(); err != nil {
				return err
			}
		}
		if k.unlisted {
			continue
		}
		if err := k.entity.Serialize(&b); err != nil {
			return err
		}
	}
	return os.WriteFile(path, b.Bytes(), 0o600)
}

// makeSigners makes keys for DSSE and writes the public ones but that of "unlisted".
func makeSigners(dir string) (map[string]signature.Signer, error) {
	p256, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		return nil, err
	}
	rsa2048, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	_, unlisted, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	signers := map[string]signature.Signer{}
	for name, key := range map[string]crypto.Signer{"p256": p256, "p384": p384, "rsa": rsa2048, "ed25519": edwards, "unlisted": unlisted} {
		if signers[name], err = signature.LoadSigner(key, crypto.SHA256); err != nil {
			return nil, err
		}
		pem, err := cryptoutils.MarshalPublicKeyToPEM(key.Public())
		if err != nil {
			return nil, err
		}
		if name == "unlisted" {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, name+".pem"), pem, 0o600); err != nil {
			return nil, err
		}
	}
	return signers, nil
}
