import type { Hover } from 'vscode-languageserver-types';
import { t } from '../text/l10n';
import { touches } from '../text/range';
import type { TextRange } from '../text/range';
import type { RecipeContext } from './context';
import { documentLabel } from './documentLabels';
import { documentVariable } from './documentVariables';
import { explainAgent, explainHeader, explainSection } from './documentation';
import type { Explanation } from './documentation';
import { hoverArgument } from './hoverArguments';
import { hoverPlaceholder, templatedLine } from './hoverTemplate';
import { hoverUrlVariable } from './hoverUrlVariable';
import { filesSource, headerEntry } from './lookup';
import { escapeMarkdown, inCode } from './markdown';
import { nameAt } from './names';
import type { Name } from './names';
import { lineAround, placeAt } from './place';
import type { Place } from './place';
import type { FileLine } from './syntax';
import { isAppSectionKeyword } from './vocabulary';

/**
 * What is known about the word at a UTF-16 offset, as Markdown: keys, agents, sections and the words behind them, labels, names,
 * variables of the engines and of URLs, the value after templating. Images are described by whoever can ask their hub: see `referenceAt`. Undefined where there is nothing to say.
 */
export function hoverRecipe(context: RecipeContext, offset: number): Hover | undefined {
  const found = describe(context, offset);
  return found && { contents: { kind: 'markdown', value: found.markdown }, range: context.source.rangeOf(found.range) };
}

interface Description {
  readonly range: TextRange;
  readonly markdown: string;
}

function describe(context: RecipeContext, offset: number): Description | undefined {
  const placeholder = context.parsed.recipe.stages
    .flatMap((stage) => stage.placeholders.map((found) => ({ stage, found })))
    .find(({ found }) => touches(found.range, offset));
  if (placeholder) return { range: placeholder.found.range, markdown: hoverPlaceholder(context, placeholder.stage, placeholder.found) };
  const named = nameAt(context, offset);
  if (named && named.name.kind !== 'app') return { range: named.at.range, markdown: describeName(context, named.name) };
  const place = placeAt(context, offset);
  switch (place.kind) {
    case 'header-key':
      return describeHeaderKey(context, place, offset);
    case 'header-value':
      return hoverUrlVariable(context, place, offset) ?? describeHeaderValue(context, place);
    case 'section-name': {
      const keyword = place.section?.keyword;
      return keyword === undefined ? undefined : titled(explainSection(keyword, context.options.engine), place.range);
    }
    case 'section-argument':
      return named ? { range: named.at.range, markdown: describeName(context, named.name) } : hoverArgument(context, place);
    case 'word':
      return describeWord(context, place);
    case 'text':
      return describeVariable(context, offset);
    case 'placeholder':
    case 'comment':
      return undefined;
  }
}

function describeHeaderKey(context: RecipeContext, place: Extract<Place, { kind: 'header-key' }>, offset: number): Description | undefined {
  const entry = place.stage?.header.entries.find(({ keyRange }) => touches(keyRange, offset));
  const explanation = entry && explainHeader(entry.name, context.options.engine);
  return explanation && titled(explanation, entry.keyRange);
}

function describeHeaderValue(
  context: RecipeContext,
  { stage, entry, range }: Extract<Place, { kind: 'header-value' }>,
): Description | undefined {
  const templated = templatedLine(context, stage, entry.value);
  const value = templated ?? entry.value;
  const note = templated === undefined ? [] : [t('After templating: {0}', inCode(templated))];
  const explanation = entry.name === 'bootstrap' ? explainAgent(value, context.options.engine) : undefined;
  const parts = [...(explanation ? [`**${explanation.title}**`, explanation.markdown] : []), ...note];
  return parts.length === 0 ? undefined : { range, markdown: parts.join('\n\n') };
}

function describeWord(context: RecipeContext, place: Extract<Place, { kind: 'word' }>): Description | undefined {
  const { content } = place.section;
  if (content.kind === 'labels') {
    const line = content.labels.find(({ range }) => touches(range, place.range.start));
    if (line === undefined) return undefined;
    const markdown = documentLabel(context, place.stage, line.key);
    return markdown === undefined ? undefined : { range: line.keyRange, markdown: `**${escapeMarkdown(line.key)}**\n\n${markdown}` };
  }
  if (content.kind !== 'files') return undefined;
  const line = content.files.find(({ range }) => touches(range, place.range.start));
  return line && { range: line.range, markdown: describeCopy(context, place, line) };
}

function describeCopy(context: RecipeContext, { section }: Extract<Place, { kind: 'word' }>, line: FileLine): string {
  const destination = line.destination === '' ? line.source : line.destination;
  if (section.keyword === 'appfiles')
    return t(
      'Copies {0} of the host to {1} in the container.',
      inCode(line.source),
      inCode(`/scif/apps/${section.app?.name ?? ''}/${destination}`),
    );
  const from = filesSource(section, context.options.engine);
  switch (from.kind) {
    case 'nowhere':
      return t('Apptainer ignores this section because of the words behind `%files`.');
    case 'host':
      return t('Copies {0} of the host to {1} in the container.', inCode(line.source), inCode(destination));
    case 'stage':
      return t('Copies {0} of the stage {1} to {2} in this one.', inCode(line.source), inCode(from.name), inCode(destination));
  }
}

function describeName(context: RecipeContext, { kind, name, occurrences }: Name): string {
  const { stages } = context.parsed.recipe;
  if (kind === 'stage') {
    const stage = stages.find((candidate) => headerEntry(candidate, 'stage')?.value === name);
    if (stage === undefined) return t('No stage has the name {0}.', inCode(name));
    const uses = occurrences.filter(({ defines }) => !defines).length;
    const base = t(
      'Stage {0}, made from {1}.',
      inCode(name),
      inCode(headerEntry(stage, 'from')?.value ?? headerEntry(stage, 'bootstrap')?.value ?? ''),
    );
    return `${base} ${uses === 1 ? t('Files are copied from it once.') : t('Files are copied from it {0} times.', uses)}`;
  }
  if (kind === 'argument') {
    const uses = occurrences.filter(({ defines }) => !defines).length;
    const given = context.options.buildArguments.get(name);
    return [
      t('Build argument {0}, used {1} times.', inCode(name), uses),
      given === undefined ? t('Another value: {0}', inCode(`--build-arg ${name}=…`)) : t('Given: {0}', inCode(given)),
    ].join('\n\n');
  }
  const sections = stages.flatMap(({ sections: all }) =>
    all.filter(({ app, keyword }) => app?.name === name && keyword !== undefined && isAppSectionKeyword(keyword)),
  );
  return t('App {0} with {1}.', inCode(name), [...new Set(sections.map(({ keyword }) => `\`%${keyword ?? ''}\``))].join(', '));
}

function describeVariable({ source }: RecipeContext, offset: number): Description | undefined {
  const line = lineAround(source.text, offset);
  const before = /\w{0,100}$/.exec(source.text.slice(Math.max(line.start, offset - 100), offset))?.[0] ?? '';
  const after = /^\w{0,100}/.exec(source.text.slice(offset, Math.min(line.end, offset + 100)))?.[0] ?? '';
  const markdown = documentVariable(before + after);
  if (markdown === undefined) return undefined;
  return { range: { start: offset - before.length, end: offset + after.length }, markdown: `**${before}${after}**\n\n${markdown}` };
}

function titled(explanation: Explanation, range: TextRange): Description {
  return { range, markdown: `**${explanation.title}**\n\n${explanation.markdown}` };
}
