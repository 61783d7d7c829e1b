import { ok } from '../support/api-client.js';
import { aContact, aCounterparty } from '../support/builders.js';
import { type Move, officer } from './scene.js';

const fromTheStart =
  'wrong from the start: nothing true was ever registered, and nothing is brought to compare it with';

/** How a contract comes to the service, or does not. Unless they say otherwise, the mover is the first to register it. */
export const movesOfRegistering: Move[] = [
  officer('never registers the contract', {
    contract: null,
    play: {},
    unseen: 'never registered: it stands in another system alone, and the audit office brings no list of it',
  }),
  officer('never registers the contract, of which the audit office brings a list', {
    contract: null,
    play: {
      '+3 09:00': (s) => s.listed({ reference: `E-${s.number.slice(-4)}` }),
      // Officers have five days; lists are compared each hour.
      '+7 00:30': (s) => s.compareLists(),
    },
  }),
  officer('leaves the partner of a joint venture out', {
    contract: null,
    play: {
      '+1 15:00': (s) =>
        s.register({ counterparties: [aCounterparty({ registrationNumber: null, contacts: [aContact()] })] }),
    },
    unseen: fromTheStart,
  }),
  officer('leaves the partner of a joint venture out, of which the audit office brings a list', {
    contract: null,
    play: {
      '+1 15:00': async (s) => {
        const other = { name: '(주)한빛', registrationNumber: '444-44-44444', contacts: [aContact()] };
        await s.register({ counterparties: [aCounterparty(other)] });
      },
      '+3 09:00': (s) =>
        s.listed({ reference: s.contract.reference, companies: ['444-44-44444', '555-55-55553'] }),
    },
  }),
  officer('registers it when the grace for its texts is over', {
    contract: null,
    play: { '+18 15:00': (s) => s.register() },
  }),
  officer('registers it as a draft, and never signs it', {
    contract: null,
    play: { '+1 15:00': (s) => s.register({ signedOn: null }) },
  }),
  officer('registers it as a draft, and signs it when the grace is over', {
    contract: null,
    play: {
      '+1 15:00': (s) => s.register({ signedOn: null }),
      '+18 15:00': (s) => s.go('sign', s.day(1)),
    },
  }),
  officer('registers it with a number of their own', {
    contract: null,
    play: { '+1 15:00': (s) => s.register({ counterparties: [s.company(s.own)] }) },
    unseen: fromTheStart,
  }),
  officer('registers it with a number of their own, which the lot draws to be called', {
    contract: null,
    // So that it is drawn for sure; docs/calls-simulated.md tells how soon that is at 5 %.
    setUp: (s) => s.callAll(),
    play: {
      '+1 15:00': (s) => s.register({ counterparties: [s.company(s.own)] }),
      '+30 10:00': (s) => s.calledByLot(),
    },
  }),
  officer('registers it with the number that the agency knows them by', {
    contract: null,
    play: { '+1 15:00': (s) => s.register({ counterparties: [s.company('010-0000-9042')] }) },
  }),
  officer('registers two companies with one number of their own', {
    contract: null,
    play: {
      '+1 15:00': async (s) => {
        await s.register({ counterparties: [s.company(s.own)] });
        await s.register({ counterparties: [{ ...s.company(s.own), name: '(주)다른건설' }] });
      },
    },
  }),
  officer('registers it with a landline', {
    contract: null,
    play: { '+1 15:00': (s) => s.register({ counterparties: [s.company('+44 7700 900001')] }) },
  }),
  officer('registers it with a number of letters', {
    contract: null,
    play: { '+1 15:00': (s) => s.register({ counterparties: [s.company('없음')] }) },
  }),
  officer('registers it with a contact that has no number', {
    contract: null,
    play: { '+1 15:00': (s) => s.register({ counterparties: [s.company(null)] }) },
  }),
  officer('registers it without a contact', {
    contract: null,
    by: 'page',
    play: {
      '+1 15:00': async (s) => {
        const { reference, title, kind, departmentId } = s.truth();
        const dates = { signedOn: s.day(1), startsOn: s.day(14), endsOn: s.day(270) };
        const companyName = '(주)새솔건설';
        await s.page('/console/contracts/new', {
          reference,
          title,
          kind,
          departmentId,
          companyName,
          ...dates,
        });
        await s.adopt(reference);
      },
    },
  }),
  officer('registers it without any company', {
    contract: null,
    play: { '+1 15:00': (s) => s.register({ counterparties: [] }) },
  }),
  officer('registers it without a start', {
    contract: null,
    text: 'commencement',
    play: { '+1 15:00': (s) => s.register({ startsOn: null }) },
  }),
  officer('registers it with a signing of two years ago', {
    contract: null,
    play: { '+1 15:00': (s) => s.register({ signedOn: '2024-03-04' }) },
  }),
  officer('registers it with a signing in half a year', {
    contract: null,
    play: { '+1 15:00': (s) => s.register({ signedOn: s.day(190), startsOn: s.day(200) }) },
  }),
  officer('registers it into a section that goes live in years', {
    contract: null,
    play: { '+1 15:00': (s) => s.register({ departmentId: s.world.unlive }) },
  }),
  officer('registers it into a section that goes live in a month', {
    contract: null,
    play: { '+1 15:00': (s) => s.register({ departmentId: s.world.soonLive }) },
  }),
  officer('registers it into a section that went live a week ago, with a signing before that', {
    contract: null,
    play: { '+9 15:00': (s) => s.register({ departmentId: s.world.justLive }) },
  }),
  officer('registers it into a section whose texts are stopped by a brake', {
    contract: null,
    play: { '+1 15:00': (s) => s.register({ departmentId: s.world.braked }) },
  }),
  officer('splits it into two below the threshold of the denser plan', {
    contract: null,
    truth: () => ({ value: { amount: '600000000', currency: 'KRW' } }),
    text: 'site-check',
    play: {
      '+1 15:00': async (s) => {
        for (const part of ['A', 'B'])
          await s.register({ title: `도로 정비 ${part}`, value: { amount: '300000000', currency: 'KRW' } });
      },
    },
    unseen: fromTheStart,
  }),
  officer('splits it into two below the threshold, of which the audit office brings a list', {
    contract: null,
    truth: () => ({ value: { amount: '600000000', currency: 'KRW' } }),
    text: 'site-check',
    play: {
      '+1 15:00': async (s) => {
        const contacts = [aContact({ phone: s.number })];
        for (const part of ['A', 'B'])
          await s.register({
            title: `도로 정비 ${part}`,
            officerId: s.world.innocent,
            value: { amount: '300000000', currency: 'KRW' },
            counterparties: [aCounterparty({ registrationNumber: '666-66-66661', contacts })],
          });
      },
      '+3 09:00': (s) =>
        s.listed({
          reference: s.contract.reference,
          amount: '600000000',
          companies: ['666-66-66661'],
        }),
    },
  }),
  officer('registers it under a reference that reads as a telephone number', {
    contract: null,
    play: { '+1 15:00': (s) => s.register({ reference: '010-0000-1234' }) },
  }),
  officer('registers it with a title that turns its letters round', {
    contract: null,
    play: { '+1 15:00': (s) => s.register({ title: '정비\u202e8931' }) },
  }),
  officer('registers it under a business number of nobody', {
    contract: null,
    play: {
      '+1 15:00': (s) =>
        s.register({
          counterparties: [aCounterparty({ registrationNumber: '123-45-67890', contacts: [aContact()] })],
        }),
    },
  }),
  officer('registers it again under a second reference with their own number, and terminates the first', {
    text: 'commencement',
    play: {
      '+9 15:00': (s) => s.register({ counterparties: [s.company(s.own)] }),
      '+9 15:05': (s) => s.go('terminate', s.day(9)),
    },
  }),
  officer('registers it a second time as another source’s, with the key of an officer', {
    play: {
      '+1 15:00': async (s) => {
        const key = { name: `officer ${s.contract.reference}`, role: 'officer', departmentId: s.world.home };
        const made = await s.service.admin.post<{ key: string }>('/api-keys', {
          ...key,
          officerId: s.world.innocent,
        });
        const { reference } = s.contract;
        const truth = s.truth({ reference, source: 'finance', counterparties: [s.company(s.own)] });
        await s.call('POST', '/contracts', truth, { authorization: `Bearer ${ok(made).key}` });
      },
    },
  }),
];
