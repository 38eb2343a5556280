import { t } from '../text/l10n';

/** What decides which labels a build sets by itself. */
export interface BuildFacts {
  readonly engine: 'apptainer' | 'singularity';
  /** The recipe has a `%help` section. */
  readonly help: boolean;
  /** Keys of the header, in lower case. */
  readonly headerKeys: readonly string[];
  /** The bootstrap agent as written. */
  readonly agent: string;
}

/** A label that a build sets by itself. */
export interface AutomaticLabel {
  readonly key: string;
  /** The first release that does, where older ones leave the label to the author. */
  readonly since?: string;
}

/**
 * The labels that a build with these facts sets by itself, before it adds those of `%labels` (insertLabelsJSON and addBuildLabels in
 * internal/pkg/build/metadata.go of both engines). Both write the header under `…usage.singularity.deffile.`.
 */
export function automaticLabels(facts: BuildFacts): readonly AutomaticLabel[] {
  const engine = facts.engine;
  const keys: AutomaticLabel[] = [
    { key: 'org.label-schema.schema-version' },
    { key: 'org.label-schema.build-date' },
    { key: 'org.label-schema.build-arch' },
    { key: `org.label-schema.usage.${engine}.version` },
    ...facts.headerKeys.map((header) => ({ key: `org.label-schema.usage.singularity.deffile.${header}` })),
  ];
  if (facts.help) keys.push({ key: 'org.label-schema.usage' }, { key: `org.label-schema.usage.${engine}.runscript.help` });
  if (engine === 'apptainer') {
    for (const name of ['created', 'architecture', 'variant'])
      keys.push({ key: `org.opencontainers.image.${name}`, since: t('Apptainer {0}', '1.6') });
    if (facts.agent.startsWith('docker'))
      for (const name of ['base.name', 'base.digest'])
        keys.push({ key: `org.opencontainers.image.${name}`, since: t('Apptainer {0}', '1.5.0') });
  }
  return keys;
}
