import { textKey } from './textKey';

/** Texts of the user's language by `textKey` of the English text. */
export type Translation = Readonly<Record<string, string>>;

let translation: Translation | undefined;

/** Sets the user's language; undefined means English. */
export function useTranslation(texts: Translation | undefined): void {
  translation = texts;
}

/**
 * A text for the user: `message` in the user's language with `{0}`, `{1}`… replaced by the arguments.
 * `message` must be a literal, so that translations can be checked against the code.
 */
export function t(message: string, ...args: readonly (string | number | bigint)[]): string {
  const text = translation?.[textKey(message)] ?? message;
  return args.length === 0 ? text : text.replace(/\{(\d+)\}/g, (whole, index: string) => String(args[Number(index)] ?? whole));
}
