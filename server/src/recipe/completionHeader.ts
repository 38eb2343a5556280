import { t } from '../text/l10n';
import { completionKind } from '../text/kinds';
import type { Candidate } from './completionItem';
import type { RecipeContext } from './context';
import { documentedExample, explainAgent, explainHeader } from './documentation';
import { headerEntry } from './lookup';
import type { Place } from './place';
import type { Stage } from './syntax';
import { agents, headerKeyOf, headerKeys, optionalKeys } from './vocabulary';
import type { Agent, Engine, HeaderKey } from './vocabulary';

/** Header keys that the stage's agent reads and that are not there yet, those it needs first. Without an agent: `Bootstrap`. */
export function completeHeaderKey(context: RecipeContext, place: Extract<Place, { kind: 'header-key' }>): Candidate[] {
  const { stage } = place;
  const { engine } = context.options;
  const typedOver = stage?.header.entries.find((entry) => entry.keyRange.start === place.range.start)?.name;
  const used = new Set(stage?.header.entries.map((entry) => entry.name).filter((name) => name !== typedOver));
  const hasColon = context.source.text
    .slice(place.range.end, place.range.end + 20)
    .trimStart()
    .startsWith(':');
  return keysFor(stage, engine)
    .filter(({ key }) => key.numbered === true || !used.has(key.name.toLowerCase()))
    .filter(({ key }) => key.engine === undefined || key.engine === engine)
    .map(({ key, isRequired }) => {
      const label = key.numbered === true ? `${key.name}${nextNumber(key, used)}` : key.name;
      const explanation = explainHeader(label.toLowerCase(), engine);
      return {
        label,
        kind: completionKind.property,
        insert: hasColon ? label : `${label}: `,
        detail: isRequired ? t('needed') : (explanation?.summary ?? ''),
        ...(explanation && { documentation: explanation.markdown }),
      };
    });
}

/** Values of a header key, as far as they are known without asking anybody. */
export function completeHeaderValue(context: RecipeContext, { entry, stage }: Extract<Place, { kind: 'header-value' }>): Candidate[] {
  const value = (label: string): Candidate => ({ label, kind: completionKind.value });
  switch (entry.name) {
    case 'bootstrap':
      return completeAgents(context);
    case 'library':
      return [value('https://library.sylabs.io')];
    case 'registry':
      return ['docker.io', 'ghcr.io', 'quay.io', 'nvcr.io', 'registry.gitlab.com', 'public.ecr.aws'].map(value);
    case 'frontend':
      return ['dockerfile.v0', 'gateway.v0'].map(value);
    case 'filename':
      return [value('Dockerfile')];
    case 'mirrorurl':
    case 'osversion':
    case 'include': {
      const example = documentedExample(headerEntry(stage, 'bootstrap')?.value ?? '', entry.name);
      return example === undefined ? [] : [value(example)];
    }
    default:
      return [];
  }
}

function completeAgents({ options }: RecipeContext): Candidate[] {
  return [...agents.values()]
    .filter((agent) => agent.engine === undefined || agent.engine === options.engine)
    .map(({ name }) => {
      const explanation = explainAgent(name, options.engine);
      const isRetired = name === 'shub';
      return {
        label: name,
        kind: completionKind.enumMember,
        ...(explanation && { detail: explanation.summary.replaceAll('`', ''), documentation: explanation.markdown }),
        deprecated: isRetired,
        later: isRetired,
      };
    });
}

function keysFor(stage: Stage | undefined, engine: Engine): { key: HeaderKey; isRequired: boolean }[] {
  const bootstrap = stage && headerEntry(stage, 'bootstrap');
  const known = (names: readonly string[], isRequired: boolean) =>
    names.flatMap((name) => {
      const key = headerKeyOf(name) ?? headerKeys.get(name);
      return key ? [{ key, isRequired }] : [];
    });
  if (bootstrap === undefined) return known(['bootstrap'], true);
  const agent = agents.get(bootstrap.value);
  const readable = agent
    ? [...known(agent.required, true), ...known(optionalKeys(agent, engine), false), ...numbered(agent)]
    : known([...headerKeys.keys()], false);
  return [...readable, ...known(['stage'], false).filter(({ key }) => !readable.some((other) => other.key === key))];
}

/** Zypper reads further repositories by number. */
function numbered(agent: Agent): { key: HeaderKey; isRequired: boolean }[] {
  const key = headerKeys.get('otherurl');
  return agent.name === 'zypper' && key ? [{ key, isRequired: false }] : [];
}

function nextNumber(key: HeaderKey, used: ReadonlySet<string>): number {
  let number = 1;
  while (used.has(`${key.name.toLowerCase()}${number}`)) number++;
  return number;
}
