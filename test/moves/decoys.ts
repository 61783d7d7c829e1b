import type { ContractView } from '../../src/core/contracts/contract.view.js';
import { ok } from '../support/api-client.js';
import { aContact, type ContractInput } from '../support/builders.js';
import { sheetOf } from './files.js';
import { type Move, officer, type Scene } from './scene.js';

/** The mover registers under a reference first, in the afternoon; within the hour a colleague brings the sheet that has it in truth. */
const decoy = (
  registers: (s: Scene) => Promise<unknown>,
  row: Parameters<typeof sheetOf>[2] = {},
): Pick<Move, 'contract' | 'play'> => ({
  contract: null,
  play: { '+1 15:00': registers, '+1 15:40': (s) => s.bring(sheetOf(s, s.contract, row)) },
});

const byHand = (of: (s: Scene) => Partial<ContractInput> = () => ({})) =>
  decoy((s) => s.register({ counterparties: [s.company(s.own)], ...of(s) }));

const bySheet = (row: NonNullable<Parameters<typeof sheetOf>[2]>) =>
  decoy(async (s) => {
    const truth = s.truth();
    await s.bring(sheetOf(s, truth, { phone: s.own, ...row }));
    await s.adopt(truth.reference);
  });

/** Who is first to register a reference, so that what comes later in truth only changes what they registered. */
export const movesOfDecoys: Move[] = [
  officer('registers it with a number of their own, before a colleague brings the sheet', byHand()),
  officer('brings a sheet with a number of their own, before a colleague brings the true one', {
    ...bySheet({ revision: 1 }),
  }),
  officer('registers it with a number of their own and an early start, before a colleague brings the sheet', {
    ...byHand((s) => ({ startsOn: s.day(3) })),
  }),
  officer('registers it with another company and an early start, before a colleague brings the sheet', {
    ...byHand((s) => ({
      startsOn: s.day(3),
      counterparties: [{ ...s.company(s.own), name: '(주)다른건설' }],
    })),
  }),
  officer('registers it with another person of the company, before a colleague brings the sheet', {
    ...byHand((s) => {
      const company = s.company(s.own);
      return { counterparties: [{ ...company, contacts: [aContact({ name: '김다른', phone: s.own })] }] };
    }),
  }),
  officer(
    'brings a sheet with a number of their own as the 99th revision, before a colleague brings the first',
    {
      ...bySheet({ revision: 99 }),
    },
  ),
  officer('registers it with a number of their own, before a system puts the true one in', {
    contract: null,
    play: {
      '+1 15:00': (s) => s.register({ counterparties: [s.company(s.own)] }),
      '+1 15:40': (s) =>
        s.service.admin.patch(`/contracts/${s.contract.id}/contacts/${s.contactId}`, {
          phone: s.number,
          reason: 'as e-procurement has it',
        }),
    },
  }),
  officer('registers it with a number of their own, before a system registers it', {
    contract: null,
    play: {
      '+1 15:00': (s) => s.register({ counterparties: [s.company(s.own)] }),
      '+1 15:40': (s) => s.service.admin.post('/contracts', s.truth({ reference: s.contract.reference })),
    },
  }),
  officer('registers it as a draft without a contact and ends that, before a system registers it', {
    contract: null,
    play: {
      '+1 15:00': async (s) => {
        await s.register({ signedOn: null, counterparties: [] });
        await s.go('terminate', s.day(1));
      },
      '+1 15:40': (s) => s.service.admin.post('/contracts', s.truth({ reference: s.contract.reference })),
    },
  }),
  officer(
    'registers it in another department with a number of their own, before a colleague brings the sheet',
    {
      contract: null,
      play: {
        '+1 15:00': async (s) => {
          const parks = await s.service.departmentId('PARKS');
          const there = await s.service.as('officer', parks);
          const decoy = s.truth({ departmentId: parks, counterparties: [s.company(s.own)] });
          s.contracts.push(ok(await there.post<ContractView>('/contracts', decoy)));
        },
        '+1 15:40': (s) => s.bring(sheetOf(s, s.contract), {}, true),
      },
    },
  ),
  officer('registers it as a draft and ends that, before a colleague brings the sheet', {
    ...decoy(async (s) => {
      await s.register({ signedOn: null, counterparties: [s.company(s.own)] });
      await s.go('terminate', s.day(1));
    }),
  }),
  officer('registers it without a contact and ends it, before a colleague brings the sheet', {
    ...decoy(async (s) => {
      await s.register({ counterparties: [] });
      await s.go('terminate', s.day(1));
    }),
  }),
];
