import Handlebars from 'handlebars';
import { allowedPartials } from './text-variables.js';
import { positionAt, type TemplateProblem } from './template-problem.js';

/** What a place in the texts may use; see `allowedIn`. */
export interface AllowedNames {
  variables: readonly string[];
  dates: readonly string[];
}

/** A template taken apart: what it says itself, and what it takes from outside. */
export interface TemplateParts {
  problems: TemplateProblem[];
  /** Text as written, with where it starts in the body; `xx` stands for whatever is filled in. */
  pieces: { text: string; index: number; own: boolean }[];
  variables: Set<string>;
  dates: Set<string>;
  partials: Set<string>;
}

const refusedKinds: Readonly<Record<string, string>> = {
  BlockStatement: 'Blocks ({{#…}}, {{^…}}) are not allowed: a text says one thing to everybody.',
  PartialBlockStatement: 'Partial blocks ({{#> …}}) are not allowed.',
  Decorator: 'Decorators ({{* …}}) are not allowed.',
  DecoratorBlock: 'Inline partials and decorator blocks ({{#* …}}) are not allowed.',
};

/**
 * Reads a template against the allow-list: text, comments, listed paths, `{{date path}}` and listed
 * partials, each in its plainest spelling; all other syntax is a problem. The caller limits the length.
 * Throws what Handlebars throws when it cannot be parsed.
 */
export function readSyntax(body: string, allowed: AllowedNames): TemplateParts {
  const reader = new SyntaxReader(body, allowed);
  for (const statement of Handlebars.parseWithoutProcessing(body).body) reader.read(statement);
  return reader.parts;
}

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

  read(statement: hbs.AST.Statement): void {
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
    this.readTag(statement, source, (code, message, names) => {
      this.parts.problems.push({ code, ...positionAt(this.body, start), message, allowed: names ?? [] });
    });
  }

  private readTag(statement: hbs.AST.Statement, source: string, refuse: Refuse): void {
    if (/^\{\{\{*~|~\}*\}\}$/.test(source)) {
      refuse('not-allowed', 'Whitespace control (~) is not allowed.');
    } else if (statement.type === 'MustacheStatement') {
      this.readMustache(statement as hbs.AST.MustacheStatement, source, refuse);
    } else if (statement.type === 'PartialStatement') {
      this.readPartial(statement as hbs.AST.PartialStatement, source, refuse);
    } else if (statement.type !== 'CommentStatement') {
      refuse('not-allowed', refusedKinds[statement.type] ?? `${statement.type} is not allowed.`);
    }
  }

  private readMustache(tag: hbs.AST.MustacheStatement, source: string, refuse: Refuse): void {
    if (!tag.escaped) return refuse('not-allowed', 'Only {{…}} is allowed, neither {{{…}}} nor {{&…}}.');
    const path = tag.path;
    const crooked = [path, ...tag.params].map(whyCrooked).find((why) => why !== null);
    if (crooked !== undefined) return refuse('not-allowed', crooked);
    if (hasHash(tag)) return refuse('not-allowed', 'Named parameters (name=value) are not allowed.');
    const names = [path, ...tag.params].map((expression) => (expression as hbs.AST.PathExpression).original);
    if (names.length === 1) this.readVariable(names[0] ?? '', refuse);
    else this.readHelper(names, refuse);
    if (inside(source) !== names.join(' ')) {
      refuse('not-allowed', `Write it plainly: {{${names.join(' ')}}}.`, []);
    }
  }

  private readVariable(name: string, refuse: Refuse): void {
    const { variables, dates } = this.allowed;
    if (variables.includes(name)) this.parts.variables.add(name);
    else if (dates.includes(name)) refuse('not-allowed', `A date is written {{date ${name}}}.`);
    else if (name === 'date') refuse('not-allowed', 'date needs one date.', this.dateForms());
    else refuse('unknown-variable', `“${name}” is no variable here.`, [...variables, ...this.dateForms()]);
  }

  private readHelper([helper = '', ...params]: string[], refuse: Refuse): void {
    const [date = ''] = params;
    if (this.allowed.variables.includes(helper) || this.allowed.dates.includes(helper)) {
      refuse('not-allowed', `“${helper}” is a variable and takes no parameter.`);
    } else if (helper !== 'date') {
      refuse('unknown-helper', `“${helper}” is no helper.`, this.dateForms());
    } else if (params.length !== 1 || !this.allowed.dates.includes(date)) {
      refuse('not-allowed', 'date takes exactly one of the dates that there are here.', this.dateForms());
    } else {
      this.parts.dates.add(date);
    }
  }

  private readPartial(tag: hbs.AST.PartialStatement, source: string, refuse: Refuse): void {
    const crooked = whyCrooked(tag.name);
    if (crooked !== null) return refuse('not-allowed', crooked);
    const name = (tag.name as hbs.AST.PathExpression).original;
    const forms = allowedPartials.map((partial) => `> ${partial}`);
    if (tag.params.length > 0 || hasHash(tag)) {
      refuse('not-allowed', 'A partial takes no parameter.', forms);
    } else if (!allowedPartials.includes(name)) {
      refuse('unknown-partial', `“${name}” is no partial.`, forms);
    } else if (inside(source).replace('> ', '>') !== `>${name}`) {
      refuse('not-allowed', `Write it plainly: {{> ${name}}}.`);
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

type Refuse = (code: TemplateProblem['code'], message: string, allowed?: string[]) => void;

/** Why an expression is something else than a plain path, in words; null when it is one. */
function whyCrooked(expression: hbs.AST.Expression): string | null {
  if (expression.type === 'SubExpression') return 'Sub-expressions ((…)) are not allowed.';
  if (expression.type !== 'PathExpression') return 'A literal is not allowed here.';
  const { data, depth, original } = expression as hbs.AST.PathExpression;
  if (data) return '@ variables are not allowed.';
  if (depth > 0) return '../ is not allowed.';
  return /^(this\b|\.)/.test(original) ? 'this and ./ are not allowed: name the variable.' : null;
}

function hasHash(tag: { hash?: hbs.AST.Hash }): boolean {
  return (tag.hash?.pairs.length ?? 0) > 0;
}

function inside(source: string): string {
  return source.slice(2, -2).trim().replace(/\s+/g, ' ');
}
