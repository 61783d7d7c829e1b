import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { publishedCode } from '../src/platform/app-error.js';
import { allSections, type Both } from '../src/platform/words/words.js';

/** `DOCS=codes`, as `npm run docs:codes` sets it, writes the page instead of comparing it. */
const writesPage = process.env['DOCS'] === 'codes';
const pagePath = join(process.cwd(), 'docs/codes.md');

/** The sections whose keys programs see. */
const published: Record<string, string> = {
  problems: 'Errors: the `code` of an answer, or of one of its `fields`',
  issues: 'What a field has to be: its `code` in `fields`',
  findings: 'Findings about a file, a row or a number, with what to do',
  templateProblems: 'Why a template is refused: the `code` of a field',
  contractStates: 'States of a contract',
  alertStatuses: 'Statuses of an alert',
  alertReasons: 'Why an alert stands where it does: `reason`',
  messageStatuses: 'Statuses of a message',
  attemptStatuses: 'Statuses of an attempt',
  reasons: 'Why a message or an attempt stands where it does: `reason`, unless it is the provider’s own',
  stops: 'Why the service itself paused sending: `reason` of its brakes',
  logFindings: 'What does not fit when the log is verified (`npm run verify`)',
  redrawFindings: 'Why a sample of calls cannot be drawn again as it was published (`npm run redraw`)',
  witnessProblems: 'Why a witness has not signed the log',
  importStatuses: 'Statuses of an import',
  importResults: 'What an import does to a contract: `result`',
  workLists: 'Work lists: name, what to do, and what a row says',
};
/** Words that stand inside the sentences of others, or beside them. */
const unpublished = [
  'factColumns',
  'factTables',
  'advice',
  'callScript',
  'contractDays',
  'contractMoves',
  'importFormats',
  'importSteps',
  'importTexts',
  'kindsInTexts',
  'milestones',
  'things',
  'unencodable',
  'mails',
  'notice',
];

interface Code {
  feature: string;
  section: string;
  key: string;
  words: Both;
}

/** The files that define words, but for those of pages, the platform's first: the others import no words but theirs. */
function filesOfWords(): string[] {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.words.ts') && !file.startsWith('office/console/'))
    .sort();
  const isPlatform = (file: string) => file.startsWith('platform/');
  return [
    'platform/findings.ts',
    'platform/paging.ts',
    ...files.filter(isPlatform),
    ...files.filter((file) => !isPlatform(file)),
  ];
}

/** Every key of the catalogue, with the folder that defines it. */
async function catalogue(): Promise<Code[]> {
  const known = new Set<string>();
  const codes: Code[] = [];
  for (const file of filesOfWords()) {
    await import(`../src/${file}`);
    for (const [section, all] of allSections()) {
      for (const [key, words] of Object.entries(all)) {
        if (known.has(`${section}.${key}`)) continue;
        known.add(`${section}.${key}`);
        codes.push({ feature: dirname(file), section, key, words });
      }
    }
  }
  return codes;
}

/** Keys of sentences into which others are put; nobody is answered them. */
const frames = ['problems.finding', 'templateProblems.at'];

/** A sentence of a page alone is no code, either. */
const isPublished = ({ section, key }: Code) =>
  section in published && !key.endsWith('.page') && !frames.includes(`${section}.${key}`);

function pageOf(codes: Code[]): string {
  const features = [...new Set(codes.map(({ feature }) => feature))].sort();
  return [
    '# Codes',
    '',
    'Written by `npm run docs:codes` from the catalogue of words (`src/platform/words`). Do not edit: run it again.',
    '',
    'A code is stable: programs decide by it. Its sentences may be reworded, and a parameter stands in braces. Where one code has several',
    'sentences, it stands in several rows.',
    '',
    ...features.flatMap((feature) => [
      `## ${feature}`,
      '',
      ...Object.entries(published).flatMap(([section, title]) =>
        tableOf(
          title,
          codes.filter((code) => code.feature === feature && code.section === section),
        ),
      ),
    ]),
  ].join('\n');
}

function tableOf(title: string, codes: Code[]): string[] {
  if (codes.length === 0) return [];
  return [
    `**${title}**`,
    '',
    '| code | parameters | 한국어 | English |',
    '|---|---|---|---|',
    ...codes.map((code) => {
      const [ko, en] = sentencesOf(code);
      const parameters = new Set([...en.matchAll(/\{(\w+)\}/g)].map((match) => match[1]));
      return `| \`${publishedCode(code.key)}\` | ${[...parameters].join(', ')} | ${cell(ko)} | ${cell(en)} |`;
    }),
    '',
  ];
}

/** What is wrong, and behind it, for a finding, what to do. */
function sentencesOf({ section, key, words }: Code): Both {
  const advice = section === 'findings' ? allSections().get('advice')?.[key] : undefined;
  return advice ? [`${words[0]} ${advice[0]}`.trim(), `${words[1]} ${advice[1]}`.trim()] : words;
}

const cell = (text: string) => text.replace(/[|<*]/g, '\\$&');

describe('the codes', () => {
  let codes: Code[];

  // Once: a file defines its words when it is first imported.
  beforeAll(async () => {
    codes = await catalogue();
  });

  it('are published, or words inside others', () => {
    const sections = new Set(codes.map(({ section }) => section));
    const listed = [...Object.keys(published), ...unpublished];
    expect([...sections].filter((section) => !listed.includes(section))).toEqual([]);
    expect(listed.filter((section) => !sections.has(section))).toEqual([]);
  });

  it('stand in docs/codes.md (npm run docs:codes writes it)', () => {
    const page = pageOf(codes.filter(isPublished));
    if (writesPage) writeFileSync(pagePath, page);
    expect(readFileSync(pagePath, 'utf8')).toBe(page);
  });
});
