import { AppError, defineProblems, type FieldProblem, publishedCode } from './app-error.js';
import {
  type Both,
  defineWords,
  type ParamsOf,
  type Phrase,
  translate,
  type Wanted,
  type Word,
  type Words,
  wordsOf,
} from './words/words.js';

/** A Finding is what is wrong with a piece of somebody's data: its published code, and its words in the catalogue. */
export interface Finding {
  code: string;
  phrase: Phrase;
}

/** What is wrong, and what to do about it, each in both languages. */
type FindingWords = readonly [ko: string, en: string, koAdvice: string, enAdvice: string];

type Arguments<W extends FindingWords> = [Wanted<W[1] | W[3]>] extends [never]
  ? []
  : [params: ParamsOf<W[1] | W[3]>];

/**
 * Defines findings by code with their words, which join the catalogue's sections `findings` and `advice`, and returns
 * the function that makes them; the compiler asks it for the parameters that the words have places for. Where one
 * published code has several sentences, each has a key of its own behind a dot: `kind-unknown.ocds`.
 */
export function defineFindings<const F extends Readonly<Record<string, FindingWords>>>(findings: F) {
  const both = (of: (words: FindingWords) => Both) =>
    Object.fromEntries(Object.entries(findings).map(([code, words]): [string, Both] => [code, of(words)]));
  defineWords(
    'findings',
    both(([ko, en]) => [ko, en]),
  );
  defineWords(
    'advice',
    both(([, , ko, en]) => [ko, en]),
  );
  return <C extends keyof F & string>(code: C, ...[params]: Arguments<F[C]>): Finding => ({
    code: publishedCode(code),
    phrase: { code, params: params ?? {} },
  });
}

/** Writes what is wrong and what to do, in both languages. */
export function findingWords({ code, params }: Phrase): { message: Words; advice: Words } {
  return { message: wordsOf(`findings.${code}`, params), advice: wordsOf(`advice.${code}`, params) };
}

/** Makes the error (invalid) of a finding that keeps the data from being used at all. */
export function findingError(finding: Finding, cause?: unknown): AppError {
  const phrase = phraseOf(finding);
  return new AppError('invalid', finding.code, englishOf(phrase), [], { phrase, cause });
}

/** Makes the mark of a field of a request, under the finding's own code. */
export function findingField(path: string, finding: Finding): FieldProblem {
  const phrase = phraseOf(finding);
  return { path, code: finding.code, message: englishOf(phrase), phrase };
}

/** Returns what is wrong and what to do as one parameter of another sentence. */
export function findingSentence(finding: Finding): Word {
  const { code, params } = phraseOf(finding);
  return { word: `problems.${code}`, params };
}

// What is wrong and what to do, one behind the other: the sentence of a refusal.
defineProblems({ finding: ['invalid', '{message} {advice}', '{message} {advice}'] });

function phraseOf({ phrase: { code, params } }: Finding): Phrase {
  const places = {
    message: { word: `findings.${code}`, params },
    advice: { word: `advice.${code}`, params },
  };
  return { code: 'finding', params: places };
}

function englishOf({ code, params }: Phrase): string {
  return translate('en', `problems.${code}`, params);
}
