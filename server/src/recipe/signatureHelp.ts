import type { SignatureHelp } from 'vscode-languageserver-types';
import { t } from '../text/l10n';
import type { RecipeContext } from './context';
import { placeAt } from './place';
import type { Place } from './place';
import { isAppSectionKeyword } from './vocabulary';

/** What the words of this line mean: lines of `%files`, `%labels` and `%arguments`, words behind a section's name. */
export function signatureHelpRecipe(context: RecipeContext, offset: number): SignatureHelp | undefined {
  const place = placeAt(context, offset);
  const signature = signatureAt(place);
  if (signature === undefined || (place.kind !== 'word' && place.kind !== 'section-argument')) return undefined;
  const { label, documentation, parameters } = signature;
  return {
    signatures: [
      {
        label,
        documentation: { kind: 'markdown', value: documentation },
        parameters: parameters.map(([name, meaning]) => ({ label: name, documentation: { kind: 'markdown', value: meaning } })),
      },
    ],
    activeSignature: 0,
    activeParameter: Math.min(place.index, parameters.length - 1),
  };
}

export interface Signature {
  readonly label: string;
  readonly documentation: string;
  readonly parameters: readonly (readonly [name: string, meaning: string])[];
}

function signatureAt(place: Place): Signature | undefined {
  if (place.kind === 'section-argument') return argumentSignature(place);
  if (place.kind !== 'word') return undefined;
  const { content, keyword } = place.section;
  if (keyword === 'appfiles')
    return {
      label: 'source destination',
      documentation: t('A line of `%appfiles`: no patterns, no quotes, cut at the first `#`.'),
      parameters: [
        ['source', t('Path on the host.')],
        ['destination', t('Path below the folder of the app; without it, the same as the source.')],
      ],
    };
  switch (content.kind) {
    case 'files': {
      const isHost = !/^\s*from\s/.test(place.section.arguments);
      return {
        label: 'source destination',
        documentation: t('A line of `%files`: double quotes protect spaces, single quotes and backslashes do not.'),
        parameters: [
          [
            'source',
            isHost
              ? t('Path on the host, or a shell pattern; relative to the folder in which the build starts.')
              : t('Path in the other stage, or a pattern.'),
          ],
          ['destination', t('Path in the container; with a slash at the end, a folder. Without it, the same as the source.')],
        ],
      };
    }
    case 'labels':
      return {
        label: 'name value',
        documentation: t('A line of `%labels`, split at the first space.'),
        parameters: [
          ['name', t('Name of the label, without spaces.')],
          ['value', t('The rest of the line, as it is: no quotes, no comments.')],
        ],
      };
    case 'arguments':
      return {
        label: 'NAME=value',
        documentation: t('A line of `%arguments`, split at the first `=`.'),
        parameters: [
          ['NAME', t('Letters, digits and underscores, as between `{{` and `}}`.')],
          ['value', t('The default: the rest of the line, as it is.')],
        ],
      };
    default:
      return undefined;
  }
}

/** What the words behind a section's name mean; undefined where they mean nothing. */
export function argumentSignature({ section: { keyword } }: Extract<Place, { kind: 'section-argument' }>): Signature | undefined {
  if (keyword === undefined) return undefined;
  if (isAppSectionKeyword(keyword))
    return {
      label: `%${keyword} NAME`,
      documentation: t('A section of an app.'),
      parameters: [['NAME', t('Name of the app: one word behind one space.')]],
    };
  switch (keyword) {
    case 'files':
      return {
        label: '%files from STAGE',
        documentation: t('Copies from an earlier stage instead of the host.'),
        parameters: [
          ['from', t('The word `from`.')],
          ['STAGE', t('The name that a `Stage:` header gives, upper and lower case as there.')],
        ],
      };
    case 'pre':
    case 'setup':
    case 'post':
      return {
        label: `%${keyword} -c COMMAND`,
        documentation: t('Words behind the name go to `/bin/sh -ex`.'),
        parameters: [
          ['-c', t('Run the script by the command that follows.')],
          ['COMMAND', t('An interpreter such as `/bin/bash`; the path of the script is put behind it.')],
        ],
      };
    case 'runscript':
    case 'startscript':
    case 'test':
      return {
        label: `%${keyword} ARGUMENTS`,
        documentation: t('Words behind the name are put behind the `#!` line. To choose an interpreter, begin the script with `#!`.'),
        parameters: [['ARGUMENTS', t('Arguments of the interpreter.')]],
      };
    default:
      return undefined;
  }
}
