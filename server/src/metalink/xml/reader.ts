import { t } from '../../text/l10n';
import { readAttributes } from './attributes';
import { AMPERSAND, BANG, BRACKET, CR, GREATER, LESS, QUESTION, SLASH, endOfName, isNameStart, skipSpace } from './characters';
import { TagNames } from './names';
import { namespaceOf, outermostScope } from './namespaces';
import type { NamespaceScope } from './namespaces';
import { checkCharacter, checkCharacters, checkReference, createProblemList, noEntities, replacement } from './problems';
import type { DeclaredEntities, ProblemList } from './problems';
import { checkComment, checkInstruction, reportLateDeclaration } from './markupChecks';
import { checkDeclaration, readDoctype } from './prolog';
import type { XmlAttribute, XmlDocument, XmlElement, XmlLimits, XmlMarkup } from './tree';

/**
 * 64 Mi units and a million elements hold the hashes of a 16 GiB image in 16 KiB pieces; RFC 5854 nests four levels, foreign markup
 * a few more.
 */
const defaultLimits: XmlLimits = { characters: 64 << 20, elements: 1_000_000, depth: 256, problems: 200 };

/**
 * Reads any text as XML 1.0 with namespaces in one pass: a tree with the offsets of everything, and what keeps the text from being
 * well-formed. Goes on after a problem. No entity is expanded, nothing external is read, limits are held. Linear; never throws.
 */
export function readXml(text: string, limits: XmlLimits = defaultLimits): XmlDocument {
  return new Reader(text, limits).read();
}

type Open = { -readonly [K in keyof XmlElement]: XmlElement[K] };

const noChildren: readonly XmlElement[] = [];

/** Characters in text that need a look: references, CR, `]]>`, what XML does not allow, surrogates. */
const special = /[&\r\]\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]/g;

const noAttributes: readonly XmlAttribute[] = [];

class Reader {
  private readonly list: ProblemList;
  private readonly markup: XmlMarkup[] = [];
  /** Open elements, outermost first, and the namespaces in force inside each. */
  private readonly stack: Open[] = [];
  private readonly scopes: NamespaceScope[] = [];
  private top: Open | undefined;
  private scope = outermostScope;
  private readonly names: TagNames;
  private entities: DeclaredEntities = noEntities;
  private root: XmlElement | undefined;
  private roots = 0;
  private elements = 0;
  /** Open elements below the depth limit. */
  private buried = 0;
  private incomplete = false;
  /** Where the next character is that text cannot simply hold; known up to here. */
  private special = -1;

  constructor(
    private readonly text: string,
    private readonly limits: XmlLimits,
  ) {
    this.list = createProblemList(limits.problems);
    this.names = new TagNames(text, this.list);
  }

  read(): XmlDocument {
    const { text } = this;
    let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
    if (text.length > this.limits.characters) {
      this.stop(0, Math.min(text.length, 1), t('The document has more than {0} characters. It is not read.', this.limits.characters));
    }
    while (at < text.length && !this.incomplete) at = text.charCodeAt(at) === LESS ? this.readMarkup(at) : this.readText(at);
    this.finish(at);
    return { text, root: this.root, markup: this.markup, problems: this.list.problems, incomplete: this.incomplete };
  }

  /** Character data up to the next `<`. What needs a look is found by one search that moves along with the reader. */
  private readText(start: number): number {
    const { text } = this;
    const found = text.indexOf('<', start);
    const end = found < 0 ? text.length : found;
    const firstWord = skipSpace(text, start);
    if (firstWord < end) this.placeText(firstWord, end, this.top);
    let at = this.nextSpecial(start);
    while (at < end) at = this.nextSpecial(this.readSpecial(at, this.top));
    return end;
  }

  private nextSpecial(from: number): number {
    if (this.special >= from) return this.special;
    special.lastIndex = from;
    this.special = special.test(this.text) ? special.lastIndex - 1 : this.text.length;
    return this.special;
  }

  private readSpecial(at: number, element: Open | undefined): number {
    const { text } = this;
    const code = text.charCodeAt(at);
    if (code === AMPERSAND) {
      const reference = checkReference(text, at, this.entities, this.list);
      if (element !== undefined) {
        element.plain = false;
        element.unresolved ||= reference.unresolved;
      }
      return reference.end;
    }
    if (code === CR) {
      if (element !== undefined) element.plain = false;
      return at + 1;
    }
    if (code !== BRACKET) return checkCharacter(text, at, this.list);
    if (!text.startsWith(']]>', at)) return at + 1;
    this.list.add(at, at + 3, t('`]]>` is not allowed in text. Write `]]&gt;`.'), {
      fixes: [replacement(t('Write `]]&gt;`'), { start: at, end: at + 3 }, ']]&gt;', true)],
    });
    return at + 3;
  }

  private placeText(start: number, end: number, element: Open | undefined): void {
    if (element !== undefined) {
      if (element.textStart < 0) element.textStart = start;
    } else if (this.roots === 0) {
      this.list.add(start, end, t('Text is not allowed before the document element.'), {
        fixes: [replacement(t('Remove the text'), { start, end }, '')],
      });
    } else {
      this.list.add(start, end, t('Text is not allowed behind the document element.'), {
        fixes: [replacement(t('Remove the text'), { start, end }, '')],
      });
    }
  }

  private readMarkup(at: number): number {
    const { text } = this;
    const next = text.charCodeAt(at + 1);
    if (next === SLASH) return this.readEndTag(at);
    if (next === BANG) return this.readBang(at);
    if (next === QUESTION) return this.readInstruction(at);
    if (isNameStart(next) || endOfName(text, at + 1) > at + 1) return this.readStartTag(at);
    this.list.add(at, at + 1, t('A lone `<` is not allowed here. Write `&lt;`.'), {
      fixes: [replacement(t('Write `&lt;`'), { start: at, end: at + 1 }, '&lt;')],
    });
    return this.asText(at, at + 1);
  }

  /** Takes broken markup for text, so that what follows is still understood. */
  private asText(start: number, end: number): number {
    const element = this.top;
    if (element !== undefined) {
      element.plain = false;
      if (element.textStart < 0) element.textStart = start;
    }
    return end;
  }

  private readStartTag(start: number): number {
    const { text } = this;
    const nameEnd = this.names.read(start + 1);
    const outer = this.scope;
    const { attributes, scope, end } =
      text.charCodeAt(nameEnd) === GREATER
        ? { attributes: noAttributes, scope: outer, end: nameEnd }
        : readAttributes(text, nameEnd, outer, this.entities, this.list);
    const selfClosing = text.charCodeAt(end) === SLASH;
    const finished = selfClosing || text.charCodeAt(end) === GREATER;
    if (!finished)
      this.list.add(start, end, t('The start tag is not closed: `>` is missing.'), {
        fixes: [replacement(t('Insert `>`'), { start: end, end }, '>')],
      });
    const openEnd = !finished ? end : selfClosing ? end + 2 : end + 1;
    if (++this.elements > this.limits.elements) {
      this.stop(start, nameEnd, t('The document has more than {0} elements. The rest is not read.', this.limits.elements));
    } else if (this.stack.length >= this.limits.depth) this.bury(start, nameEnd, selfClosing);
    else this.place(this.build(start, nameEnd, attributes, scope, openEnd, selfClosing), scope);
    return openEnd;
  }

  private bury(start: number, nameEnd: number, selfClosing: boolean): void {
    if (this.buried === 0)
      this.list.add(start, nameEnd, t('Elements are nested more than {0} deep. What is deeper is not looked at.', this.limits.depth));
    if (this.top !== undefined) this.top.plain = false;
    if (!selfClosing) this.buried++;
  }

  private build(
    start: number,
    nameEnd: number,
    attributes: readonly XmlAttribute[],
    scope: NamespaceScope,
    openEnd: number,
    selfClosing: boolean,
  ): Open {
    const { name, prefix, local } = this.names.last;
    let namespace = prefix === '' ? scope.fallback : namespaceOf(scope, prefix);
    if (namespace === undefined) {
      this.list.add(start + 1, start + 1 + prefix.length, t('The prefix `{0}` is not declared. Add `xmlns:{0}="…"`.', prefix));
      namespace = `unbound:${prefix}`;
    }
    return {
      name, prefix, local, namespace, parent: this.top, attributes, children: noChildren,
      start, nameEnd, openEnd, closeStart: openEnd, end: openEnd, selfClosing, closed: selfClosing, plain: true, unresolved: false, textStart: -1,
    }; // prettier-ignore
  }

  private place(element: Open, scope: NamespaceScope): void {
    const parent = this.top;
    if (parent !== undefined) {
      parent.plain = false;
      if (parent.children === noChildren) parent.children = [element];
      else (parent.children as XmlElement[]).push(element);
    } else if (++this.roots === 1) this.root = element;
    else if (this.roots === 2) {
      this.list.add(element.start + 1, element.nameEnd, t('A document has one document element. `{0}` is a second one.', element.name), {
        related:
          this.root === undefined
            ? []
            : [{ range: { start: this.root.start + 1, end: this.root.nameEnd }, message: t('The document element') }],
      });
    }
    if (!element.selfClosing) {
      this.stack.push(element);
      this.scopes.push(this.scope);
      this.top = element;
      this.scope = scope;
    }
  }

  private readEndTag(start: number): number {
    const { text } = this;
    const nameStart = start + 2;
    const open = this.top;
    if (this.buried === 0 && open !== undefined && text.startsWith(open.name, nameStart)) {
      const behind = nameStart + open.name.length;
      if (text.charCodeAt(behind) === GREATER) return this.close(start, behind + 1);
    }
    const nameEnd = endOfName(text, nameStart);
    const gap = skipSpace(text, nameEnd);
    const name = text.slice(nameStart, nameEnd);
    let end = gap + 1;
    if (name === '') {
      this.list.add(start, start + 2, t('An end tag names its element.'));
      const angle = text.charCodeAt(gap) === GREATER ? gap + 1 : nameStart;
      if (this.buried > 0) this.buried--;
      return angle > nameStart ? this.asText(start, angle) : this.asText(start, nameStart);
    }
    if (text.charCodeAt(gap) !== GREATER) {
      this.list.add(start, nameEnd, t('The end tag `</{0}` is not closed: `>` is missing.', name), {
        fixes: [replacement(t('Insert `>`'), { start: nameEnd, end: nameEnd }, '>')],
      });
      end = nameEnd;
    }
    if (this.buried > 0) {
      this.buried--;
      return end;
    }
    return this.closeNamed(name, start, end);
  }

  /** Closes the nearest open element of that name and reports those inside it that were left open. */
  private closeNamed(name: string, start: number, end: number): number {
    let index = this.stack.length - 1;
    while (index >= 0 && this.stack[index]?.name !== name) index--;
    if (index < 0) {
      const open = this.top?.name;
      const message = open === undefined ? t('`</{0}>` closes nothing.', name) : t('`</{0}>` does not fit: `<{1}>` is open.', name, open);
      this.list.add(start, end, message, { fixes: [replacement(t('Remove `</{0}>`', name), { start, end }, '')] });
      return this.asText(start, end);
    }
    while (this.stack.length - 1 > index) this.leaveOpen(start, { start, end });
    return this.close(start, end);
  }

  private close(start: number, end: number): number {
    const element = this.pop();
    if (element !== undefined) {
      element.closeStart = start;
      element.end = end;
      element.closed = true;
    }
    return end;
  }

  /** Ends the innermost element at `at` without an end tag. */
  private leaveOpen(at: number, cause: { readonly start: number; readonly end: number } | undefined): void {
    const element = this.pop();
    if (element === undefined) return;
    element.closeStart = at;
    element.end = at;
    this.list.add(element.start, element.nameEnd, t('`<{0}>` is not closed.', element.name), {
      fixes: [replacement(t('Insert `</{0}>`', element.name), { start: at, end: at }, `</${element.name}>`)],
      related: cause === undefined ? [] : [{ range: cause, message: t('An outer element ends here') }],
    });
  }

  private readBang(start: number): number {
    const { text } = this;
    if (text.startsWith('<!--', start)) return this.readComment(start);
    if (text.startsWith('<![CDATA[', start)) return this.readCdata(start);
    if (text.startsWith('<!DOCTYPE', start)) return this.readDoctype(start);
    this.list.add(start, start + 2, t('`<!` starts a comment `<!-- … -->`, a `<![CDATA[ … ]]>` or a DOCTYPE. None of them is here.'));
    return this.asText(start, start + 2);
  }

  private readComment(start: number): number {
    const { text } = this;
    const dashes = text.indexOf('--', start + 4);
    const close = dashes < 0 || text.charCodeAt(dashes + 2) === GREATER ? dashes : text.indexOf('-->', dashes);
    if (close < 0) return this.unclosed('comment', start, '-->');
    checkComment(dashes, close, this.list);
    return this.addMarkup('comment', start, close + 3, 4);
  }

  private readCdata(start: number): number {
    const close = this.text.indexOf(']]>', start + 9);
    if (close < 0) return this.unclosed('cdata', start, ']]>');
    if (this.top === undefined) this.list.add(start, close + 3, t('A CDATA section is not allowed outside the document element.'));
    else if (close > start + 9 && this.top.textStart < 0 && skipSpace(this.text, start + 9) < close) this.top.textStart = start;
    return this.addMarkup('cdata', start, close + 3, 9);
  }

  private readInstruction(start: number): number {
    const { text } = this;
    const close = text.indexOf('?>', start + 2);
    if (close < 0) return this.unclosed('instruction', start, '?>');
    if (text.slice(start + 2, endOfName(text, start + 2)) === 'xml') return this.readDeclaration(start, close + 2);
    checkInstruction(text, start, close, this.list);
    return this.addMarkup('instruction', start, close + 2, 2);
  }

  private readDeclaration(start: number, end: number): number {
    const first = this.text.charCodeAt(0) === 0xfeff ? 1 : 0;
    if (start > first) reportLateDeclaration(this.text, first, start, end, this.roots === 0 && this.markup.length === 0, this.list);
    else checkDeclaration(this.text, start, end, this.list);
    return this.addMarkup('declaration', start, end, 5);
  }

  private readDoctype(start: number): number {
    const { end, entities } = readDoctype(this.text, start, this.list);
    if (this.roots > 0) this.list.add(start, start + 9, t('A DOCTYPE stands before the document element.'));
    else if (this.markup.some((markup) => markup.kind === 'doctype'))
      this.list.add(start, start + 9, t('A document has one DOCTYPE at most.'));
    this.entities = entities;
    return this.addMarkup('doctype', start, end, 9);
  }

  private addMarkup(kind: XmlMarkup['kind'], start: number, end: number, opening: number): number {
    if (this.top !== undefined) this.top.plain = false;
    checkCharacters(this.text, start + opening, end, this.list);
    this.markup.push({ kind, start, end });
    if (this.markup.length > this.limits.elements)
      this.stop(start, end, t('The document has more than {0} comments and the like. The rest is not read.', this.limits.elements));
    return end;
  }

  private unclosed(kind: XmlMarkup['kind'], start: number, close: string): number {
    const end = this.text.length;
    this.list.add(start, Math.min(start + 4, end), t('`{0}` is missing: everything to the end of the document is inside.', close), {
      fixes: [replacement(t('Insert `{0}`', close), { start: end, end }, close)],
    });
    return this.addMarkup(kind, start, end, 2);
  }

  private pop(): Open | undefined {
    const element = this.stack.pop();
    this.top = this.stack.at(-1);
    this.scope = this.scopes.pop() ?? outermostScope;
    return element;
  }

  private stop(start: number, end: number, message: string): void {
    this.list.add(start, end, message);
    this.incomplete = true;
  }

  /** Ends what is still open. Where a limit stopped the reader, that is nobody's mistake. */
  private finish(at: number): void {
    const end = Math.min(at, this.text.length);
    if (this.roots === 0 && !this.incomplete) this.list.add(0, Math.min(1, end), t('The document has no element.'));
    while (this.top !== undefined) {
      if (this.incomplete) this.close(end, end);
      else this.leaveOpen(end, undefined);
    }
  }
}
