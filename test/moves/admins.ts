import { OwnAccountService } from '../../src/office/accounts/own-account.service.js';
import { PageClient } from '../support/page-client.js';
import { signedIn } from '../support/entered.js';
import { admin, type Move, type Scene } from './scene.js';

const password = 'nine lanterns at the gate';

/** Somebody whom the mover invited, or whose link they asked for: the mover opens the link. */
async function openLink(s: Scene, link: string | undefined): Promise<PageClient> {
  const token = link?.split('/').at(-1) ?? s.refuse('no link');
  return new PageClient(
    s.service.app,
    (await signedIn(s.service.app.get(OwnAccountService).acceptLink(token, password))).token,
  );
}

const closing = { kind: 'number-swapped', finding: 'explained', note: '확인함' };
const dense = 'plan:works:dense';
const large = () => ({ value: { amount: '900000000', currency: 'KRW' } });

/**
 * What an admin may do to everybody. A move that reaches every contract has weeks of its own: others register the contract on the
 * first day, and what came of it is looked at before what was altered is put back. All others are played at once.
 */
export const movesOfAdmins: Move[] = [
  admin('puts a number of their own in place of the company’s', {
    play: { '+1 15:00': (s) => s.renumber(s.own) },
  }),
  admin('stops the department’s texts by a brake, for three weeks', {
    aloneWeeks: 5,
    play: { '+1 15:00': (s) => s.brake('department', s.world.home), '+22 15:00': (s) => s.putBack() },
  }),
  admin('stops all texts by a brake, and leaves it on', {
    aloneWeeks: 2,
    play: { '+1 15:00': (s) => s.brake('agency', 'all') },
  }),
  admin('stops the texts of one template by a brake, and leaves it on', {
    aloneWeeks: 2,
    play: { '+1 15:00': (s) => s.brake('template', 'ko/any/signing') },
  }),
  admin('turns a rehearsal on for a day', {
    aloneWeeks: 2,
    play: {
      '+1 15:00': (s) => s.alter('/agency', { rehearsal: { on: true, numbers: [s.own] } }),
      '+3 09:00': (s) => s.putBack(),
    },
  }),
  admin('opens the window for one minute of the night', {
    aloneWeeks: 2,
    play: { '+1 15:00': (s) => s.alter('/calendar', { window: { from: '03:00', to: '03:01' } }) },
  }),
  admin('makes every day of the next two months a holiday', {
    aloneWeeks: 2,
    play: {
      '+1 15:00': (s) => s.alter('/calendar', { closed: Array.from({ length: 60 }, (_, n) => s.day(n + 1)) }),
    },
  }),
  admin('moves the agency’s clock to the other side of the world', {
    aloneWeeks: 2,
    play: { '+1 15:00': (s) => s.alter('/calendar', { timeZone: 'Pacific/Honolulu' }) },
  }),
  admin('changes a template to one that says nothing', {
    says: [/금품/],
    aloneWeeks: 2,
    play: {
      '+1 15:00': (s) => s.alterTemplate('any', 'signing', '{{contract.reference}} ☎{{channel.number}}'),
    },
  }),
  admin('makes a template for works that thanks for the good cooperation', {
    says: [/금품/],
    aloneWeeks: 2,
    play: {
      '+1 15:00': (s) =>
        s.alterTemplate(
          'works',
          'signing',
          '[{{> agency}}] {{contract.reference}} 협조에 감사드립니다 ☎{{channel.number}}',
          'any',
        ),
    },
  }),
  admin('makes a template with an address of their own', {
    aloneWeeks: 2,
    play: {
      '+1 15:00': (s) =>
        s.alterTemplate(
          'any',
          'signing',
          '{{contract.reference}} 신고 report.example.com ☎{{channel.number}}',
        ),
    },
  }),
  admin('makes a template without a reporting channel', {
    aloneWeeks: 2,
    play: {
      '+1 15:00': (s) => s.alterTemplate('any', 'signing', '[{{> agency}}] {{contract.reference}} 계약 체결'),
    },
  }),
  admin('puts their own number in place of the hotline', {
    says: [/1398/],
    aloneWeeks: 2,
    play: {
      '+1 15:00': (s) =>
        s.alter('/reporting-channels', {
          channels: [
            {
              name: { ko: '감사담당관', en: 'Audit office' },
              address: s.own,
              kind: 'telephone',
              hours: null,
              languages: ['ko', 'en'],
              anonymous: false,
            },
          ],
        }),
    },
  }),
  admin('leaves the signing out of the plan, before the contract is registered', {
    contract: null,
    aloneWeeks: 2,
    play: {
      '+0 09:00': (s) =>
        s.alterPlan('plan:works', (all) => ({ milestones: all.filter(({ code }) => code !== 'signing') })),
      '+1 10:00': (s) => s.registeredByOthers(),
    },
  }),
  admin('plans the signing’s text for ten years later, before the contract is registered', {
    contract: null,
    aloneWeeks: 2,
    play: {
      '+0 09:00': (s) =>
        s.alterPlan('plan:works', (all) => ({
          milestones: all.map((one) =>
            one.code === 'signing' ? { ...one, offset: { amount: 3600, unit: 'days' } } : one,
          ),
        })),
      '+1 10:00': (s) => s.registeredByOthers(),
    },
  }),
  admin('makes all milestones optional, before the contract is registered', {
    contract: null,
    aloneWeeks: 2,
    play: {
      '+0 09:00': (s) =>
        s.alterPlan('plan:works', (all) => ({ milestones: all.map((one) => ({ ...one, optional: true })) })),
      '+1 10:00': (s) => s.registeredByOthers(),
    },
  }),
  admin('plans the announcement of the start for two weeks after it, before the contract is registered', {
    contract: null,
    text: 'commencement',
    aloneWeeks: 4,
    play: {
      '+0 09:00': (s) =>
        s.alterPlan('plan:works', (all) => ({
          milestones: all.map((one) =>
            one.code === 'commencement' ? { ...one, offset: { amount: 10, unit: 'business-days' } } : one,
          ),
        })),
      '+1 10:00': (s) => s.registeredByOthers(),
    },
  }),
  admin('opens the window in the last minute of the day, when what the text is about is over', {
    text: 'commencement',
    aloneWeeks: 3,
    play: { '+9 15:00': (s) => s.alter('/calendar', { window: { from: '23:58', to: '23:59' } }) },
  }),
  admin('raises the threshold of the denser plan, before the contract is registered', {
    contract: null,
    truth: large,
    text: 'site-check',
    aloneWeeks: 4,
    play: {
      '+0 09:00': (s) => s.alterPlan(dense, () => ({ fromAmount: '999999999999' })),
      '+1 10:00': (s) => s.registeredByOthers(large()),
    },
  }),
  admin('lets the department go live later', {
    play: { '+1 15:00': (s) => s.call('PATCH', `/departments/${s.world.home}`, { goLiveOn: '2028-03-02' }) },
  }),
  admin('merges the department into one that goes live later', {
    contract: (s) => ({ departmentId: s.world.old }),
    play: {
      '+1 15:00': (s) =>
        s.post(`/departments/${s.world.old}/merge`, { into: s.world.later, reason: '조직 개편' }),
    },
  }),
  admin('lets texts be put off by sixty business days, and puts the signing off', {
    aloneWeeks: 2,
    play: {
      '+1 15:00': (s) => s.alter('/agency', { lateDays: 60 }),
      '+1 15:05': (s) => s.patch({ signedOn: s.day(40), startsOn: s.day(50) }),
    },
  }),
  admin('takes the grace away while a contract is suspended for a day', {
    aloneWeeks: 2,
    play: {
      '+1 14:00': (s) => s.alter('/agency', { graceHours: 0 }),
      '+1 15:00': (s) => s.go('suspend', s.day(1)),
      '+2 15:00': (s) => s.go('resume', s.day(2)),
    },
  }),
  admin('has the texts of a day become one digest', {
    says: [/금품/],
    aloneWeeks: 2,
    play: { '+1 15:00': (s) => s.alter('/agency', { digestFrom: 2 }) },
  }),
  admin('deactivates the auditor’s account, and swaps the number', {
    play: {
      '+1 14:00': async (s) =>
        s.call('PATCH', `/accounts/${(await s.service.signedIn('auditor')).id}`, { active: false }),
      '+1 15:00': (s) => s.renumber(s.own),
    },
  }),
  admin('swaps the number, asks for an auditor’s link, and approves it and closes the flag in their name', {
    by: 'page',
    play: {
      '+1 15:00': (s) => s.renumber(s.own),
      '+1 15:05': async (s) => {
        const { id } = await s.service.signedIn('auditor');
        const { link } = await s.post<{ link?: string }>(`/accounts/${id}/reset`);
        const auditor = await openLink(s, link);
        await s.approveBy(auditor);
        await auditor.post(`/console/contracts/${s.contract.id}/flags`, closing);
      },
    },
  }),
  admin('swaps the number, makes a key with the role of an auditor, and approves it and closes the flag', {
    play: {
      '+1 15:00': (s) => s.renumber(s.own),
      '+1 15:05': async (s) => {
        const { key } = await s.post<{ key: string }>('/api-keys', { name: `a ${s.own}`, role: 'auditor' });
        await s.approveBy(s.service.client(key));
        await s.service.client(key).post('/flags/close', { contractId: s.contract.id, ...closing });
      },
    },
  }),
  admin('invites a second auditor who is themselves, and approves it and closes the flag', {
    play: {
      '+1 15:00': (s) => s.renumber(s.own),
      '+1 15:05': async (s) => {
        const who = { email: `a${s.own.slice(-4)}@hanbit.example`, name: '한여울', role: 'auditor' };
        const auditor = await openLink(s, (await s.post<{ link?: string }>('/accounts', who)).link);
        await s.approveBy(auditor);
        await auditor.post(`/console/contracts/${s.contract.id}/flags`, closing);
      },
    },
  }),
  admin('swaps the number, and invites a second admin who is themselves, to approve it', {
    by: 'page',
    play: {
      '+1 15:00': (s) => s.renumber(s.own),
      '+1 15:05': async (s) => {
        const who = { email: `b${s.own.slice(-4)}@hanbit.example`, name: '한여울', role: 'admin' };
        await s.approveBy(await openLink(s, (await s.post<{ link?: string }>('/accounts', who)).link));
      },
    },
  }),
  admin('makes an account of a manager for themselves, and removes the contact with it', {
    by: 'page',
    play: {
      '+1 15:00': async (s) => {
        const who = { email: `m${s.own.slice(-4)}@hanbit.example`, name: '한여울', role: 'manager' };
        const { link } = await s.post<{ link?: string }>('/accounts', { ...who, departmentId: s.world.home });
        const person = await openLink(s, link);
        const path = `/console/contracts/${s.contract.id}/contacts/${s.contactId}/remove`;
        await s.page(path, { reason: '퇴사' }, person);
      },
    },
  }),
  admin('makes a system’s key, and swaps the number with it', {
    play: {
      '+1 15:00': async (s) => {
        const key = { name: `finance ${s.own}`, role: 'officer', departmentId: s.world.home };
        const made = await s.post<{ key: string }>('/api-keys', key);
        const path = `/contracts/${s.contract.id}/contacts/${s.contactId}`;
        const headers = { authorization: `Bearer ${made.key}` };
        await s.call('PATCH', path, { phone: s.own, reason: '연계' }, headers);
      },
    },
  }),
];
