import { resolve } from 'node:path';
import { defaultPlans } from '../planning/plans.default.js';
import { chooseTemplate, loadTemplates, templateKey } from '../texts/template-placement.js';

/** Milestones, by kind and code, that are sent the text that says nothing of them. */
const servedByDefault: string[] = [];

it('gives each milestone of the plans a text of its own in both languages', async () => {
  const texts = new Set((await loadTemplates(resolve('templates/sms'))).map(templateKey));
  const placements = Object.values(defaultPlans).flatMap(({ kind, milestones }) =>
    milestones.flatMap(({ code: milestone, expectedBy }) =>
      (['ko', 'en'] as const).flatMap((locale) => {
        const wordings = expectedBy ? (['milestone', 'neutral'] as const) : (['milestone'] as const);
        return wordings.map((wording) => ({ locale, kind, milestone, wording }));
      }),
    ),
  );
  const withoutOwn = placements.filter((placement) => {
    const chosen = chooseTemplate(texts, placement, placement.locale);
    return chosen === null || chosen.includes('/default');
  });
  expect([...new Set(withoutOwn.map(({ kind, milestone }) => `${kind} ${milestone}`))]).toEqual(
    servedByDefault,
  );
});
