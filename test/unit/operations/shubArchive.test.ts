// References of the closed Singularity Hub: what online findings and pinning make of them, by the archive that the embedded hub serves.
import { expect, test } from 'vitest';
import { createHubs } from '../../../server/src/hub/hubs';
import { createRecipeContext } from '../../../server/src/operations/languages';
import { onlineFindings } from '../../../server/src/operations/onlineFindings';
import { pinReferences } from '../../../server/src/operations/pin';
import type { PinOptions } from '../../../server/src/operations/pin';
import { readSettings } from '../../../server/src/operations/readSettings';
import { noWorkspaceRules } from '../../../server/src/operations/workspaceRules';
import type { World } from '../../../server/src/operations/world';
import type { OffsetEdit } from '../../../server/src/text/finding';
import { createSourceText } from '../../../server/src/text/sourceText';
import { useEmbeddedHub } from '../hub/embeddedWorld';

const underTest = useEmbeddedHub();
const md5 = () => underTest().hub.images.image('hello-world.simg').md5;
const recipe = (from: string) => `Bootstrap: shub\nFrom: ${from}\n`;
const signal = new AbortController().signal;

/** The hubs of the world, with the archive of the embedded hub; nothing else of it is reached. */
function world(): Pick<World, 'hubs' | 'settings' | 'platform'> {
  const { hub, world: embedded } = underTest();
  const hubs = createHubs({ ...embedded, shub: { publicHub: hub.origin, archive: `${hub.origin}/archive` } });
  return { hubs, settings: readSettings({}), platform: embedded.platform };
}

function edited(text: string, edits: readonly OffsetEdit[]): string {
  return [...edits]
    .sort((a, b) => b.range.start - a.range.start)
    .reduce((so, { range, newText }) => so.slice(0, range.start) + newText + so.slice(range.end), text);
}

async function pinned(from: string, action: PinOptions['action']): Promise<string> {
  const { edits, report } = await pinReferences(world() as World, recipe(from), { action, signal });
  return edits.length === 0 ? (report[0] ?? '') : edited(recipe(from), edits).slice('Bootstrap: shub\nFrom: '.length).trim();
}

test('an online finding tells of the archive, and its fix names the file', async () => {
  for (const [from, fixed] of [
    ['vsoch/hello-world', `vsoch/hello-world:latest@${md5()}`],
    ['vsoch/hello-world:latest', `vsoch/hello-world:latest@${md5()}`],
  ] as const) {
    const source = createSourceText(recipe(from));
    const context = createRecipeContext(source, { settings: readSettings({}), workspace: noWorkspaceRules });
    const [finding] = await onlineFindings(world() as World, 'recipe', context, signal);
    expect(finding).toMatchObject({ code: 'online/shub-archive', severity: 'information' });
    expect(edited(source.text, finding?.fixes?.[0]?.edits ?? [])).toBe(recipe(fixed));
    // What the fix wrote is a reference, and has nothing left to fix.
    const again = createRecipeContext(createSourceText(recipe(fixed)), { settings: readSettings({}), workspace: noWorkspaceRules });
    const [after] = await onlineFindings(world() as World, 'recipe', again, signal);
    expect(after?.code).toBe('online/shub-archive');
    expect(after?.fixes).toBeUndefined();
  }
});

test('an image that the archive lacks is not found', async () => {
  const context = createRecipeContext(createSourceText(recipe('vsoch/nothing')), {
    settings: readSettings({}),
    workspace: noWorkspaceRules,
  });
  expect(await onlineFindings(world() as World, 'recipe', context, signal)).toMatchObject([{ code: 'online/not-found' }]);
});

test('pin, unpin and update', async () => {
  const other = '0'.repeat(32);
  expect(await pinned('vsoch/hello-world', 'pin')).toBe(`vsoch/hello-world:latest@${md5()}`);
  expect(await pinned(`vsoch/hello-world:latest@${md5()}`, 'pin')).toContain('pinned already');
  expect(await pinned(`vsoch/hello-world:latest@${md5()}`, 'unpin')).toBe('vsoch/hello-world:latest');
  expect(await pinned(`vsoch/hello-world:latest@${md5()}`, 'update')).toContain('up to date');
  expect(await pinned(`vsoch/hello-world:latest@${other}`, 'update')).toBe(`vsoch/hello-world:latest@${md5()}`);
  expect(await pinned('vsoch/hello-world', 'update')).toContain('not pinned');
  expect(await pinned('vsoch/hello-world', 'unpin')).toContain('no digest');
  expect(await pinned('vsoch/nothing', 'pin')).toContain('its archive has no');
});
