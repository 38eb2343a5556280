import { describe, expect, it } from 'vitest';
import { unusedCommands } from '../../ui/usedCommands.mjs';

describe('commands that UI tests use', () => {
  const declared = ['a', 'b', 'grey'];
  const exceptions = { grey: 'always grey' };
  it.each([
    [['a', 'b'], []],
    [['a'], ['no UI test uses the command b: use it where it belongs']],
    [['a', 'b', 'grey'], ['grey is an exception, and was used']],
  ])('%j', (called, problems) => {
    expect(unusedCommands(declared, called, exceptions)).toEqual(problems);
  });
  it('an exception is a command of package.json', () => {
    expect(unusedCommands(['a'], ['a'], exceptions)).toEqual(['grey is an exception, and no command of package.json']);
  });
});
