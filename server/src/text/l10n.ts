/** Translates a message of the user's language; English text is the key. */
type Bundle = Readonly<Record<string, string>>;

let bundle: Bundle = {};

/** Sets the messages of the user's language: English text to translated text. An empty bundle means English. */
export function useBundle(messages: Bundle): void {
  bundle = messages;
}

/**
 * A text for the user: `message` in the user's language with `{0}`, `{1}`… replaced by the arguments.
 * `message` must be a literal, so that the bundle can be checked against the code.
 */
export function t(message: string, ...args: readonly (string | number | bigint)[]): string {
  const text = bundle[message] ?? message;
  return args.length === 0 ? text : text.replace(/\{(\d+)\}/g, (whole, index: string) => String(args[Number(index)] ?? whole));
}
