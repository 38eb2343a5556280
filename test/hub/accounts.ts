/** Users and secrets of the embedded hub: for tests, worth nothing elsewhere. */
export const accounts = {
  registryUser: 'alice',
  registryPassword: 'wonderland',
  /** Docker's `identitytoken`: exchanged for access tokens at the token endpoint. */
  registryIdentityToken: 'identity-token-of-alice',
  libraryToken: 'library-token-of-alice',
  /** What the library's `v1/oci-redirect` hands out for its registry. */
  libraryRegistryToken: 'registry-token-from-the-library',
  sregistryUser: 'alice',
  sregistryToken: 'sregistry-token-of-alice',
} as const;
