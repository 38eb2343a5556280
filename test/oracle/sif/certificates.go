package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	random "math/rand"
	"os"
	"strconv"
	"time"
)

// certificateCase is one chain with Go's verdict on its leaf, as the engines ask for it: for code signing.
type certificateCase struct {
	Name string `json:"name"`
	// PEM texts; the leaf comes first.
	Certificates []string `json:"certificates"`
	Verdict      string   `json:"verdict"`
}

// link says what one certificate of a chain is like.
type link struct {
	authority   bool
	noSigning   bool
	pathLength  int
	usages      []x509.ExtKeyUsage
	expired     bool
	early       bool
	critical    bool
	limitsNames bool
	named       bool
	sha1        bool
}

func (l link) String() string {
	s := fmt.Sprintf("path %d uses %v", l.pathLength, l.usages)
	for word, is := range map[string]bool{"no-authority": !l.authority, "no-signing": l.noSigning, "expired": l.expired, "early": l.early,
		"critical": l.critical, "limits-names": l.limitsNames, "named": l.named, "sha1": l.sha1} {
		if is {
			s += " " + word
		}
	}
	return s
}

// writeCertificateCases prints count chains as JSON, one a line, and Go's verdicts.
func writeCertificateCases(seedText, countText string) error {
	seed, err := strconv.ParseInt(seedText, 10, 64)
	if err != nil {
		return err
	}
	count, err := strconv.Atoi(countText)
	if err != nil {
		return err
	}
	maker, err := newCertificateMaker(random.New(random.NewSource(seed)))
	if err != nil {
		return err
	}
	out := json.NewEncoder(os.Stdout)
	for i := range count {
		c, err := maker.chain(i)
		if err != nil {
			return err
		}
		if err := out.Encode(c); err != nil {
			return err
		}
	}
	return nil
}

type certificateMaker struct {
	random *random.Rand
	curve  []crypto.Signer
	rsa    []crypto.Signer
	serial int64
}

func newCertificateMaker(r *random.Rand) (*certificateMaker, error) {
	m := &certificateMaker{random: r}
	for range 6 {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return nil, err
		}
		m.curve = append(m.curve, key)
		old, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			return nil, err
		}
		m.rsa = append(m.rsa, old)
	}
	return m, nil
}

func (m *certificateMaker) chance(of int) bool { return m.random.Intn(of) == 0 }

func (m *certificateMaker) link(isLeaf bool) link {
	l := link{authority: !isLeaf, pathLength: -1}
	if !isLeaf && m.chance(3) {
		l.pathLength = m.random.Intn(3)
	}
	uses := [][]x509.ExtKeyUsage{nil, {x509.ExtKeyUsageCodeSigning}, {x509.ExtKeyUsageAny}, {x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageCodeSigning}}
	l.usages = uses[m.random.Intn(len(uses))]
	if m.chance(14) {
		l.usages = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	}
	l.expired, l.early, l.critical, l.sha1 = m.chance(25), m.chance(25), m.chance(20), m.chance(15)
	l.named = m.chance(4)
	if !isLeaf {
		l.authority, l.noSigning, l.limitsNames = !m.chance(15), m.chance(15), m.chance(15)
		if !l.authority {
			l.pathLength = -1
		}
	}
	return l
}

// chain makes a leaf, up to three authorities above it, and a root, which may be missing or followed by others that do not fit.
func (m *certificateMaker) chain(number int) (certificateCase, error) {
	length := 2 + m.random.Intn(4)
	if m.chance(12) {
		length = 1
	}
	keys := m.curve
	if m.chance(3) {
		keys = m.rsa
	}
	certificates := make([]*x509.Certificate, length)
	name := ""
	for i := length - 1; i >= 0; i-- {
		l := m.link(i == 0)
		if length == 1 {
			l.authority = m.chance(2)
		}
		issuer, signer := (*x509.Certificate)(nil), keys[i]
		if i < length-1 {
			issuer, signer = certificates[i+1], keys[i+1]
		}
		c, err := m.make(number, i, l, issuer, keys[i], signer)
		if err != nil {
			return certificateCase{}, err
		}
		certificates[i] = c
		name = fmt.Sprintf("%d: %s; %s", i, l, name)
	}
	roots, intermediates := x509.NewCertPool(), x509.NewCertPool()
	given := certificates
	if length > 1 && m.chance(12) {
		given, name = certificates[:length-1], name+"no root"
	} else {
		roots.AddCert(certificates[length-1])
	}
	// A second certificate of the first authority, with the same name and key, by a root that is not given.
	if length > 2 && m.chance(4) {
		other := m.link(false)
		stranger, err := m.make(number+1_000_000, 9, link{authority: true, pathLength: -1}, nil, m.curve[5], m.curve[5])
		if err != nil {
			return certificateCase{}, err
		}
		cross, err := m.make(number, 1, other, stranger, keys[1], m.curve[5])
		if err != nil {
			return certificateCase{}, err
		}
		given = append([]*x509.Certificate{certificates[0], cross}, given[1:]...)
		name += "crossed"
	}
	c := certificateCase{Name: name}
	for i, each := range given {
		if i > 0 {
			intermediates.AddCert(each)
		}
		c.Certificates = append(c.Certificates, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: each.Raw})))
	}
	_, err := certificates[0].Verify(x509.VerifyOptions{
		Intermediates: intermediates, Roots: roots, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning},
	})
	c.Verdict = fmt.Sprint(err)
	return c, nil
}

func (m *certificateMaker) make(chain, level int, l link, issuer *x509.Certificate, key, signer crypto.Signer) (*x509.Certificate, error) {
	m.serial++
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(m.serial),
		Subject:               pkix.Name{CommonName: fmt.Sprintf("chain %d level %d", chain, level)},
		NotBefore:             time.Now().Add(-48 * time.Hour),
		NotAfter:              time.Now().Add(48 * time.Hour),
		BasicConstraintsValid: true,
		IsCA:                  l.authority,
		MaxPathLen:            l.pathLength,
		MaxPathLenZero:        l.pathLength == 0,
		ExtKeyUsage:           l.usages,
	}
	if l.authority {
		template.KeyUsage = x509.KeyUsageCertSign
	}
	if l.noSigning {
		template.KeyUsage = x509.KeyUsageDigitalSignature
	}
	if l.expired {
		template.NotAfter = time.Now().Add(-24 * time.Hour)
	}
	if l.early {
		template.NotBefore = time.Now().Add(24 * time.Hour)
	}
	if l.critical {
		template.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 2, 3, 4, 128, 16384}, Critical: true, Value: []byte{5, 0}}}
	}
	if l.limitsNames {
		template.PermittedDNSDomainsCritical, template.PermittedDNSDomains = true, []string{"example.org"}
	}
	if l.named {
		template.DNSNames = []string{"elsewhere.example.com"}
	}
	if l.sha1 {
		template.SignatureAlgorithm = x509.ECDSAWithSHA1
		if _, isRSA := signer.Public().(*rsa.PublicKey); isRSA {
			template.SignatureAlgorithm = x509.SHA1WithRSA
		}
	}
	if issuer == nil {
		issuer = template
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, key.Public(), signer)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}
