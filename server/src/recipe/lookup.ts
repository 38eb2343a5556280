import { fields } from './engineText';
import type { HeaderEntry, Recipe, Section, Stage } from './syntax';

// Answers about the tree that several features and checks need.

/** The entry of a header key (in lower case) that counts: the engines keep the last one. Undefined when the stage has none. */
export function headerEntry(stage: Stage, name: string): HeaderEntry | undefined {
  return stage.header.entries.find((entry) => entry.name === name && entry.fate === 'kept');
}

/** The stage that holds `offset`; at the seam of two, the later one. */
export function stageAt(recipe: Recipe, offset: number): Stage | undefined {
  return recipe.stages.findLast((stage) => stage.range.start <= offset && offset <= stage.range.end);
}

/** The section that holds `offset`; undefined in a header. */
export function sectionAt(stage: Stage, offset: number): Section | undefined {
  return stage.sections.findLast((section) => section.range.start <= offset && offset <= section.range.end);
}

/** Where `%files` copies from: the host, a stage, or, for Apptainer, nowhere: it takes the lines of a section with odd arguments for neither. */
export type FilesSource = { readonly kind: 'host' } | { readonly kind: 'stage'; readonly name: string } | { readonly kind: 'nowhere' };

/** Reads the arguments of a `%files` section (A internal/pkg/build/stage.go; S pkg/build/types/definition.go, Files.Stage). */
export function filesSource(section: Section, engine: 'apptainer' | 'singularity'): FilesSource {
  const text = section.arguments.split('#', 1)[0] ?? '';
  const words = fields(text);
  const [first, name] = words;
  if (words.length === 2 && name !== undefined && (engine === 'apptainer' || first !== 'stage')) return { kind: 'stage', name };
  return text === '' || engine === 'singularity' ? { kind: 'host' } : { kind: 'nowhere' };
}
