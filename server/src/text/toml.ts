/** What is used of the TOML package, in a file of its own that others load by `import()`: few machines have any TOML to read. */
export { parse } from 'smol-toml';
