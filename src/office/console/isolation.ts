import Handlebars from 'handlebars';

/** Letters that are written from right to left, and the characters that nobody sees that turn what stands around them. */
const turning =
  /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}\u200E\u200F\u202A-\u202E\u2066-\u2069]/u;
const [open, close] = ['\u2068', '\u2069'];
const isolatedParts = new RegExp(`${open}[^${close}]*${close}`, 'gu');

/** Elements in which markup is no markup, or another one. */
const withoutMarkup = ['title', 'textarea', 'option', 'script', 'style', 'svg'];

function turns(value: unknown): value is string {
  return typeof value === 'string' && turning.test(value.replace(isolatedParts, ''));
}

/** Isolates what would turn the text around it by `<bdi>`: without, a company's name could make a day read backwards. */
export function isolated(value: unknown): unknown {
  if (!turns(value)) return value;
  return new Handlebars.SafeString(`<bdi>${Handlebars.escapeExpression(value)}</bdi>`);
}

/** Isolates a value inside a sentence, which has no markup, by characters that do as `<bdi>` does (UAX #9). */
export function isolatedInSentence(value: unknown): unknown {
  return turns(value) ? `${open}${value}${close}` : value;
}

/** Isolates the values that go into a sentence, those in lists among them. */
export function isolatedParams(params: object): Record<string, unknown> {
  const isolate = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(isolate) : isolatedInSentence(value);
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, isolate(value)]));
}

/**
 * Parses a template so that every value that stands between tags goes through the helper `isolated`: whoever writes a page
 * has not to think of it. What stands in an attribute is left as it is.
 */
export function parseIsolating(source: string): hbs.AST.Program {
  const program = Handlebars.parse(source);
  isolateIn(program, { tag: null, quote: '', within: null });
  return program;
}

/** Place is where in the markup a template's reader has come. */
interface Place {
  /** The tag that is open, such as `a` or `/a`; null between tags. */
  tag: string | null;
  quote: string;
  /** The element without markup that is open. */
  within: string | null;
}

function isolateIn(program: hbs.AST.Program | undefined, place: Place): void {
  for (const statement of program?.body ?? []) {
    if (isA<hbs.AST.ContentStatement>(statement, 'ContentStatement')) passOver(statement.value, place);
    else if (isA<hbs.AST.BlockStatement>(statement, 'BlockStatement')) {
      // Either branch leaves the place as the other does.
      isolateIn(statement.inverse, { ...place });
      isolateIn(statement.program, place);
    } else if (isA<hbs.AST.PartialBlockStatement>(statement, 'PartialBlockStatement')) {
      isolateIn(statement.program, place);
    } else if (isA<hbs.AST.MustacheStatement>(statement, 'MustacheStatement')) {
      if (statement.escaped && place.tag === null && place.within === null) isolate(statement);
    }
  }
}

function isA<S extends hbs.AST.Statement>(statement: hbs.AST.Statement, type: S['type']): statement is S {
  return statement.type === type;
}

function isolate(statement: hbs.AST.MustacheStatement): void {
  const { path, params, hash, loc } = statement;
  const isCall = params.length > 0 || (hash?.pairs.length ?? 0) > 0;
  const value = isCall ? ({ type: 'SubExpression', path, params, hash, loc } as hbs.AST.SubExpression) : path;
  const helper = Handlebars.parse('{{isolated value}}').body[0] as hbs.AST.MustacheStatement;
  statement.path = helper.path;
  statement.params = [value];
  statement.hash = undefined as never;
}

function passOver(markup: string, place: Place): void {
  for (const [piece, , name] of markup.matchAll(/(<(\/?[a-z][a-z0-9]*))|["'>]/gi)) {
    if (place.tag === null) {
      if (name && (place.within === null || name === `/${place.within}`)) place.tag = name.toLowerCase();
    } else if (place.quote !== '') {
      if (piece === place.quote) place.quote = '';
    } else if (piece === '>') closeTag(place);
    else if (piece === '"' || piece === "'") place.quote = piece;
  }
}

function closeTag(place: Place): void {
  const { tag } = place;
  if (tag === `/${place.within}`) place.within = null;
  else if (tag !== null && withoutMarkup.includes(tag)) place.within = tag;
  place.tag = null;
}
