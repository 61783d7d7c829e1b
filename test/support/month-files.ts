import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MailShown } from '../../src/office/mail/mails.service.js';

/** A step of the ladder as a row of its table. */
export interface StepOfMonth {
  day: string;
  step: string;
  list: string;
  department: string | null;
  reference: string | null;
  resolvedOn: string | null;
}

export interface MonthOfCity {
  month: string;
  /** The report's page, by the language of its reader. */
  pages: Record<'ko' | 'en', string>;
  mails: Record<'ko' | 'en', MailShown[]>;
  steps: StepOfMonth[];
}

const tags = /<[^>]+>/g;
const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"' };

/** Returns the report of a page, without the frame around it. */
export const articleOf = (page: string): string => /<article[\s\S]*<\/article>/.exec(page)?.[0] ?? '';

/** Returns what a reader of the page reads, a line for each heading, paragraph and row. */
export function textOf(html: string): string {
  return html
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/<\/(?:th|td)> ?/g, ' | ')
    .replaceAll(/<(?:h1|h2|p|li|tr|table)\b/g, '\n$&')
    .replaceAll(tags, '')
    .replaceAll(/&[a-z]+;/g, (entity) => entities[entity] ?? entity)
    .split('\n')
    .map((line) =>
      line
        .replaceAll(/ +/g, ' ')
        .replace(/ \|\s*$/, '')
        .trim(),
    )
    .filter((line) => line !== '')
    .join('\n');
}

/** Where the service of the tests is; files name an address that does not change. */
const ownAddress = /http:\/\/127\.0\.0\.1:\d+/g;

/** Returns mails as one file, the oldest first, each with its head. */
export function mailsAsText(mails: MailShown[]): string {
  return mails
    .map(
      ({ at, to, subject, text }) =>
        `Date: ${at.toISOString()}\nTo: ${to}\nSubject: ${subject ?? ''}\n\n${(text ?? '').trim().replaceAll(ownAddress, 'https://alerts.hanbit.example')}\n`,
    )
    .join(`\n${'-'.repeat(72)}\n\n`);
}

export function stepsAsTable(month: string, steps: StepOfMonth[]): string {
  const line = (cells: (string | null)[]) => `| ${cells.map((cell) => cell ?? '–').join(' | ')} |`;
  return [
    `# The ladder of ${month}`,
    '',
    'Written by `npm run docs:month`. Do not edit: run it again. A step says that somebody learned of what waits: those responsible at',
    'once, the auditors when it still waits after its days, the head of audit last. Listed is what waited on any day of the month; the last',
    'column says when it waited no more.',
    '',
    line(['day', 'step', 'work list', 'department', 'contract', 'resolved']),
    line(Array<string>(6).fill('---')),
    ...steps.map(({ day, step, list, department, reference, resolvedOn }) =>
      line([day, step, list, department, reference, resolvedOn]),
    ),
    '',
  ].join('\n');
}

/** Writes docs/a-month/: the report as a page that prints and as text, the mails, and the ladder's steps. */
export function writeMonth({ month, pages, mails, steps }: MonthOfCity): void {
  const folder = join(process.cwd(), 'docs/a-month');
  mkdirSync(folder, { recursive: true });
  const write = (name: string, content: string) => writeFileSync(join(folder, name), content);
  for (const locale of ['ko', 'en'] as const) {
    const report = articleOf(pages[locale]).replaceAll(/href="\/[^"]*"/g, 'href="#"');
    const head = `<meta charset="utf-8"><title>${month}</title><link rel="stylesheet" href="../../templates/console/assets/console.css">`;
    write(
      `report.${locale}.html`,
      `<!doctype html>\n<html lang="${locale}" data-theme="light">\n<head>${head}</head>\n<body><main class="width">\n${report}\n</main></body>\n</html>\n`,
    );
    write(`report.${locale}.txt`, `${textOf(report)}\n`);
    write(`mails.${locale}.txt`, mailsAsText(mails[locale]));
  }
  write('ladder.md', stepsAsTable(month, steps));
}
