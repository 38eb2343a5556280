/** What is looked at in every theme: a recipe with mistakes, a report, the cache view. */
export function themeTests(name) {
  return {
    'a recipe with mistakes, the outline and a hover': async (workbench) => {
      await workbench.open('mistakes.def', '%tests');
      await workbench.page.locator('.squiggly-error').first().waitFor({ state: 'attached' });
      await workbench.hover('%tests', 'invalid section');
      await workbench.picture(`${name}-recipe`);
      await workbench.page.keyboard.press('Escape');
    },
    'a report': async (workbench) => {
      await workbench.open('tool-1.4.meta4', '<metalink');
      await workbench.command('Containers: Verify Container');
      await workbench.line('INTACT').waitFor();
      await workbench.settled();
      await workbench.picture(`${name}-report`);
    },
    'the cache view': async (workbench) => {
      await workbench.command('Containers: Focus on Caches View');
      await workbench.unfold('library');
      await workbench.treeRow(/tool/).first().waitFor();
      await workbench.picture(`${name}-cache`);
    },
  };
}
