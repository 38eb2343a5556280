/**
 * What is used of OpenPGP.js, in a file of its own that others load by `import()`: the package is large and slow to load, and a bundler leaves
 * out the rest of it only where it is imported by name.
 */
export { config, enums, readKey, readSignature } from 'openpgp';
