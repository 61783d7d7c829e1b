import { aNumber } from '../support/builders.js';
import { type Move, officer } from './scene.js';

/** Who is texted: numbers, contacts and companies. The text of the signing goes out on the third day at ten. */
export const movesOfNumbers: Move[] = [
  officer('puts a number of their own in place of the company’s, on the day before', {
    play: { '+1 15:00': (s) => s.renumber(s.own) },
  }),
  officer('puts a number of their own in place of the company’s, on the day before', {
    by: 'page',
    play: {
      '+1 15:00': (s) =>
        s.ofContract(`/contacts/${s.contactId}`, {
          phone: s.own,
          contactName: '이가람',
          locale: 'ko',
          step: 'save',
        }),
    },
  }),
  officer('puts their own number in ten minutes before the text, and the company’s back in the afternoon', {
    play: { '+2 09:50': (s) => s.renumber(s.own), '+2 15:00': (s) => s.renumber(s.number) },
  }),
  officer('puts their own number in, and the company’s back before the text is due', {
    play: { '+1 15:00': (s) => s.renumber(s.own), '+1 16:00': (s) => s.renumber(s.number) },
  }),
  officer('adds a contact of their own, and then removes the company’s', {
    play: { '+1 15:00': (s) => s.addContact(s.own), '+1 15:05': (s) => s.removeContact() },
  }),
  officer('adds a contact of their own, and empties the number of the company’s', {
    play: { '+1 15:00': (s) => s.addContact(s.own), '+1 15:05': (s) => s.renumber(null) },
  }),
  officer('removes the only contact', { play: { '+1 15:00': (s) => s.removeContact() } }),
  officer('removes the only contact', {
    by: 'page',
    play: { '+1 15:00': (s) => s.ofContract(`/contacts/${s.contactId}/remove`, {}) },
  }),
  officer('empties the number', { play: { '+1 15:00': (s) => s.renumber(null) } }),
  officer('puts in a number that nobody can be texted on, a landline', {
    play: { '+1 15:00': (s) => s.renumber('010-0000-0001') },
  }),
  officer('puts in a number with a wrong digit, as if by mistake', {
    play: { '+1 15:00': (s) => s.renumber(aNumber()) },
  }),
  officer('puts in a prepaid number of another country', {
    play: { '+1 15:00': (s) => s.renumber('+1 212-555-0142') },
  }),
  officer('puts in the number of their own that the agency knows them by', {
    play: { '+1 15:00': (s) => s.renumber('010-0000-9042') },
  }),
  officer('puts in the number of a friend at another company', {
    setUp: async (s) => {
      s.kept = aNumber();
      await s.service.register({ counterparties: [s.company(s.kept)], signedOn: s.day(1) });
    },
    play: { '+1 15:00': (s) => s.renumber(s.kept) },
  }),
  officer('swaps the number six weeks ahead, when nobody thinks of the completion yet', {
    text: 'completion-due',
    contract: (s) => ({ endsOn: s.day(53) }),
    play: { '+3 15:00': (s) => s.renumber(s.own) },
  }),
  officer('removes the contact a week before the start of works', {
    text: 'commencement',
    play: { '+3 15:00': (s) => s.removeContact() },
  }),
  officer('swaps the number within the hour in which the start of works is announced', {
    text: 'commencement',
    play: { '+11 09:59': (s) => s.renumber(s.own) },
  }),
  officer('waits until a text failed on a phone that was off, and puts their own number in for good', {
    text: 'commencement',
    contract: (s) => ({ counterparties: [{ ...s.company('010-0000-0002') }] }),
    play: { '+3 15:00': (s) => s.renumber(s.own) },
  }),
  officer('changes the language to one that the reader does not read', {
    says: [/[가-힣]/],
    play: { '+1 15:00': (s) => s.changeContact({ locale: 'en' }) },
  }),
  officer('writes that the contact agreed years ago, as if that had ended', {
    play: { '+1 15:00': (s) => s.changeContact({ legalBasis: 'consent', legalBasisOn: '2019-01-02' }) },
  }),
  officer('writes that the contact gave consent, without a day', {
    play: { '+1 15:00': (s) => s.changeContact({ legalBasis: 'consent' }) },
  }),
  officer('makes the contact one who has left, by their role', {
    play: { '+1 15:00': (s) => s.changeContact({ role: '퇴사', name: '알 수 없음' }) },
  }),
  officer('hides the company’s contact among five of their own', {
    play: {
      '+1 15:00': async (s) => {
        for (let i = 0; i < 5; i += 1) await s.addContact(aNumber());
      },
    },
  }),
  officer('adds a second company with their own number, and removes the contact of the first', {
    play: {
      '+1 15:00': (s) => s.post(`/contracts/${s.contract.id}/counterparties`, s.company(s.own)),
      '+1 15:05': (s) => s.removeContact(),
    },
  }),
  officer(
    'adds the company’s number once more for somebody who reads English, and removes the first contact',
    {
      says: [/[가-힣]/],
      play: {
        '+1 15:00': (s) => s.addContact(s.number, 'en'),
        '+1 15:05': (s) => s.removeContact(),
      },
    },
  ),
  officer('lets a contact of the same name fail, and gives it the company’s number in English', {
    text: 'commencement',
    says: [/[가-힣]/],
    play: {
      '+1 15:00': async (s) => {
        const { counterparties } = await s.addContact('010-0000-0002', 'en');
        s.kept = counterparties.flatMap(({ contacts }) => contacts).at(-1)?.id ?? '';
      },
      '+3 15:00': (s) => s.patch({ phone: s.number }, `/contacts/${s.kept}`),
    },
  }),
  officer('wishes another number, and approves that themselves', {
    play: {
      '+1 15:00': (s) => s.renumber(s.own),
      '+1 15:05': async (s) => s.approveBy(await s.service.as('officer', s.world.home)),
    },
  }),
  officer('wishes it, takes it back and wishes it again, until the lot falls on a friend', {
    play: {
      '+1 15:00': async (s) => {
        for (let times = 0; times < 5; times += 1) {
          await s.renumber(s.own);
          for (const id of s.proposals.splice(0)) await s.post(`/proposals/${id}/withdraw`);
        }
        await s.renumber(s.own);
      },
    },
  }),
  officer('takes the contact’s number away in the morning and gives it back two weeks later', {
    play: { '+1 09:30': (s) => s.renumber(null), '+15 09:30': (s) => s.renumber(s.number) },
  }),
];
