// For servers on loopback in tests only: made by `openssl req -x509 -newkey ec -subj /CN=localhost`, valid for localhost and 127.0.0.1.
export const testCertificate = `-----BEGIN CERTIFICATE-----
MIIBoDCCAUegAwIBAgIUOabQZyCrWqLrEcCEKIsqGEkn+3owCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMzA4MTg1OVoYDzIxMjYxMDMw
MDgxODU5WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAT2/W9YYEpD+gRRO3hTddm2Z+JCKyc4MX6PoNPW8Tlg0X2B0CnJtgPA
pOawRlm9l03k7nopgOHOQBpi9pXtMceao3UwczAdBgNVHQ4EFgQUSjvaJf3ftoHu
N7w2FVgt6eJ+UhgwHwYDVR0jBBgwFoAUSjvaJf3ftoHuN7w2FVgt6eJ+UhgwDwYD
VR0TAQH/BAUwAwEB/zAgBgNVHREEGTAXgglsb2NhbGhvc3SHBH8AAAGHBH8AAAIw
CgYIKoZIzj0EAwIDRwAwRAIgXtjKyzA9fxKCv+jPoJe399+WzVH0aaAPudWWtGL2
fmECIAQMO7oBHO0KjPxJT0NTVuSC8fBCSTYjSHBB8it2rsE1
-----END CERTIFICATE-----
`;
export const testKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQghs1olz3iUe2FFY8o
qTQbH7ROH/lQGAWbNObuWSreuz2hRANCAAT2/W9YYEpD+gRRO3hTddm2Z+JCKyc4
MX6PoNPW8Tlg0X2B0CnJtgPApOawRlm9l03k7nopgOHOQBpi9pXtMcea
-----END PRIVATE KEY-----
`;

/** What trusts `testCertificate`: the same list each time, as settings give it. */
const authorities = Promise.resolve([testCertificate]);
export const testAuthorities = (): Promise<readonly string[]> => authorities;
