import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseXml } from '@rgrove/parse-xml';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeXml } from '../../../../server/src/metalink/xml/decode';
import { readXml } from '../../../../server/src/metalink/xml/reader';
import { describeCorpus } from '../../corpus';

// A second reader as judge. It differs where it should:
// - it knows no namespaces: unbound prefixes, wrong declarations and misplaced colons are no matter to it;
// - it does not judge the encoding's name (it reads text);
// - it refuses every entity but the five predefined ones, also those that the DOCTYPE declares;
// - inside a DOCTYPE neither of the two reads the declarations, but they pass over broken ones in different ways.
const onlyOurs = /prefix|namespace|^The encoding|has no colon|nested/;

function judgedWellFormed(text: string): boolean {
  try {
    parseXml(text);
    return true;
  } catch {
    // parse-xml throws for every document that is not well-formed; that is its verdict.
    return false;
  }
}

function readAsWellFormed(text: string): boolean {
  return readXml(text).problems.every(({ message }) => onlyOurs.test(message));
}

function outsideItsReach(text: string): boolean {
  return text.includes('<!DOCTYPE');
}

describeCorpus('well-formedness, judged by parse-xml', 'metalink', (folder) => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(xml|meta4|metalink)$/.test(name));
  const texts = files
    .map((name) => [name, decodeXml(readFileSync(path.join(folder, name))).text] as const)
    .filter(([, text]) => !outsideItsReach(text));

  it.each(texts)('%s', (_name, text) => expect(readAsWellFormed(text)).toBe(judgedWellFormed(text)));

  const small = texts.filter(([name]) => statSync(path.join(folder, name)).size < 20_000).map(([, text]) => text);
  const pieces = ['<', '>', '&', '"', "'", '/', '=', ' ', '<a>', '</a>', '<a/>', '&amp;', '&x;', '&#1;', '&#65;', ']]>', '<!--', '-->', '--', '<?x ?>', '<?xml version="1.0"?>', '<![CDATA[', '\u0000', '\ud800', 'é', ':', '<!', '</', '\r']; // prettier-ignore
  const edit = fc.record({ at: fc.nat(), remove: fc.nat(3), insert: fc.constantFrom('', ...pieces) });

  it('agrees on 4,000 mutated documents', () => {
    fc.assert(
      fc.property(fc.constantFrom(...small), fc.array(edit, { minLength: 1, maxLength: 3 }), (text, edits) => {
        const mutated = edits.reduce((result, { at, remove, insert }) => {
          const start = at % (result.length + 1);
          return result.slice(0, start) + insert + result.slice(start + remove);
        }, text);
        if (outsideItsReach(mutated)) return;
        expect(readAsWellFormed(mutated), JSON.stringify(mutated.slice(0, 3000))).toBe(judgedWellFormed(mutated));
      }),
      { numRuns: 4000, seed: 5854 },
    );
  });
});
