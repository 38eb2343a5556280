import { t } from '../text/l10n';

/** What RFC 5854 asks of an element, in our words; undefined for elements that it does not define. */
export function elementDocumentation(name: string): string | undefined {
  switch (name) {
    case 'metalink':
      return t('The document: one `file` for each file that can be downloaded, and facts about the document itself.');
    case 'file':
      return t(
        'One file: where it can be fetched (`url`, `metaurl`), how it is checked (`size`, `hash`, `pieces`, `signature`), and what it is. `name` is the relative path that it gets.',
      );
    case 'pieces':
      return t(
        'Hashes of equal parts of the file, in order, so that a damaged part is found and fetched again alone. The last part may be shorter.',
      );
    case 'copyright':
      return t('Copyright of the file, for people. At most one.');
    case 'description':
      return t('What the file is, for people. At most one.');
    case 'generator':
      return t('The program that wrote the document: `name/version`, without spaces.');
    case 'hash':
      return t(
        'Digest of the whole file in lower-case hexadecimal, `type` says of which kind; at least `sha-256` should be there. Inside `pieces`: digest of one part, without `type`.',
      );
    case 'identity':
      return t('The name of what is inside, the same for all its versions: `tool` for `tool-1.4.sif`.');
    case 'language':
      return t('Language of the content, a tag of RFC 5646 (`en`, `pt-BR`). One element a language.');
    case 'logo':
      return t('Address of a picture that stands for the file, about as wide as high.');
    case 'metaurl':
      return t(
        'Address of a document that leads to the file, such as a torrent; `mediatype` says what it is. The hashes describe the file, not this document.',
      );
    case 'origin':
      return t('Where this document was published, an absolute address. With `dynamic="true"` a newer one may be there.');
    case 'os':
      return t('Operating system that the content is for, by its IANA name (`LINUX`). Containers of Apptainer run on `LINUX`.');
    case 'published':
      return t('When the document was first published: date and time of RFC 3339, with a zone.');
    case 'publisher':
      return t('Who published the file: `name`, and an address in `url`. The element itself is empty.');
    case 'signature':
      return t('A signature of the file, mostly an armored OpenPGP one (`application/pgp-signature`).');
    case 'size':
      return t('Length of the file in bytes. A download of another length is discarded.');
    case 'updated':
      return t('When the document was last changed: date and time of RFC 3339, with a zone.');
    case 'url':
      return t(
        'Address of the file. All addresses lead to the same bytes; `priority` 1 is tried first, `location` is the country of the server.',
      );
    case 'version':
      return t('Version of what is inside: `1.4`.');
    default:
      return undefined;
  }
}

/** What RFC 5854 asks of an attribute. */
export function attributeDocumentation(element: string, name: string): string | undefined {
  switch (`${element}@${name}`) {
    case 'file@name':
      return t('Path and name that the file gets, relative, with `/`. Names that lead out of the folder are refused.');
    case 'metaurl@name':
      return t('Which file of the torrent or archive is meant, as a relative path.');
    case 'pieces@length':
      return t('Bytes of each part; only the last one may be shorter. Powers of two from 256 KiB to 4 MiB are usual.');
    case 'pieces@type':
      return t('Hash function of all parts: `sha-256`.');
    case 'hash@type':
      return t(
        'Hash function by its IANA name: `sha-256`, `sha-512`… `md5` and `sha-1` do not protect against somebody who wants to deceive.',
      );
    case 'metaurl@mediatype':
      return t('`torrent`, or the media type of the document: `application/metalink4+xml`.');
    case 'metaurl@priority':
    case 'url@priority':
      return t('From 1, tried first, to 999999. Without it: last. Equal values are equally good.');
    case 'url@location':
      return t('Country of the server, two letters of ISO 3166-1: `de`.');
    case 'origin@dynamic':
      return t('`true` when the address gives a newer document from time to time.');
    case 'publisher@name':
      return t('Name of the publisher.');
    case 'publisher@url':
      return t('Address of the publisher.');
    case 'signature@mediatype':
      return t('Kind of the signature: `application/pgp-signature`.');
    default:
      return name === 'xml:lang' ? t('Language of the text, a tag of RFC 5646.') : undefined;
  }
}

/** Address of a section of RFC 5854. */
export function sectionLink(section: string): string {
  return `https://www.rfc-editor.org/rfc/rfc5854#section-${section}`;
}
