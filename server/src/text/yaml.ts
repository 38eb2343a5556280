/**
 * What is used of the YAML package, in a file of its own that others load by `import()`: few sessions read any YAML, and a bundler leaves out
 * the rest of the package only where it is imported by name.
 */
export { parse, parseDocument } from 'yaml';
