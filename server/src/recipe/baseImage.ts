import { headerEntry } from './lookup';
import type { Stage } from './syntax';

// What is known about the base of a stage from its header alone.

/**
 * The name of an official image of Docker Hub (`debian`, `python`), without its tag; undefined for any other base. Official images are
 * published without lists of packages.
 */
export function officialImage(stage: Stage): string | undefined {
  const value = (key: string): string => headerEntry(stage, key)?.value ?? '';
  if (value('bootstrap') !== 'docker' || value('registry') !== '' || value('namespace') !== '') return undefined;
  return /^(?:(?:docker\.io\/)?library\/)?([^/{:@]+)(?:[:@][^/{]*)?$/.exec(value('from'))?.[1];
}

/**
 * The name of an official image that has no `sudo`: Fedora's has it, and Ubuntu's had it up to some time after 16.04 came out. An image
 * by its digest alone may be of any age.
 */
export function officialImageWithoutSudo(stage: Stage): string | undefined {
  const name = officialImage(stage);
  if (name === undefined || name === 'fedora') return undefined;
  const from = headerEntry(stage, 'from')?.value ?? '';
  const tag = /^[^@]*:([^@/]+)/.exec(from)?.[1];
  const isOld = tag === undefined ? from.includes('@') : oldUbuntu.test(tag);
  return isOld ? undefined : name;
}

const oldUbuntu = /\b(?:1[0-6]\.(?:04|10)|lucid|precise|quantal|raring|saucy|trusty|utopic|vivid|wily|xenial)\b/;

/** Official images made from Debian or Ubuntu, unless their tag names another distribution. */
const debianImages: ReadonlySet<string> = new Set([
  'debian',
  'ubuntu',
  'buildpack-deps',
  'gcc',
  'golang',
  'julia',
  'node',
  'openjdk',
  'perl',
  'python',
  'r-base',
  'ruby',
  'rust',
]);

/** Images of others that are made from Debian or Ubuntu, tags aside. */
const debianNames = /^(?:docker\.io\/)?(?:rocker\/[\w-]+|continuumio\/(?:mini|ana)conda3?|condaforge\/[\w-]+)(?:[:@]|$)/;

/** Whether `/bin/sh` of the base is dash: the base is Debian or Ubuntu, or an image known to be made from them. */
export function isDebian(stage: Stage): boolean {
  if (headerEntry(stage, 'bootstrap')?.value === 'debootstrap') return true;
  const from = headerEntry(stage, 'from')?.value ?? '';
  if (/alpine|centos|rocky|alma|ubi\d|oracle|windows|amazon|fedora/i.test(from)) return false;
  const official = officialImage(stage);
  if (official !== undefined) return debianImages.has(official);
  if (headerEntry(stage, 'bootstrap')?.value !== 'docker') return false;
  return debianNames.test(from) || /(?:^|[/:-])(?:ubuntu|debian)-?(?:[\d.]+|jammy|noble|focal|bookworm|bullseye)?$/.test(from);
}
