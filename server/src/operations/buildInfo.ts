import type { BuildInfoResult } from '../protocol';
import { parseRecipe } from '../recipe/parse';

/** What has to be known before a build: arguments with their defaults (by stage, as the engines have them) and the sections. */
export function buildInfo(text: string, errors: number): BuildInfoResult {
  const { recipe } = parseRecipe(text);
  const buildArguments = new Map<string, string | undefined>();
  const sections = new Set<string>();
  for (const stage of recipe.stages) {
    const defaults = new Map<string, string>();
    for (const section of stage.sections) {
      if (section.content.kind === 'arguments')
        for (const line of section.content.arguments) if (line.status === 'assigned') defaults.set(line.key, line.value);
      if (section.keyword !== undefined && section.app === undefined && section.keyword !== 'arguments') sections.add(section.keyword);
    }
    for (const placeholder of stage.placeholders) {
      if (placeholder.inComment) continue;
      const value = defaults.get(placeholder.name);
      // A default in one stage does not help in another: an argument that some stage leaves open has to be passed.
      if (!buildArguments.has(placeholder.name) || value === undefined) buildArguments.set(placeholder.name, value);
    }
  }
  return {
    buildArguments: [...buildArguments].map(([name, value]) => (value === undefined ? { name } : { name, default: value })),
    sections: [...sections],
    errors,
  };
}
