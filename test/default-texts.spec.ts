import { readFileSync, writeFileSync } from 'node:fs';
import { defaultPlans } from '../src/core/planning/plans.default.js';
import { numberChanged } from '../src/core/settings/plan.schema.js';
import { numberChangedName } from '../src/core/settings/settings.words.js';
import { domesticPrefixBytes, koreanLength, smsLength } from '../src/core/texts/lengths.js';
import { compileTemplate } from '../src/core/texts/rendering.js';
import { chooseTemplate, loadTemplates, templateKey } from '../src/core/texts/template-placement.js';
import { variables, widest } from './support/default-texts.js';

it('the default texts stand in docs/texts.md (npm run docs:texts writes it)', async () => {
  const templates = await loadTemplates('templates/sms');
  const bodies = new Map(templates.map((one) => [templateKey(one), one.body]));
  const beside = { code: numberChanged, name: numberChangedName, expectedBy: undefined };
  const rows = Object.values(defaultPlans).flatMap(({ kind, milestones }) =>
    [...milestones, ...(kind === 'works' ? [beside] : [])].flatMap(({ code, name, expectedBy: expected }) =>
      (expected ? (['milestone', 'neutral'] as const) : (['milestone'] as const)).flatMap((wording) =>
        (['ko', 'en'] as const).map((locale) => {
          const key = chooseTemplate(bodies, { locale, kind, milestone: code, wording }, locale) ?? '';
          const given = locale === 'ko' ? widest('ko', name.ko) : variables('en', kind, name.en);
          const text = compileTemplate(bodies.get(key) ?? '')(given);
          const korean = koreanLength(text, domesticPrefixBytes);
          const { encoding, units } = smsLength(text);
          const length =
            locale === 'ko' ? `${korean.bytes} bytes, ${korean.class}` : `${units} of ${encoding}`;
          return `| ${kind} | ${code}${wording === 'neutral' ? ', neutral' : ''} | ${text} | ${length} |`;
        }),
      ),
    ),
  );
  const page = `# The default texts

Written by \`npm run docs:texts\`: the life of each kind of contract in the texts of this release. Korean ones are shown with an agency's name of ten bytes and a
reference of fourteen characters; one SMS has 90 bytes, of which ten go to the provider's heading.

| kind | milestone | text | length |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
  if (process.env['DOCS'] === 'texts') writeFileSync('docs/texts.md', page);
  expect(readFileSync('docs/texts.md', 'utf8').replace(/ +/g, ' ')).toBe(page.replace(/ +/g, ' '));
});
