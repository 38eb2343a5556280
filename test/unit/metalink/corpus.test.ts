import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkMetalink } from '../../../server/src/metalink/diagnostics';
import { parseMetalink } from '../../../server/src/metalink/parse';
import { decodeXml } from '../../../server/src/metalink/xml/decode';
import { createSourceText } from '../../../server/src/text/sourceText';
import { fixAllEdits } from '../../../server/src/lsp/codeActions';
import type { Finding, OffsetEdit } from '../../../server/src/text/finding';
import { describeCorpus } from '../corpus';
import { metalinkRows } from './corpusIndex';

function check(file: string): Finding[] {
  const decoded = decodeXml(readFileSync(file));
  return checkMetalink(createSourceText(decoded.text), parseMetalink(decoded.text), { decoding: decoded.problems });
}

function apply(text: string, edits: readonly OffsetEdit[]): string {
  return edits.reduceRight((result, { range, newText }) => result.slice(0, range.start) + newText + result.slice(range.end), text);
}

/** The index names the group where the facts name the rule (facts: "three slips", and the lettered rules). */
const sameRule: Readonly<Record<string, string[]>> = {
  'M4-032': ['M4-032a'],
  'M4-064': ['M4-064a'],
  'M4-103': ['M4-104'],
  'M4-114': ['M4-115a'],
  'M4-118': ['M4-119'],
  'M4-122': ['M4-105'],
};

describeCorpus('metalink corpus', 'metalink', (folder) => {
  describe.each(metalinkRows(folder))('$file', (row) => {
    const findings = check(path.join(folder, row.file));
    const errors = findings.filter(({ severity }) => severity === 'error');
    it(`is ${row.expected} ${row.severity}`, () => {
      const invalid = row.expected === 'invalid' && row.severity === 'error';
      expect(errors.length > 0, JSON.stringify(errors.slice(0, 3))).toBe(invalid);
    });
    const wanted = row.reason.split(/[ ;]+/).filter((word) => word.startsWith('M4-'));
    const judged = row.expected === 'invalid' || row.severity !== '';
    if (wanted.length > 0 && judged) {
      it(`is found by ${wanted.join(' or ')}`, () => {
        const accepted = wanted.flatMap((id) => [id, ...(sameRule[id] ?? [])]);
        expect(
          findings.map(({ code }) => code).filter((code) => accepted.includes(code)),
          JSON.stringify(findings.map(({ code }) => code)),
        ).not.toEqual([]);
      });
    }
    it('is left in peace by a second fix-all, and has no more errors after the first', () => {
      const { text } = decodeXml(readFileSync(path.join(folder, row.file)));
      const judge = (written: string) => checkMetalink(createSourceText(written), parseMetalink(written));
      const count = (found: readonly Finding[]) => found.filter(({ severity }) => severity === 'error').length;
      const once = apply(text, fixAllEdits(judge(text)));
      expect(fixAllEdits(judge(once))).toEqual([]);
      expect(count(judge(once))).toBeLessThanOrEqual(count(judge(text)));
    });
    it('has no error of another rule than the expected ones', () => {
      if (row.dialect !== 'v4' || !row.file.startsWith('made/')) return;
      const accepted = wanted.flatMap((id) => [
        id,
        ...(sameRule[id] ?? []),
        ...(id === 'M4-033' ? ['M4-034', 'M4-035'] : []),
        ...(id === 'M4-120' ? ['M4-121', 'M4-122'] : []),
      ]);
      expect(errors.map(({ code }) => code).filter((code) => !accepted.includes(code))).toEqual([]);
    });
  });
});
