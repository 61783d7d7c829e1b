/** Why a template is refused, and where; shown to the person who wrote it. */
export interface TemplateProblem {
  code:
    | 'empty'
    | 'too-long'
    | 'syntax'
    | 'not-allowed'
    | 'unknown-variable'
    | 'unknown-helper'
    | 'unknown-partial'
    | 'missing-reference'
    | 'missing-channel'
    | 'link'
    | 'invisible'
    | 'unencodable';
  /** From 1. */
  line: number;
  /** UTF-16 code units, from 1. */
  column: number;
  message: string;
  /** What may be written instead, as it stands between the braces; empty when a list would not help. */
  allowed: string[];
}

/** A template that must not be rendered. */
export class TemplateError extends Error {
  constructor(readonly problems: readonly TemplateProblem[]) {
    super(problems.map(({ line, column, message }) => `${line}:${column} ${message}`).join('\n'));
    this.name = 'TemplateError';
  }
}

/** Line and column, both from 1, of an index into the body. */
export function positionAt(body: string, index: number): { line: number; column: number } {
  const before = body.slice(0, index);
  const lastNewline = before.lastIndexOf('\n');
  return { line: before.split('\n').length, column: index - lastNewline };
}
