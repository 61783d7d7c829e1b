import { readFileSync, writeFileSync } from 'node:fs';
import { defaultPlans } from '../src/core/planning/plans.default.js';
import { numberChanged } from '../src/core/settings/plan.schema.js';
import { numberChangedName } from '../src/core/settings/settings.words.js';
import { domesticPrefixBytes, koreanLength, smsLength } from '../src/core/texts/lengths.js';
import { compileTemplate } from '../src/core/texts/rendering.js';
import { chooseTemplate, loadTemplates, templateKey } from '../src/core/texts/template-placement.js';
import { variables, widest } from './support/default-texts.js';

/** The Korean bodies before they were made to fit one SMS (of revision a0c77f7). The English ones have not changed since. */
const bodiesBefore = new Map(
  Object.entries(
    JSON.parse(readFileSync('test/fixtures/default-texts-before.json', 'utf8')) as Record<string, string>,
  ),
);
/** How texts wrote one reporting channel at that time, and two. */
const channelsBefore = { one: '☎1398', two: '☎1398·110' };

const languages = ['ko', 'en'] as const;
type Language = (typeof languages)[number];

interface Line {
  kind: string;
  title: string;
  text: string;
  length: string;
  before: { one: string; two: string } | null;
}

it('the default texts stand in docs/texts.md (npm run docs:texts writes it)', async () => {
  const templates = await loadTemplates('templates/sms');
  const bodies = new Map(templates.map((one) => [templateKey(one), one.body]));
  const beside = { code: numberChanged, name: numberChangedName, expectedBy: undefined };
  const lines = Object.values(defaultPlans).flatMap(({ kind, milestones }) =>
    [...milestones, ...(kind === 'works' ? [beside] : [])].flatMap(({ code, name, expectedBy: expected }) =>
      (expected ? (['milestone', 'neutral'] as const) : (['milestone'] as const)).flatMap((wording) =>
        languages.map((locale): Line => {
          const variablesFor = locale === 'ko' ? widest('ko', name.ko) : variables('en', kind, name.en);
          const place = { locale, kind, milestone: code, wording };
          const rendered = (from: ReadonlyMap<string, string>, given = variablesFor) =>
            compileTemplate(from.get(chooseTemplate(from, place, locale) ?? '') ?? '')(given);
          const lengthBefore = (channels: string) =>
            measured(
              rendered(bodiesBefore, { ...variablesFor, partials: { ...variablesFor.partials, channels } }),
              locale,
            );
          const text = rendered(bodies);
          return {
            kind,
            title: wording === 'neutral' ? `${code}, neutral` : code,
            text,
            length: measured(text, locale),
            before:
              locale === 'en' || code === numberChanged
                ? null
                : { one: lengthBefore(channelsBefore.one), two: lengthBefore(channelsBefore.two) },
          };
        }),
      ),
    ),
  );
  const row = ({ kind, title, text, before, length }: Line) =>
    `| ${kind} | ${title} | ${text} | ${before?.one ?? ''} | ${length} |`;
  const long = (lengths: (string | undefined)[]) =>
    lengths.filter((length) => length?.endsWith('LMS')).length;
  const before = lines.flatMap((line) => line.before ?? []);
  const page = `# The default texts

Written by \`npm run docs:texts\`: the life of each kind of contract in the texts of this release. Korean ones are shown with an agency's name of ten bytes and a
reference of fourteen characters; one SMS has 90 bytes, of which ten go to the provider's heading.

Of the ${before.length} Korean texts here, ${long(before.map(({ one }) => one))} spilled into an LMS before they were rewritten, and ${long(before.map(({ two }) => two))} where the agency has two reporting channels, which stood in
them as one number (\`${channelsBefore.two}\`). Now ${long(lines.map(({ length }) => length))} of ${lines.length / 2} do, and each names the first channel. "Before" is with one channel; texts in English are as they were, and
\`number-changed\` is new.

| kind | milestone | text | before | now |
| --- | --- | --- | --- | --- |
${lines.map(row).join('\n')}
`;
  if (process.env['DOCS'] === 'texts') writeFileSync('docs/texts.md', page);
  expect(readFileSync('docs/texts.md', 'utf8').replace(/ +/g, ' ')).toBe(page.replace(/ +/g, ' '));
});

function measured(text: string, locale: Language): string {
  const korean = koreanLength(text, domesticPrefixBytes);
  const { encoding, units } = smsLength(text);
  return locale === 'ko' ? `${korean.bytes} bytes, ${korean.class}` : `${units} of ${encoding}`;
}
