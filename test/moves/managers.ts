import { ok } from '../support/api-client.js';
import { type Move, manager } from './scene.js';

/** What the head of the department may do besides, or may not. */
export const movesOfManagers: Move[] = [
  manager('puts a number of their own in place of the company’s', {
    play: { '+1 15:00': (s) => s.renumber(s.own) },
  }),
  manager('removes the contact', {
    by: 'page',
    play: { '+1 15:00': (s) => s.ofContract(`/contacts/${s.contactId}/remove`, {}) },
  }),
  manager('terminates a contract of an officer before its start is announced', {
    text: 'commencement',
    play: { '+9 15:00': (s) => s.go('terminate', s.day(9)) },
  }),
  manager('hands the contract over to an officer of the section that goes live in years', {
    play: {
      '+1 15:00': (s) =>
        s.post('/contracts/hand-over', {
          contractIds: [s.contract.id],
          to: s.world.ofUnlive,
          reason: '전보',
        }),
    },
  }),
  manager('hands the contract over to an officer of the section whose texts are stopped', {
    play: {
      '+1 15:00': (s) =>
        s.post('/contracts/hand-over', {
          contractIds: [s.contract.id],
          to: s.world.ofBraked,
          reason: '전보',
        }),
    },
  }),
  manager('hands the contract over to an officer of another section', {
    play: {
      '+1 15:00': (s) =>
        s.post('/contracts/hand-over', {
          contractIds: [s.contract.id],
          to: s.world.ofSection,
          reason: '전보',
        }),
    },
  }),
  manager('hands the contract over to an innocent officer, and swaps the number then', {
    play: {
      '+1 15:00': (s) =>
        s.post('/contracts/hand-over', {
          contractIds: [s.contract.id],
          to: s.world.innocent,
          reason: '전보',
        }),
      '+1 15:05': (s) => s.renumber(s.own),
    },
  }),
  manager('stops the department’s texts by a brake', {
    play: {
      '+1 15:00': (s) => s.post('/brakes', { scope: 'department', target: s.world.home, reason: '점검' }),
    },
  }),
  manager('invites an accomplice as an auditor, to close flags', {
    play: {
      '+1 15:00': (s) => s.renumber(s.own),
      '+1 15:05': (s) =>
        s.post('/accounts', {
          email: `m${s.number.slice(-4)}@hanbit.example`,
          name: '한여울',
          role: 'auditor',
        }),
    },
  }),
  manager('makes a key with the role of an auditor, to close flags', {
    play: {
      '+1 15:00': (s) => s.renumber(s.own),
      '+1 15:05': (s) => s.post('/api-keys', { name: `m ${s.number}`, role: 'auditor' }),
    },
  }),
  manager('approves what an officer of theirs wishes', {
    play: {
      '+1 15:00': async (s) => {
        const theirs = await s.service.as('officer', s.world.home);
        const path = `/contracts/${s.contract.id}/contacts/${s.contactId}`;
        const body = { phone: s.own, reason: '담당자 변경' };
        s.proposals.push(ok(await theirs.patch<{ proposal: { id: string } }>(path, body)).proposal.id);
      },
      '+1 15:05': async (s) => s.approveBy(await s.service.as('manager', s.world.home)),
    },
  }),
  manager('wishes another number, and approves it with a second key of theirs', {
    play: {
      '+1 15:00': (s) => s.renumber(s.own),
      '+1 15:05': async (s) => s.approveBy(await s.service.as('manager', s.world.section)),
    },
  }),
  manager('lets the department go live later', {
    play: { '+1 15:00': (s) => s.call('PATCH', `/departments/${s.world.home}`, { goLiveOn: '2027-03-02' }) },
  }),
];
