import { t } from '../text/l10n';
import { agentDocumentation } from './documentAgents';
import { headerDocumentation } from './documentHeaders';
import { sectionDocumentation } from './documentSections';
import type { WordDocumentation } from './documentSections';
import { agents, headerKeyOf, isAppSectionKeyword } from './vocabulary';
import type { Agent, AppSectionKeyword, Engine, SectionKeyword } from './vocabulary';

/** A word of the language, explained. */
export interface Explanation {
  /** `%post`, `From`, `docker`. */
  readonly title: string;
  /** One line. Markdown. */
  readonly summary: string;
  /** Everything, as Markdown, without the title: summary, details, engines and versions, an example, a link to the engine's guide. */
  readonly markdown: string;
}

/** Explains a section by its keyword, in the words of `engine`. */
export function explainSection(keyword: SectionKeyword | AppSectionKeyword, engine: Engine): Explanation {
  const title = isAppSectionKeyword(keyword) ? `%${keyword} ${t('NAME')}` : `%${keyword}`;
  return explain(title, sectionDocumentation[keyword], engine, []);
}

/** Explains a header key by its name in lower case; undefined when no engine knows it. */
export function explainHeader(name: string, engine: Engine): Explanation | undefined {
  const key = headerKeyOf(name);
  const documentation = key && headerDocumentation[key.name.toLowerCase()];
  if (key === undefined || documentation === undefined) return undefined;
  return explain(key.numbered === true ? `${key.name}N` : key.name, documentation, engine, usersOf(key.name.toLowerCase()));
}

/** Explains a bootstrap agent; undefined when there is none of that name. Upper and lower case matter. */
export function explainAgent(name: string, engine: Engine): Explanation | undefined {
  const documentation = agentDocumentation[name];
  const agent = agents.get(name);
  return documentation && agent ? explain(name, documentation, engine, keysOf(agent)) : undefined;
}

/** The value of a header key (in lower case) in the documented example of an agent; undefined when it has none. */
export function documentedExample(agent: string, header: string): string | undefined {
  const lines = agentDocumentation[agent]?.example?.split('\n') ?? [];
  return lines.map((line) => /^(\w+): (.+)$/.exec(line)).find((match) => match?.[1]?.toLowerCase() === header)?.[2];
}

/** The engine's name as people know it. */
export function engineName(engine: Engine): string {
  return engine === 'apptainer' ? 'Apptainer' : 'SingularityCE';
}

function explain(title: string, documentation: WordDocumentation, engine: Engine, extra: readonly string[]): Explanation {
  const summary = documentation.summary();
  const details = documentation.details?.();
  const parts = [
    summary,
    ...(details === undefined ? [] : [details]),
    ...extra,
    ...versions(documentation),
    ...(documentation.example === undefined ? [] : [fenced(documentation.example)]),
    `[${t('{0} user guide', engineName(engine))}](${guide(documentation, engine)})`,
  ];
  return { title, summary, markdown: parts.join('\n\n') };
}

/** Which agents read a header key, when not all do. */
function usersOf(name: string): string[] {
  if (name === 'bootstrap' || name === 'stage') return [];
  const users = [...agents.values()].filter((agent) => [...agent.required, ...agent.optional].includes(name));
  return users.length === 0 ? [] : [t('Read by: {0}.', users.map((agent) => `\`${agent.name}\``).join(', '))];
}

function keysOf(agent: Agent): string[] {
  const list = (names: readonly string[]) => names.map((name) => `\`${headerKeyOf(name)?.name ?? name}\``).join(', ');
  return [
    ...(agent.required.length > 0 ? [t('Needs: {0}.', list(agent.required))] : []),
    ...(agent.optional.length > 0 ? [t('Also reads: {0}.', list(agent.optional))] : []),
  ];
}

function versions({ since }: WordDocumentation): string[] {
  if (since === undefined) return [];
  const words: string[] = [];
  if (since.apptainer !== undefined) words.push(t('Apptainer {0}', since.apptainer));
  if (since.singularity !== undefined) words.push(t('SingularityCE {0}', since.singularity));
  return [t('Since {0}.', words.join(', '))];
}

function guide({ guide: place }: WordDocumentation, engine: Engine): string {
  const base = engine === 'apptainer' ? 'https://apptainer.org/docs/user/main/' : 'https://docs.sylabs.io/guides/latest/user-guide/';
  return base + (typeof place === 'string' ? place : place[engine]);
}

function fenced(example: string): string {
  return '```singularity\n' + example + '\n```';
}
