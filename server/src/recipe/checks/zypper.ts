import { t } from '../../text/l10n';
import { headerEntry } from '../lookup';
import type { HeaderEntry, Stage } from '../syntax';
import { quoted } from './context';
import type { CheckContext } from './context';

/** What the agent `zypper` demands (A and S internal/pkg/build/sources/conveyorPacker_zypper.go). */
export function checkZypper(context: CheckContext, stage: Stage): void {
  const has = (key: string) => headerEntry(stage, key) !== undefined;
  const place = headerEntry(stage, 'bootstrap')?.range ?? stage.header.range;
  const enterprise = ['product', 'user', 'regcode'].filter(has);
  const stop = (words: string) => t('{0} stops with "{1}".', context.engine, words);
  if (enterprise.length > 0) {
    const range = headerEntry(stage, enterprise[0] ?? '')?.range ?? place;
    if (enterprise.length < 3) {
      context.report(
        'build/sle-keys',
        range,
        `${t('SUSE Linux Enterprise needs {0}, {1} and {2}.', '`Product:`', '`User:`', '`RegCode:`')} ${stop("for installation of SLE 'Product', 'User' and 'Regcode' need to be set")}`,
      );
      return;
    }
    const version = headerEntry(stage, 'osversion');
    if (version === undefined) {
      context.report(
        'build/sle-keys',
        range,
        `${t('SUSE Linux Enterprise needs {0}.', '`OSVersion:`')} ${stop('invalid zypper header, OSVersion always required for SLE')}`,
      );
      return;
    }
    if (!version.value.includes('.') && !version.value.includes('{{')) {
      context.report(
        'build/sle-keys',
        version.valueRange,
        t('{0} crashes on a version without a dot. Write {1}.', context.engine, '`15.6`'),
      );
      return;
    }
    if (!has('productpgp') && !has('mirrorurl')) {
      context.report(
        'build/sle-keys',
        range,
        `${t('SUSE Linux Enterprise needs {0} or {1}.', '`ProductPGP:`', '`MirrorURL:`')} ${stop("no 'ProductPGP' and no 'InstallURL' defined in bootstrap definition")}`,
      );
      return;
    }
    checkEnterprise(context, stage, version);
  } else if (!has('mirrorurl') && context.options.engine === 'singularity')
    context.report(
      'build/missing-key',
      place,
      `${t('The bootstrap agent {0} needs {1}.', '`zypper`', '`MirrorURL:`')} ${stop('invalid zypper header, no MirrorURL specified')}`,
    );
  checkOtherUrls(context, stage);
}

/** The version, and the product with its version and machine. */
function checkEnterprise(context: CheckContext, stage: Stage, version: HeaderEntry): void {
  const { engine, report } = context;
  const stop = (words: string) => t('{0} stops with "{1}".', engine, words);
  const value = context.fill(stage, version.value);
  const [major = '', minor = ''] = value.split('.');
  if (!value.includes('{{')) {
    if (!/^\d+$/.test(major) || !/^\d+$/.test(minor))
      report(
        'build/sle-keys',
        version.valueRange,
        `${t('The version of SUSE Linux Enterprise is two numbers, such as {0}.', '`15.6`')} ${stop('OSVersion has wrong format')}`,
      );
    else if (Number(major) > 12 && headerEntry(stage, 'mirrorurl') === undefined)
      report(
        'build/sle-keys',
        version.range,
        `${t('Above version 12, SUSE Linux Enterprise needs {0}.', '`MirrorURL:`')} ${stop("for SLE version > 12 'MirrorURL' must be defined and point to the installer")}`,
      );
  }
  const product = headerEntry(stage, 'product');
  if (product !== undefined && context.fill(stage, product.value).split('/').length > 3)
    report(
      'build/sle-keys',
      product.valueRange,
      `${t('A product has at most three parts: name, version and machine.')} ${stop('malformed Product setting')}`,
    );
}

function checkOtherUrls(context: CheckContext, stage: Stage): void {
  const entries = stage.header.entries.filter((entry) => /^otherurl[0-9]+$/.test(entry.name) && entry.fate === 'kept');
  const names = new Set(entries.map((entry) => entry.name));
  const read = new Set<string>();
  // Twenty at most: from 0, or else from 1 on, up to the first gap.
  for (let number = names.has('otherurl0') ? 0 : 1; read.size < 20 && names.has(`otherurl${number}`); number++)
    read.add(`otherurl${number}`);
  for (const entry of entries) {
    if (read.has(entry.name)) continue;
    const message =
      read.size < 20
        ? t(
            '{0} passes {1} over without a word: the numbers begin with 0 or 1, without a gap and without zeros in front.',
            context.engine,
            quoted(entry.key),
          )
        : t('{0} passes {1} over without a word: it reads 20 of these keys at most.', context.engine, quoted(entry.key));
    context.report('lint/other-url-order', entry.keyRange, message);
  }
}
