import type { ContractView } from '../../src/core/contracts/contract.view.js';
import { ok } from './api-client.js';
import { aContact, aContract, aCounterparty, aNumber, type ContractInput } from './builders.js';
import type { TestService } from './service.js';

export interface City {
  departments: Record<'CITY' | 'ROADS' | 'PARKS' | 'WELFARE' | 'LATE', string>;
  /** By reference: what docs/coverage.md says of them. */
  byHand: Record<string, string[]>;
}

type Of = Partial<ContractInput>;

/** Numbers that the sandbox answers with a fault, by their last digits. */
const landline = '010-0000-0001';
const unreported = '010-0000-0006';
const unknownCode = '010-0000-0008';

const party = (...phones: (string | null)[]) =>
  aCounterparty({ name: `(주)${next()}건설`, contacts: phones.map((phone) => aContact({ phone })) });
const nobody = () => aCounterparty({ name: `(주)${next()}산업`, contacts: [] });

let made = 0;
const next = () => `새솔${(made += 1)}`;

/** March 2026 of Hanbit City, with everything that keeps somebody from being told; ends on the 31st at 18:00. */
export async function aMonthOfTheCity(service: TestService): Promise<City> {
  await service.startAt('2026-03-02T09:00:00+09:00');
  const city = new CityMonth(service, await departmentsOf(service));
  await city.begin();
  await city.middle();
  await city.end();
  return { departments: city.departments, byHand: city.byHand };
}

async function departmentsOf(service: TestService): Promise<City['departments']> {
  const parentId = await service.departmentId('CITY');
  const late = { code: 'LATE', name: '늦게시작한과', parentId, goLiveOn: '2026-03-10' };
  return {
    CITY: parentId,
    ROADS: await service.departmentId('ROADS'),
    PARKS: await service.departmentId('PARKS'),
    WELFARE: await service.departmentId('WELFARE'),
    LATE: ok(await service.admin.post<{ id: string }>('/departments', late)).id,
  };
}

class CityMonth {
  readonly byHand: City['byHand'] = {};
  private readonly contracts = new Map<string, ContractView>();

  constructor(
    private readonly service: TestService,
    readonly departments: City['departments'],
  ) {}

  async begin(): Promise<void> {
    const { PARKS, WELFARE, LATE } = this.departments;
    await this.register('plain', {}, ['signing delivered', 'commencement delivered']);
    const noContact = { counterparties: [nobody()], title: '=1+1' };
    await this.register('no-contact', noContact, [
      'signing missed no-contact',
      'commencement missed no-contact',
    ]);
    const half = { counterparties: [party(aNumber()), party(null)] };
    await this.register('joint', half, ['signing partly no-number', 'commencement partly no-number']);
    const two = { counterparties: [party(aNumber(), landline)] };
    await this.register('two-contacts', two, ['signing delivered', 'commencement delivered']);
    const dead = { counterparties: [party(landline)] };
    await this.register('mended', dead, ['signing missed failed', 'commencement delivered']);
    await this.register('suspended', {}, ['signing missed suspended', 'commencement missed suspended']);
    await this.register('terminated', {}, ['signing delivered']);
    await this.register('late-department', { departmentId: LATE }, [
      'signing missed department-not-live',
      'commencement delivered',
    ]);
    await this.register('loaded-before', { departmentId: LATE, signedOn: '2026-02-20' }, [
      'commencement delivered',
    ]);
    const toSign = { departmentId: LATE, signedOn: '2026-03-12', startsOn: '2026-05-11' };
    await this.register('dated-back', toSign, ['signing missed registered-late']);
    await this.register('dated-back-held', { ...toSign, counterparties: [party(null)] }, [
      'signing missed no-number',
    ]);
    const undated = ['progress-inspection', 'completion-due', 'completion-inspection', 'final-payment'];
    await this.register('without-end', { endsOn: null }, [
      ...undated.map((code) => `${code} missed no-dates`),
      'signing delivered',
      'commencement delivered',
    ]);
    await this.register('without-dates', {
      startsOn: null,
      endsOn: null,
      departmentId: LATE,
      counterparties: [nobody()],
    });
    await this.register('without-end-terminated', { endsOn: null });
    await this.register('without-end-dated', { endsOn: null });
    await this.register('nobody-at-all', { counterparties: [] });
    await this.register('joint-two', { counterparties: [party(aNumber()), nobody(), party(unreported)] });
    const shared = aNumber();
    await this.register('same-number', { counterparties: [party(shared), party(shared)] });
    await this.register('unreported', {
      counterparties: [party(unreported)],
      officerId: await this.officer(),
    });
    await this.register('held', { counterparties: [party(unknownCode)], officerId: await this.officer() });
    await this.register('number-late', { counterparties: [party(null)] });
    await this.register('number-less', { counterparties: [party(null)] });
    await this.register('added-late', { counterparties: [party(null)] });
    await this.register('first-contact-late', { counterparties: [nobody()] });
    await this.register('joined-late');
    await this.register('ended-dated-back');
    await this.register('handed-over');
    await this.register('lost-contact');
    await this.register('back-from-suspension');
    await this.register('ended-in-suspension');
    await this.register('moved-off');
    await this.register('cleared', { endsOn: '2026-03-20' });
    await this.register('draft', { signedOn: null });
    await this.register('suppressed');
    await this.register('of-parks', { departmentId: PARKS });
    await this.register('goods', {
      kind: 'goods',
      signedOn: '2026-02-24',
      startsOn: null,
      endsOn: '2026-02-25',
    });
    await this.register('goods-untold', {
      kind: 'goods',
      signedOn: '2026-02-24',
      startsOn: null,
      endsOn: '2026-02-25',
      counterparties: [party(landline)],
      departmentId: PARKS,
    });
    await this.register('service', { kind: 'service', endsOn: '2026-04-30', departmentId: WELFARE });
    await this.register('consignment', { kind: 'consignment', departmentId: WELFARE });
    await this.register('grant', { kind: 'grant', signedOn: '2026-02-24', departmentId: WELFARE });
    await this.register('permit', { kind: 'permit', startsOn: null, endsOn: null, departmentId: WELFARE });
    await this.register('paid-in-advance');
    await this.move('suspended', 'suspend', '2026-03-03');
    await this.move('back-from-suspension', 'suspend', '2026-03-03');
  }

  async middle(): Promise<void> {
    await this.service.advanceTo('2026-03-09T18:00:00+09:00');
    await this.move('terminated', 'terminate', '2026-03-09');
    await this.move('without-end-terminated', 'terminate', '2026-03-09');
    await this.move('ended-in-suspension', 'suspend', '2026-03-09');
    await this.service.advanceTo('2026-03-10T12:00:00+09:00');
    await this.change('mended', 'contact', { phone: aNumber() });
    for (const name of ['dated-back', 'dated-back-held'])
      await this.change(name, 'contract', { signedOn: '2026-02-20' });
    await this.occurred('paid-in-advance', 'advance-payment', '2026-03-10');
    await this.occurred('permit', 'decided', '2026-03-12');
    await this.service.advanceTo('2026-03-13T12:00:00+09:00');
    await this.change('moved-off', 'contract', { startsOn: '2026-05-11' });
    await this.change('without-end-dated', 'contract', { endsOn: '2026-11-27' });
    const lost = `/contracts/${this.id('lost-contact')}/contacts/${this.contact('lost-contact')}`;
    ok(await this.service.admin.delete(`${lost}?reason=a+test`));
    await this.service.advanceTo('2026-03-20T18:00:00+09:00');
    await this.late();
  }

  /** What comes to the service's knowledge when it is too late. */
  private async late(): Promise<void> {
    await this.register('registered-late', {}, [
      'signing missed registered-late',
      'commencement missed registered-late',
    ]);
    const loaded = {
      departmentId: this.departments.LATE,
      signedOn: '2026-02-20',
      counterparties: [nobody()],
    };
    await this.register('loaded-after', loaded, [
      'signing missed no-contact',
      'commencement missed no-contact',
    ]);
    await this.register('unrecorded', {
      kind: 'goods',
      signedOn: '2026-01-05',
      startsOn: null,
      endsOn: '2026-01-30',
    });
    await this.register('late-cleared', { endsOn: '2026-03-17' });
    await this.change('late-cleared', 'contract', { endsOn: null });
    await this.change('cleared', 'contract', { endsOn: null });
    await this.change('number-late', 'contact', { phone: aNumber() });
    for (const name of ['added-late', 'first-contact-late']) {
      const party = `/contracts/${this.id(name)}/counterparties/${this.contract(name).counterparties[0]?.id}`;
      ok(await this.service.admin.post(`${party}/contacts`, aContact()));
    }
    ok(
      await this.service.admin.post(`/contracts/${this.id('joined-late')}/counterparties`, party(aNumber())),
    );
    await this.move('ended-in-suspension', 'terminate', '2026-03-14');
    await this.move('ended-dated-back', 'terminate', '2026-03-10');
    await this.change('handed-over', 'contract', { departmentId: this.departments.WELFARE });
    await this.move('back-from-suspension', 'resume', '2026-03-20');
    await this.change('of-parks', 'contract', { departmentId: this.departments.WELFARE });
    await this.service.sql(
      `UPDATE alert SET status = 'held', reason = 'suppressed', message_id = NULL WHERE contract_id = $1 AND status = 'messaged'`,
      [this.id('suppressed')],
    );
    await this.service.sql(
      `UPDATE alert SET status = 'held', reason = 'text-failed', failure = 'too long', message_id = NULL
       WHERE status = 'messaged' AND contract_id = $1 AND due_at < '2026-03-10'`,
      [this.id('consignment')],
    );
  }

  async end(): Promise<void> {
    await this.service.advanceTo('2026-03-24T18:00:00+09:00');
    await this.rehearsal(true);
    await this.register('rehearsed', { signedOn: '2026-03-24', startsOn: null });
    await this.service.advanceTo('2026-03-25T18:00:00+09:00');
    await this.rehearsal(false);
    await this.service.advanceTo('2026-03-27T18:00:00+09:00');
    await this.brakes();
    await this.service.advanceTo('2026-03-31T18:00:00+09:00');
    // One that has only just been taken up, and one whose message is on its way.
    await this.register('today', { signedOn: '2026-03-31', startsOn: '2026-04-01' });
    await this.service.sql(
      `UPDATE message SET status = 'sending', final_at = NULL WHERE id =
         (SELECT message_id FROM alert WHERE contract_id = $1 AND message_id IS NOT NULL LIMIT 1)`,
      [this.id('grant')],
    );
  }

  /** By department, template and route; alerts that fall due under them on the 30th. */
  private async brakes(): Promise<void> {
    const due = { signedOn: '2026-03-27', startsOn: null };
    const english = [aCounterparty({ contacts: [aContact({ locale: 'en' })] })];
    await this.register('braked', { ...due, departmentId: this.departments.PARKS });
    await this.register('braked-text', { ...due, counterparties: english });
    await this.register('free', due);
    for (const [scope, target] of [
      ['department', this.departments.PARKS],
      ['template', 'en/any/signing'],
    ])
      ok(await this.service.admin.post('/brakes', { scope, target, reason: 'an error was found' }));
  }

  private async register(name: string, of: Of = {}, byHand?: string[]): Promise<void> {
    const input = aContract({ departmentId: this.departments.ROADS, ...of, reference: `M-${name}` });
    if (!of.counterparties) input.counterparties = [party(aNumber())];
    this.contracts.set(name, ok(await this.service.admin.post<ContractView>('/contracts', input)));
    if (byHand) this.byHand[`M-${name}`] = byHand;
  }

  private contract(name: string): ContractView {
    const contract = this.contracts.get(name);
    if (!contract) throw new Error(`no contract ${name}`);
    return contract;
  }

  private id(name: string): string {
    return this.contract(name).id;
  }

  private contact(name: string): string {
    return this.contract(name).counterparties[0]?.contacts[0]?.id ?? '';
  }

  private async move(name: string, move: string, on: string): Promise<void> {
    ok(await this.service.admin.post(`/contracts/${this.id(name)}/${move}`, { on, reason: 'a test' }));
  }

  /** Of the contract, or of its first contact. */
  private async change(name: string, of: 'contract' | 'contact', patch: object): Promise<void> {
    const path = of === 'contract' ? '' : `/contacts/${this.contact(name)}`;
    ok(await this.service.admin.patch(`/contracts/${this.id(name)}${path}`, { reason: 'a test', ...patch }));
  }

  private async occurred(name: string, code: string, occurredOn: string): Promise<void> {
    ok(
      await this.service.admin.post(`/contracts/${this.id(name)}/milestones/${code}/occurrences`, {
        occurredOn,
      }),
    );
  }

  private async rehearsal(on: boolean): Promise<void> {
    const { value } =
      ok(await this.service.admin.get<{ items: { value: object }[] }>('/agency')).items[0] ?? {};
    ok(await this.service.admin.post('/agency', { ...value, rehearsal: { on, numbers: [] } }));
  }

  private async officer(): Promise<string> {
    const [row] = await this.service.sql<{ id: string }>(
      `SELECT id FROM officer WHERE staff_number = 'H-1042'`,
    );
    return row?.id ?? '';
  }
}
