import Handlebars from 'handlebars';
import { koreanLength } from './lengths.js';
import { findLinks } from './links.js';
import { positionAt, type TemplateProblem } from './template-problem.js';
import { readSyntax, type AllowedNames, type TemplateParts } from './template-syntax.js';
import { allowedIn, type Locale, type Purpose } from './text-variables.js';
import { advice } from './unencodable.js';

/** UTF-16 code units. Checked before anything else: Handlebars was seen to take 38 s over a template of 0.9 MB. */
export const templateLimit = 1000;

export interface TemplatePlace {
  locale: Locale;
  purpose: Purpose;
  /** Links may lead to these and below them; none by default. */
  allowedDomains?: readonly string[];
}

/**
 * Everything that keeps a template from being used, in the order of the text; empty when it may be.
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

/** The part of the check that does not depend on the place; `parts` is null when there was nothing to take apart. */
export function readTemplate(
  body: string,
  allowed: AllowedNames,
): { problems: TemplateProblem[]; parts: TemplateParts | null } {
  if (body.length > templateLimit) {
    const message = `A template has at most ${templateLimit} characters; this one has ${body.length}.`;
    return { problems: [problemAt('', 0, 'too-long', message)], parts: null };
  }
  const normal = normaliseBody(body);
  if (normal.trim() === '')
    return { problems: [problemAt('', 0, 'empty', 'The template is empty.')], parts: null };
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
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    problems.push(problemAt(body, index, 'invisible', `U+${code} is invisible; leave it out.`));
  }
  for (const { index } of body.matchAll(/\\\{\{/g)) {
    problems.push(problemAt(body, index, 'not-allowed', 'A backslash before {{ is not allowed.'));
  }
  return problems;
}

function strayBraces(body: string, parts: TemplateParts): TemplateProblem[] {
  return parts.pieces.flatMap(({ text, index, own }) => {
    const at = text.search(/\{\{|\}\}/);
    if (!own || at < 0) return [];
    return [problemAt(body, index + at, 'syntax', 'Braces without their other half.')];
  });
}

/** Handlebars names only the line of what it cannot parse: the first tag that fails alone is what is wrong. */
function unparsable(body: string, error: unknown): TemplateProblem {
  let start = body.indexOf('{{');
  while (start >= 0) {
    const end = body.indexOf('}}', start + 2);
    if (end < 0) return problemAt(body, start, 'syntax', 'This {{ is never closed by }}.');
    if (!parses(body.slice(start, end + 2))) break;
    start = body.indexOf('{{', end + 2);
  }
  const reason = error instanceof Error ? (error.message.split('\n').at(-1) ?? '') : '';
  return problemAt(body, Math.max(start, 0), 'syntax', `This cannot be read as a template. ${reason}`.trim());
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
  return findLinks(text, domains).map(({ link, index }) => {
    const message = `“${link}” is, or looks to a phone like, a link to a domain that is not listed.`;
    return problemAt(body, indexInBody(parts, index), 'link', message, [...domains]);
  });
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
      .map((found) => {
        const instead = found.instead === null || found.instead === '' ? [] : [found.instead];
        return problemAt(body, piece.index + found.index, 'unencodable', advice(found), instead);
      }),
  );
}

function missingFrom(parts: TemplateParts, purpose: Purpose): TemplateProblem[] {
  const problems: TemplateProblem[] = [];
  if (purpose === 'digest') {
    if (!parts.variables.has('digest.count') || !parts.dates.has('digest.day')) {
      const message = 'A digest must hold its count and its day, so that no two texts read alike.';
      problems.push(problemAt('', 0, 'missing-reference', message, ['digest.count', 'date digest.day']));
    }
  } else if (!parts.variables.has('contract.reference')) {
    const message = "A text must hold the contract's reference, so that no two read alike.";
    problems.push(problemAt('', 0, 'missing-reference', message, ['contract.reference']));
  }
  if (!parts.partials.has('channels') && !parts.variables.has('channel.number')) {
    const message = 'A text must say where to report.';
    problems.push(problemAt('', 0, 'missing-channel', message, ['> channels', 'channel.number']));
  }
  return problems;
}

function problemAt(
  body: string,
  index: number,
  code: TemplateProblem['code'],
  message: string,
  allowed: string[] = [],
): TemplateProblem {
  return { code, ...positionAt(body, index), message, allowed };
}
