import fs from 'node:fs/promises';
import path from 'node:path';
import type { LabelSchema } from '../labels/label';
import { compileLabelSchema } from '../labels/userSchema';
import { t } from '../text/l10n';
import { noWorkspaceRules } from './workspaceRules';
import type { WorkspaceRules } from './workspaceRules';

export const workspaceFileName = '.container-metalink.json';
const sizeLimit = 1_000_000;

/**
 * Reads the nearest workspace file at or above `folder`; above a folder of `roots` it is not looked for (without roots: up to the
 * folder that holds `.git`, or the top). Never rejects: a broken file is no rules and a `problem`.
 */
export async function readWorkspaceRules(folder: string, roots: readonly string[]): Promise<WorkspaceRules> {
  for (let current = folder; ;) {
    const file = path.join(current, workspaceFileName);
    const text = await readSmall(file);
    if (text !== undefined) return parseWorkspaceRules(text, file);
    const parent = path.dirname(current);
    if (parent === current || roots.includes(current) || (roots.length === 0 && (await exists(path.join(current, '.git')))))
      return noWorkspaceRules;
    current = parent;
  }
}

async function parseWorkspaceRules(text: string, file: string): Promise<WorkspaceRules> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return {
      ...noWorkspaceRules,
      problem: t('{0} is no JSON and is not used: {1}', file, error instanceof Error ? error.message : String(error)),
    };
  }
  if (!isRecord(value)) return { ...noWorkspaceRules, problem: t('{0} must hold one object and is not used.', file) };
  const labels = isRecord(value.labels) ? value.labels : {};
  const { schemas, problem } = await readLabelSchemas(strings(labels.schemas), path.dirname(file));
  return {
    rules: isRecord(value.rules)
      ? Object.fromEntries(Object.entries(value.rules).filter((e): e is [string, string] => typeof e[1] === 'string'))
      : {},
    ignore: strings(value.ignore),
    requiredLabels: strings(labels.required),
    labelSchemas: schemas,
    ...(problem !== undefined && { problem }),
  };
}

/** Label schemas named by a setting or the workspace file, relative to `folder`; what cannot be used is named in `problem`. Never rejects. */
async function readLabelSchemas(files: readonly string[], folder: string): Promise<{ schemas: LabelSchema[]; problem?: string }> {
  const schemas: LabelSchema[] = [];
  let problem: string | undefined;
  for (const name of files) {
    const file = path.resolve(folder, name);
    try {
      const compiled = await compileLabelSchema(JSON.parse(await fs.readFile(file, 'utf8')), path.basename(file));
      if (compiled.schema) schemas.push(compiled.schema);
      else problem = compiled.problem;
    } catch (error) {
      problem = t('The label schema {0} cannot be read: {1}', file, error instanceof Error ? error.message : String(error));
    }
  }
  return { schemas, ...(problem !== undefined && { problem }) };
}

/** The rules with the label schemas that a setting names, relative to `folder`, added. Never rejects. */
export async function withLabelSchemas(rules: WorkspaceRules, files: readonly string[], folder: string): Promise<WorkspaceRules> {
  if (files.length === 0) return rules;
  const { schemas, problem } = await readLabelSchemas(files, folder);
  return { ...rules, labelSchemas: [...rules.labelSchemas, ...schemas], ...(problem !== undefined && { problem }) };
}

async function readSmall(file: string): Promise<string | undefined> {
  try {
    const { size } = await fs.stat(file);
    return size <= sizeLimit ? await fs.readFile(file, 'utf8') : undefined;
  } catch {
    return undefined; // not there, or not readable: then there are no rules
  }
}

async function exists(file: string): Promise<boolean> {
  return fs.access(file).then(
    () => true,
    () => false,
  );
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((v): v is string => typeof v === 'string') : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
