import { OfficersService } from '../../src/core/departments/officers.service.js';
import { DrainService } from '../../src/core/sending/drain.service.js';
import { admin, type AlertMade, SendingBench } from '../support/sending-bench.js';

// What is odd about a text is said of the first of its number and contract. The number here is always that of somebody of the staff.

let bench: SendingBench;
let to: string;
beforeAll(async () => {
  bench = await SendingBench.start();
  const departmentId = await bench.department();
  await bench
    .get(OfficersService)
    .addOfficer(admin, { departmentId, name: '한여울', phone: '010-0000-9001' });
  to = '+821000009001';
});
beforeEach(() => bench.clear());
afterAll(() => bench.stop());

const drain = () => bench.get(DrainService).drainAllShards();
const flags = () =>
  bench.sql<{ contract: string; lost: { code: string }[] }>(
    `SELECT contract_id AS contract, lost FROM flag WHERE kind = 'staff-number' ORDER BY id`,
  );
const told = async () =>
  (await flags()).map(({ contract, lost }) => [contract, lost.map(({ code }) => code).sort()]);
const another = ({ contractId, contactId }: AlertMade, code: string) =>
  bench.alert({ to, contractId, code }).then(async (made) => {
    await bench.sql(`UPDATE alert SET contact_id = $2 WHERE id = $1`, [made.id, contactId]);
    return made;
  });

it('of each of those that are frozen together', async () => {
  const first = await bench.alert({ to });
  await another(first, 'commencement');
  const elsewhere = await bench.alert({ to });
  await bench.alert();
  expect(await drain()).toBeGreaterThan(0);
  expect(await told()).toEqual(
    [
      [first.contractId, ['commencement', 'signing']],
      [elsewhere.contractId, ['signing']],
    ].sort(),
  );
});

it('and not of the next; what a number of its own was told counts for nobody’s first', async () => {
  const first = await bench.alert({ to });
  await drain();
  await another(first, 'commencement');
  await drain();
  expect(await told()).toEqual([[first.contractId, ['signing']]]);
  const own = await bench.alert({ to });
  await bench.sql(
    `UPDATE alert SET number_sealed = number.sealed, number_country = 'KR', reissue = 1 FROM (SELECT $2::bytea AS sealed) number WHERE id = $1`,
    [own.id, bench.sealer.seal(to, { table: 'alert', column: 'number_sealed', rowId: own.id })],
  );
  await drain();
  expect(await told()).toHaveLength(1);
  await another(own, 'commencement');
  await drain();
  expect((await told()).map(([, codes]) => codes)).toEqual([['signing'], ['commencement']]);
});
