import type { ContractView } from '../src/core/contracts/contract.view.js';
import { ok } from './support/api-client.js';
import { aContact, aCounterparty, aNumber } from './support/builders.js';
import { contactIds } from './support/contract-reading.js';
import { startService, type TestService } from './support/service.js';

const company = 'חברת אור';
const title = 'גשר האלון';
const reason = 'הקבלן הוחלף';

let service: TestService;
let id: string;

beforeAll(async () => {
  service = await startService();
  await service.startAt('2026-03-02T09:00:00+09:00');
  const register = () =>
    service.register({
      title,
      signedOn: '2026-03-02',
      counterparties: [aCounterparty({ name: company, contacts: [aContact({ phone: aNumber() })] })],
    });
  const swap = async (contract: ContractView) => {
    const change = { phone: aNumber(), reason };
    return officer.patch(`/contracts/${contract.id}/contacts/${contactIds(contract)[0]}`, change);
  };
  const officer = await service.as('officer', await service.departmentId('ROADS'));
  await service.as('auditor');
  const contract = await register();
  id = contract.id;
  ok(await swap(contract));
  service.approvesAtOnce = false;
  expect((await swap(await register())).status).toBe(202);
});
afterAll(() => service.close());

/** What stands between tags, without that in which there is no markup. */
function textsOf(html: string): string[] {
  const marked = html.replace(/<(title|option|textarea)\b[^>]*>[^<]*/g, '<$1>');
  return [...marked.matchAll(/<([^<>]*)>([^<>]*)/g)].map(([, tag = '', text = '']) => `${tag}>${text}`);
}

it.each([
  ['officer', '/console/contracts', [title]],
  ['officer', '/console/contracts/:id', [company, title, reason]],
  ['officer', '/console/contracts/:id/change', []],
  ['officer', '/console/work', []],
  ['auditor', '/console', []],
  ['auditor', '/console/contracts', [title]],
  ['auditor', '/console/contracts/:id', [company, title, reason]],
  ['auditor', '/console/flags', [company]],
  ['auditor', '/console/contracts/:id/flags', [reason]],
  ['auditor', '/console/proposals', [title]],
  ['auditor', '/console/messages', []],
] as const)('isolates names that are written from right to left: %s on %s', async (role, path, shown) => {
  const department = role === 'officer' ? await service.departmentId('ROADS') : null;
  const person = await service.person(role, department);
  const { status, text } = await person.get(path.replace(':id', id));
  expect(status).toBe(200);
  const turned = textsOf(text).filter((part) => /\p{Script=Hebrew}[^>]*$/u.test(part));
  for (const name of shown) expect(turned.some((part) => part.includes(name))).toBe(true);
  expect(turned.filter((part) => !/^bdi>|\u2068/u.test(part))).toEqual([]);
});
