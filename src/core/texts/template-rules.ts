import Handlebars from 'handlebars';
import { publishedCode } from '../../platform/app-error.js';
import { type Locale, type Params, type Words, wordsOf } from '../../platform/words/words.js';
import { koreanLength } from './lengths.js';
import { findLinks } from '../../platform/links.js';
import { adviceOn, codePointName, type TemplateProblemCode } from './texts.words.js';
import { allowedIn, allowedPartials, type AllowedNames, type Purpose } from './variables.service.js';

/**
 * A template has at most so many UTF-16 code units. This is checked before anything else: Handlebars was seen to take 38 s over
 * a template of 0.9 MB.
 */
export const templateLimit = 1000;

export interface TemplatePlace {
  locale: Locale;
  purpose: Purpose;
  /** Links may lead to these and below them; none by default. */
  allowedDomains?: readonly string[];
}

/** TemplateProblem is a reason to refuse a template, and where it was found. */
export interface TemplateProblem {
  code: TemplateProblemCode;
  params: Params;
  /** From 1. */
  line: number;
  /** UTF-16 code units, from 1. */
  column: number;
  /** What may be written instead, as it stands between the braces; empty when a list would not help. */
  allowed: string[];
}

/** TemplateParts is a template taken apart: its own text, and what it takes from outside. */
export interface TemplateParts {
  problems: TemplateProblem[];
  /** Text as written, with where it starts in the body; `xx` stands for whatever is filled in. */
  pieces: { text: string; index: number; own: boolean }[];
  variables: Set<string>;
  dates: Set<string>;
  partials: Set<string>;
}

/** TemplateError is thrown for a template that must not be rendered. */
export class TemplateError extends Error {
  constructor(readonly problems: readonly TemplateProblem[]) {
    super(problems.map((one) => `${one.line}:${one.column} ${describeProblem(one).message.en}`).join('\n'));
    this.name = 'TemplateError';
  }
}

/** Gives the code of a problem that programs see, and its sentence for the person who wrote the template. */
export function describeProblem({ code, params }: TemplateProblem): { code: string; message: Words } {
  return { code: publishedCode(code), message: wordsOf(`templateProblems.${code}`, params) };
}

/**
 * Finds everything that keeps a template from being used, in the order of the text; nothing when it may be.
 * Line breaks of any kind count as one character (see `normaliseBody`).
 */
export function checkTemplate(body: string, place: TemplatePlace): TemplateProblem[] {
  const { problems, parts } = readTemplate(body, allowedIn[place.purpose]);
  if (parts === null) return problems;
  const normal = normaliseBody(body);
  const all = [
    ...problems,
    ...linksIn(normal, parts, place.allowedDomains ?? []),
    ...(place.locale === 'ko' ? unencodableIn(normal, parts) : []),
    ...missingFrom(parts, place.purpose),
  ];
  return all.sort((a, b) => a.line - b.line || a.column - b.column);
}

/** Checks what does not depend on the place. `parts` is null when nothing could be taken apart. */
export function readTemplate(
  body: string,
  allowed: AllowedNames,
): { problems: TemplateProblem[]; parts: TemplateParts | null } {
  if (body.length > templateLimit) {
    const params = { limit: templateLimit, length: body.length };
    return { problems: [problemAt('', 0, 'too-long', params)], parts: null };
  }
  const normal = normaliseBody(body);
  if (normal.trim() === '') return { problems: [problemAt('', 0, 'empty')], parts: null };
  const raw = problemsOfCharacters(normal);
  try {
    const parts = readSyntax(normal, allowed);
    return { problems: [...raw, ...parts.problems, ...strayBraces(normal, parts)], parts };
  } catch (error) {
    return { problems: [...raw, unparsable(normal, error)], parts: null };
  }
}

/** Browsers post line breaks as CR LF; a text has LF. */
export function normaliseBody(body: string): string {
  return body.replace(/\r\n?/g, '\n');
}

function problemsOfCharacters(body: string): TemplateProblem[] {
  const problems: TemplateProblem[] = [];
  // Invisible characters hide links, turn words round (bidi controls), and cost a text its encoding.
  for (const { 0: character, index } of body.matchAll(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]/gu,
  )) {
    if (character === '\n') continue;
    problems.push(problemAt(body, index, 'invisible', { code: codePointName(character) }));
  }
  for (const { index } of body.matchAll(/\\\{\{/g)) {
    problems.push(problemAt(body, index, 'not-allowed.backslash'));
  }
  return problems;
}

/**
 * Reads a template against the allow-list: text, comments, listed paths, `{{date path}}` and listed
 * partials, each in its plainest spelling; all other syntax is a problem. The caller limits the length.
 * Throws what Handlebars throws when it cannot be parsed.
 */
function readSyntax(body: string, allowed: AllowedNames): TemplateParts {
  const reader = new SyntaxReader(body, allowed);
  for (const statement of Handlebars.parseWithoutProcessing(body).body) reader.readStatement(statement);
  return reader.parts;
}

type Refuse = (code: TemplateProblemCode, params?: Params, allowed?: string[]) => void;

const refusedKinds: Readonly<Record<string, TemplateProblemCode>> = {
  BlockStatement: 'not-allowed.block',
  PartialBlockStatement: 'not-allowed.partial-block',
  Decorator: 'not-allowed.decorator',
  DecoratorBlock: 'not-allowed.decorator-block',
};

class SyntaxReader {
  readonly parts: TemplateParts = {
    problems: [],
    pieces: [],
    variables: new Set(),
    dates: new Set(),
    partials: new Set(),
  };
  private readonly lineStarts: number[];
  private position = 0;

  constructor(
    private readonly body: string,
    private readonly allowed: AllowedNames,
  ) {
    this.lineStarts = [0, ...[...body.matchAll(/\n/g)].map((newline) => newline.index + 1)];
  }

  readStatement(statement: hbs.AST.Statement): void {
    if (statement.type === 'ContentStatement') {
      const text = (statement as hbs.AST.ContentStatement).value;
      this.parts.pieces.push({ text, index: this.position, own: true });
      this.position += text.length;
      return;
    }
    const start = this.indexOf(statement.loc.start);
    this.position = this.indexOf(statement.loc.end);
    const source = this.body.slice(start, this.position);
    if (statement.type !== 'CommentStatement')
      this.parts.pieces.push({ text: 'xx', index: start, own: false });
    this.readTag(statement, source, (code, params, allowed) => {
      this.parts.problems.push(problemAt(this.body, start, code, params, allowed));
    });
  }

  private readTag(statement: hbs.AST.Statement, source: string, refuse: Refuse): void {
    if (/^\{\{\{*~|~\}*\}\}$/.test(source)) {
      refuse('not-allowed.whitespace-control');
    } else if (statement.type === 'MustacheStatement') {
      this.readMustache(statement as hbs.AST.MustacheStatement, source, refuse);
    } else if (statement.type === 'PartialStatement') {
      this.readPartial(statement as hbs.AST.PartialStatement, source, refuse);
    } else if (statement.type !== 'CommentStatement') {
      refuse(refusedKinds[statement.type] ?? 'not-allowed.statement', { statement: statement.type });
    }
  }

  private readMustache(tag: hbs.AST.MustacheStatement, source: string, refuse: Refuse): void {
    if (!tag.escaped) return refuse('not-allowed.raw');
    const path = tag.path;
    const crooked = [path, ...tag.params].map(whyCrooked).find((why) => why !== null);
    if (crooked !== undefined) return refuse(crooked);
    if (hasHash(tag)) return refuse('not-allowed.named-parameter');
    const names = [path, ...tag.params].map((expression) => (expression as hbs.AST.PathExpression).original);
    if (names.length === 1) this.readVariable(names[0] ?? '', refuse);
    else this.readHelper(names, refuse);
    if (inside(source) !== names.join(' ')) refuse('not-allowed.plain-variable', { names: names.join(' ') });
  }

  private readVariable(name: string, refuse: Refuse): void {
    const { variables, dates } = this.allowed;
    if (variables.includes(name)) this.parts.variables.add(name);
    else if (dates.includes(name)) refuse('not-allowed.bare-date', { name });
    else if (name === 'date') refuse('not-allowed.date-missing', {}, this.dateForms());
    else refuse('unknown-variable', { name }, [...variables, ...this.dateForms()]);
  }

  private readHelper([helper = '', ...params]: string[], refuse: Refuse): void {
    const [date = ''] = params;
    if (this.allowed.variables.includes(helper) || this.allowed.dates.includes(helper)) {
      refuse('not-allowed.variable-parameter', { name: helper });
    } else if (helper !== 'date') {
      refuse('unknown-helper', { name: helper }, this.dateForms());
    } else if (params.length !== 1 || !this.allowed.dates.includes(date)) {
      refuse('not-allowed.date-parameter', {}, this.dateForms());
    } else {
      this.parts.dates.add(date);
    }
  }

  private readPartial(tag: hbs.AST.PartialStatement, source: string, refuse: Refuse): void {
    const crooked = whyCrooked(tag.name);
    if (crooked !== null) return refuse(crooked);
    const name = (tag.name as hbs.AST.PathExpression).original;
    const forms = allowedPartials.map((partial) => `> ${partial}`);
    if (tag.params.length > 0 || hasHash(tag)) {
      refuse('not-allowed.partial-parameter', {}, forms);
    } else if (!allowedPartials.includes(name)) {
      refuse('unknown-partial', { name }, forms);
    } else if (inside(source).replace('> ', '>') !== `>${name}`) {
      refuse('not-allowed.plain-partial', { name });
    } else {
      this.parts.partials.add(name);
    }
  }

  private dateForms(): string[] {
    return this.allowed.dates.map((date) => `date ${date}`);
  }

  private indexOf({ line, column }: hbs.AST.Position): number {
    return (this.lineStarts[line - 1] ?? 0) + column;
  }
}

/** Tells why an expression is something else than a plain path; null when it is one. */
function whyCrooked(expression: hbs.AST.Expression): TemplateProblemCode | null {
  if (expression.type === 'SubExpression') return 'not-allowed.sub-expression';
  if (expression.type !== 'PathExpression') return 'not-allowed.literal';
  const { data, depth, original } = expression as hbs.AST.PathExpression;
  if (data) return 'not-allowed.data';
  if (depth > 0) return 'not-allowed.parent';
  return /^(this\b|\.)/.test(original) ? 'not-allowed.this' : null;
}

function hasHash(tag: { hash?: hbs.AST.Hash }): boolean {
  return (tag.hash?.pairs.length ?? 0) > 0;
}

function inside(source: string): string {
  return source.slice(2, -2).trim().replace(/\s+/g, ' ');
}

function strayBraces(body: string, parts: TemplateParts): TemplateProblem[] {
  return parts.pieces.flatMap(({ text, index, own }) => {
    const at = text.search(/\{\{|\}\}/);
    return own && at >= 0 ? [problemAt(body, index + at, 'syntax.stray')] : [];
  });
}

/** Handlebars names only the line of what it cannot parse: the first tag that fails alone is what is wrong. */
function unparsable(body: string, error: unknown): TemplateProblem {
  let start = body.indexOf('{{');
  while (start >= 0) {
    const end = body.indexOf('}}', start + 2);
    if (end < 0) return problemAt(body, start, 'syntax.unclosed');
    if (!parses(body.slice(start, end + 2))) break;
    start = body.indexOf('{{', end + 2);
  }
  const reason = error instanceof Error ? (error.message.split('\n').at(-1) ?? '') : '';
  return problemAt(body, Math.max(start, 0), 'syntax.unreadable', { reason });
}

function parses(tag: string): boolean {
  try {
    Handlebars.parseWithoutProcessing(tag);
    return true;
  } catch {
    return false;
  }
}

function linksIn(body: string, parts: TemplateParts, domains: readonly string[]): TemplateProblem[] {
  // Looked for in the text as it will read: a link may be put together around a variable or a comment.
  const text = parts.pieces.map((piece) => piece.text).join('');
  return findLinks(text, domains).map(({ link, index }) =>
    problemAt(body, indexInBody(parts, index), 'link', { link }, [...domains]),
  );
}

function indexInBody(parts: TemplateParts, index: number): number {
  let rest = index;
  for (const piece of parts.pieces) {
    if (rest < piece.text.length) return piece.index + (piece.own ? rest : 0);
    rest -= piece.text.length;
  }
  return 0;
}

function unencodableIn(body: string, parts: TemplateParts): TemplateProblem[] {
  return parts.pieces.flatMap((piece) =>
    koreanLength(piece.text)
      // Reported for every locale already.
      .unencodable.filter(({ reason }) => reason !== 'invisible')
      .map((found) =>
        problemAt(
          body,
          piece.index + found.index,
          'unencodable',
          { advice: adviceOn(found) },
          found.instead ? [found.instead] : [],
        ),
      ),
  );
}

function missingFrom(parts: TemplateParts, purpose: Purpose): TemplateProblem[] {
  const missing = (code: TemplateProblemCode, allowed: string[]) => problemAt('', 0, code, {}, allowed);
  const problems: TemplateProblem[] = [];
  if (purpose === 'digest') {
    if (!parts.variables.has('digest.count') || !parts.dates.has('digest.day')) {
      problems.push(missing('missing-reference.digest', ['digest.count', 'date digest.day']));
    }
  } else if (!parts.variables.has('contract.reference')) {
    problems.push(missing('missing-reference', ['contract.reference']));
  }
  if (!parts.partials.has('channels') && !parts.variables.has('channel.number')) {
    problems.push(missing('missing-channel', ['> channels', 'channel.number']));
  }
  return problems;
}

function problemAt(
  body: string,
  index: number,
  code: TemplateProblemCode,
  params: Params = {},
  allowed: string[] = [],
): TemplateProblem {
  const before = body.slice(0, index);
  return {
    code,
    params,
    line: before.split('\n').length,
    column: index - before.lastIndexOf('\n'),
    allowed,
  };
}
