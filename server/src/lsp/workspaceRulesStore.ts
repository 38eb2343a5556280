import { fileURLToPath } from 'node:url';
import path from 'node:path';
import { noWorkspaceRules } from '../operations/workspaceRules';
import type { WorkspaceRules } from '../operations/workspaceRules';
import { readWorkspaceRules, withLabelSchemas } from '../operations/workspaceFile';

/** The workspace file that holds for a document: the nearest `.container-metalink.json` upwards, not above the workspace folder. */
export interface WorkspaceRulesStore {
  /** `labelSchemas`: files that the user's setting names, relative to the workspace folder. */
  rulesFor(uri: string, labelSchemas: readonly string[]): Promise<WorkspaceRules>;
  setFolders(uris: readonly string[]): void;
  forget(): void;
}

/** `onProblem` is told, once a reading, why a workspace file or label schema is not used. */
export function createWorkspaceRulesStore(onProblem: (problem: string) => void): WorkspaceRulesStore {
  let roots: string[] = [];
  const known = new Map<string, Promise<WorkspaceRules>>();
  return {
    rulesFor(uri, labelSchemas) {
      if (!uri.startsWith('file:')) return Promise.resolve(noWorkspaceRules);
      const folder = path.dirname(fileURLToPath(uri));
      const key = [folder, ...labelSchemas].join('\n');
      let rules = known.get(key);
      if (rules === undefined) {
        const root = roots.find((each) => folder === each || folder.startsWith(each + path.sep)) ?? folder;
        rules = readWorkspaceRules(folder, roots).then((found) => withLabelSchemas(found, labelSchemas, root));
        void rules.then(({ problem }) => problem !== undefined && onProblem(problem));
        known.set(key, rules);
      }
      return rules;
    },
    setFolders(uris) {
      roots = uris.filter((uri) => uri.startsWith('file:')).map((uri) => fileURLToPath(uri));
      known.clear();
    },
    forget: () => known.clear(),
  };
}
