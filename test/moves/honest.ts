import type { ContractView } from '../../src/core/contracts/contract.view.js';
import { addDays } from '../../src/core/calendar/local-date.js';
import { ok } from '../support/api-client.js';
import { aContact, aContract, aCounterparty, aNumber, type ContractInput } from '../support/builders.js';
import type { TestService } from '../support/service.js';

/** What happens at a moment, such as `2026-03-04T15:00`, by the agency's time. */
export type Happening = [moment: string, happens: () => Promise<unknown>];

export const honestContracts = 100;
/** Weeks that the honest contracts are watched. */
export const honestWeeks = 13;

/** They are signed from Tuesday to Friday of the first eight weeks. */
function signingDay(begins: string, n: number): string {
  const weekday = n % 30;
  return addDays(begins, 1 + Math.floor(weekday / 4) * 7 + (weekday % 4));
}

/** Works, services and goods, agreements and grants, in the proportions of a city. */
const kinds = [...'wwwwwwwwssssssggggcp'].map(
  (letter) =>
    ({ w: 'works', s: 'service', g: 'goods', c: 'consignment', p: 'grant' })[letter] as ContractInput['kind'],
);
const inspected: Partial<Record<ContractInput['kind'], [string, string]>> = {
  works: ['completion-inspection', 'final-payment'],
  service: ['acceptance', 'payment'],
  consignment: ['acceptance', 'payment'],
  goods: ['inspection', 'payment'],
};

/** One contract of somebody who has nothing to hide, with what life does to it. */
class HonestContract {
  private view: ContractView | null = null;
  readonly happenings: Happening[] = [];

  constructor(
    private readonly service: TestService,
    private readonly departmentId: string,
    begins: string,
    private readonly n: number,
  ) {
    const signed = signingDay(begins, n);
    const isShort = n % 4 === 1;
    const ends = addDays(signed, isShort ? 28 : 120 + (n % 7) * 20);
    const at = (days: number, happens: () => Promise<unknown>) =>
      this.happenings.push([`${addDays(signed, days)}T15:00`, happens]);
    // Every tenth is typed in three days late, which the grace allows.
    at(n % 10 === 7 ? 3 : 0, () => this.register(signed, ends));
    if (isShort) this.endsInTime(at, ends);
    else this.lives(at, signed, ends);
  }

  get id(): string {
    return this.known.id;
  }

  private get known(): ContractView {
    if (!this.view) throw new Error(`the honest contract ${this.n} is not registered yet`);
    return this.view;
  }

  /** Inspected and paid, recorded on the day or, every third time, some days late; then completed. */
  private endsInTime(at: (days: number, happens: () => Promise<unknown>) => void, ends: string): void {
    const [inspection, payment] = inspected[this.kind] ?? [];
    const late = this.n % 12 === 5 ? 4 : 0;
    if (inspection) at(28 + late, () => this.record(inspection, ends));
    if (payment) at(31 + late, () => this.record(payment, addDays(ends, 3)));
    at(36, () => this.move('complete', addDays(ends, 8)));
  }

  private lives(
    at: (days: number, happens: () => Promise<unknown>) => void,
    signed: string,
    ends: string,
  ): void {
    const { n } = this;
    // Twice extended, long before anything was due.
    if (n % 3 === 0) {
      at(20, () => this.change({ endsOn: addDays(ends, 30), amendedOn: addDays(signed, 20) }));
      at(40, () => this.change({ endsOn: addDays(ends, 60), amendedOn: addDays(signed, 40) }));
    }
    if (n % 10 === 4) at(12, () => this.addContact());
    // The number was dead, as its first text showed.
    if (n % 20 === 3) at(7, () => this.change({ phone: aNumber() }, true));
    // The site manager changed; so did the company's number.
    if (n % 25 === 10) at(30, () => this.change({ phone: aNumber(), name: '박보미' }, true));
    if (this.kind === 'works' && n % 6 === 2)
      at(10, () => this.record('advance-payment', addDays(signed, 10)));
    if (n === 50) at(25, () => this.move('terminate', addDays(signed, 25), '합의 해지'));
    if (n === 62) {
      at(20, () => this.move('suspend', addDays(signed, 20), '장마'));
      at(34, () => this.move('resume', addDays(signed, 34)));
    }
    // Works that cannot begin yet, as everybody learns two days before.
    if (n === 74) at(8, () => this.change({ startsOn: addDays(signed, 30) }));
  }

  private get kind(): ContractInput['kind'] {
    return kinds[this.n % kinds.length] ?? 'works';
  }

  private async register(signedOn: string, endsOn: string): Promise<void> {
    // The sandbox has one landline in Korea.
    const phone = this.n % 20 === 3 ? '010-0000-0001' : aNumber();
    const company = aCounterparty({
      name: `(주)한길${this.n}`,
      registrationNumber: null,
      contacts: [aContact({ phone })],
    });
    const wanted = aContract({
      departmentId: this.departmentId,
      kind: this.kind,
      signedOn,
      endsOn,
      startsOn: addDays(signedOn, 10),
      counterparties: [company],
    });
    this.view = ok(await this.service.admin.post<ContractView>('/contracts', wanted));
  }

  private async change(patch: object, ofContact = false): Promise<void> {
    const path = ofContact ? `/contacts/${this.known.counterparties[0]?.contacts[0]?.id}` : '';
    ok(await this.service.admin.patch(`/contracts/${this.id}${path}`, { reason: '현장 사정', ...patch }));
  }

  private async addContact(): Promise<void> {
    const path = `/contracts/${this.id}/counterparties/${this.known.counterparties[0]?.id}/contacts`;
    ok(await this.service.admin.post(path, aContact({ name: '박보미' })));
  }

  private async record(code: string, occurredOn: string): Promise<void> {
    ok(await this.service.admin.post(`/contracts/${this.id}/milestones/${code}/occurrences`, { occurredOn }));
  }

  private async move(move: string, on: string, reason = '준공'): Promise<void> {
    ok(await this.service.admin.post(`/contracts/${this.id}/${move}`, { on, reason }));
  }
}

export function honestWorld(service: TestService, departmentId: string, begins: string): HonestContract[] {
  return Array.from(
    { length: honestContracts },
    (_, n) => new HonestContract(service, departmentId, begins, n),
  );
}
