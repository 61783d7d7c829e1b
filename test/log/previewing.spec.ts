import type { PreviewBody } from '../../src/core/log/log.schema.js';
import { PreviewService } from '../../src/core/log/preview.service.js';
import { AppError } from '../../src/platform/app-error.js';
import { newId } from '../../src/platform/ids.js';
import { admin, type AlertMade, SendingBench } from '../support/sending-bench.js';

// Which milestone of which contract a preview is of, and which day and wording it takes from there.

const body = '{{department.name}} {{contract.reference}} {{date milestone.date}} {{> agency}} {{> channels}}';

let bench: SendingBench;
let alert: AlertMade;
beforeAll(async () => {
  bench = await SendingBench.start();
});
afterAll(() => bench.stop());
beforeEach(async () => {
  await bench.clear();
  alert = await named('공원과', 'C-1', '2026-05-01');
  // Another contract of another department, with another day of the same milestone.
  await named('도로과', 'C-2', '2026-06-02');
});

async function named(department: string, reference: string, day: string): Promise<AlertMade> {
  const made = await bench.alert({ reference });
  await bench.sql(`UPDATE department SET name = $2 WHERE id = $1`, [made.departmentId, department]);
  await bench.sql(`UPDATE milestone SET date = $2 WHERE id = $1`, [made.milestoneId, day]);
  return made;
}

const milestone = (rest: object) =>
  bench.insert('milestone', {
    id: newId(),
    contract_id: alert.contractId,
    code: 'signing',
    occurrence: 2,
    wording: 'milestone',
    ...rest,
  });
const preview = (rest: Partial<PreviewBody> = {}) =>
  bench
    .get(PreviewService)
    .preview(admin, { contractId: alert.contractId, milestone: 'signing', occurrence: 1, body, ...rest });
const codeOf = (error: unknown) => (error instanceof AppError ? error.code : error);

it('is of the contract’s own department, milestone and day', async () => {
  const { text, dateAssumed } = await preview();
  expect(text).toMatch(/^공원과 C-1 5월 1일 /);
  expect(dateAssumed).toBe(false);
});

it('is of the occurrence that is asked for, and of none that was withdrawn', async () => {
  await milestone({ occurrence: 2, date: '2026-07-03' });
  await milestone({ occurrence: 3, date: '2026-08-04', withdrawn: true });
  await milestone({ code: 'commencement', occurrence: 4, date: '2026-09-05' });
  expect((await preview({ occurrence: 2 })).text).toContain(' 7월 3일 ');
  for (const occurrence of [3, 4, 5]) {
    const { text, dateAssumed } = await preview({ occurrence });
    expect([text.includes('8월 4일') || text.includes('9월 5일'), dateAssumed]).toEqual([false, true]);
  }
});

it('has the wording of what is planned, or of what is asked for; only one of a milestone needs a day', async () => {
  await milestone({ code: 'final-payment', occurrence: 1, wording: 'neutral' });
  const of = async (rest: Partial<PreviewBody>) => {
    const { key, dateAssumed } = await preview({ milestone: 'final-payment', body: undefined, ...rest });
    return [key.endsWith('.neutral'), dateAssumed];
  };
  expect(await of({})).toEqual([true, false]);
  expect(await of({ wording: 'milestone' })).toEqual([false, true]);
  expect(await of({ occurrence: 2 })).toEqual([false, true]);
  await bench.sql(`UPDATE milestone SET date = '2026-07-03' WHERE code = 'final-payment'`);
  expect(await of({ wording: 'milestone' })).toEqual([false, false]);
});

it('is refused for a milestone that the plan does not have, a draft that may not be, and a text that lacks its words', async () => {
  expect(await preview({ milestone: 'no-such' }).catch(codeOf)).toBe('milestone-unknown');
  expect(await preview({ body: '{{contact.name}}' }).catch(codeOf)).toBe('template-refused');
  await bench.sql(`UPDATE contract SET title = '' WHERE id = $1`, [alert.contractId]);
  const lacking = await preview({ body: `{{contract.title}} ${body}` }).catch((error: unknown) => error);
  expect(lacking).toMatchObject({
    code: 'text-failed',
    message: 'The text cannot be made: a text needs contract.title.',
  });
});

it('is the template in force, with its version, unless a draft is given', async () => {
  expect(await preview({ body: undefined })).toMatchObject({ version: 1 });
  expect(await preview()).toMatchObject({ version: null });
});
