import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CompletionItem, CompletionList } from 'vscode-languageserver-types';
import { startSession } from './session';
import type { Session } from './session';

// Characters that bring a list by themselves: typed as an editor sends them, each list asked for as that character's trigger.

const docker = 'Bootstrap: docker\nFrom: a\n';
let session: Session;
let files = 0;

beforeAll(async () => {
  session = await startSession({ trusted: false });
});
afterAll(() => session.close());

/** Types the character at `|`, and returns what the server offers there. */
async function typed(marked: string, character: string): Promise<CompletionItem[]> {
  const uri = `file:///tmp/typing-${files++}.def`;
  const lines = marked.slice(0, marked.indexOf('|')).split('\n');
  const position = { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
  await session.open(uri, 'singularity', marked.replace('|', ''));
  await session.change(uri, 2, [{ range: { start: position, end: position }, text: character }]);
  const answer = await session.request<CompletionItem[] | CompletionList>('textDocument/completion', {
    textDocument: { uri },
    position: { line: position.line, character: position.character + character.length },
    context: { triggerKind: 2, triggerCharacter: character },
  });
  return Array.isArray(answer) ? answer : answer.items;
}

describe('a typed character brings a list', () => {
  test.each<[string, string, string]>([
    [`${docker}|\n`, '%', '%post'],
    ['Bootstrap|\n', ':', 'docker'],
    ['Bootstrap:|\n', ' ', 'docker'],
    [`${docker}%post\n    echo 'export A=1' >> "|"\n`, '$', 'APPTAINER_ENVIRONMENT'],
    [`${docker}%post\n    echo 'Author me' >> $|\n`, '{', 'APPTAINER_LABELS'],
    [`${docker}%setup\n    cp a "|/b"\n`, '$', 'APPTAINER_ROOTFS'],
    [`${docker}%setup\n    cp a "|/b"\n`, '$', 'SINGULARITY_ROOTFS'],
    [`${docker}%appinstall tool\n    cd |\n`, '$', 'SCIF_APPROOT'],
    [`${docker}%runscript\n    echo |\n`, '$', 'APPTAINER_NAME'],
    [`${docker}%arguments\n    VERSION=1\n%post\n    get {|\n`, '{', 'VERSION'],
    [`${docker}%arguments\n    VERSION=1\n%post\n    get {{|\n`, ' ', 'VERSION'],
    [`${docker}%arguments\n    VERSION=1\n%labels\n    Version {|\n`, '{', 'VERSION'],
    [`Bootstrap: docker\nFrom: a:{|\n%arguments\n    VERSION=1\n`, '{', 'VERSION'],
    [`${docker}Stage: build\n${docker}%files|\n`, ' ', 'from build'],
    [`${docker}Stage: build\n${docker}%files from|\n`, ' ', 'build'],
    [`${docker}%post|\n`, ' ', '-c /bin/bash'],
    [`${docker}%labels\n    org.opencontainers.image|\n`, '.', 'org.opencontainers.image.source'],
    [`${docker}%labels\n    org.opencontainers.image.licenses|\n`, ' ', 'MIT'],
  ])('%j and %j: %s', async (marked, character, label) => {
    expect(session.initialized.capabilities.completionProvider?.triggerCharacters).toContain(character);
    expect((await typed(marked, character)).map((item) => item.label)).toContain(label);
  });

  test.each<[string, string]>([
    [`${docker}%labels\n    Price |\n`, '$'],
    [`${docker}%help\n    Costs |\n`, '$'],
    [`${docker}%post\n    awk '|\n`, '{'],
    [`# |\n${docker}`, '$'],
  ])('%j and %j: none', async (marked, character) => {
    expect(await typed(marked, character)).toEqual([]);
  });
});
