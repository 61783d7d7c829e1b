import { problem } from './support/api-client.js';
import { aContact, aCounterparty, aNumber } from './support/builders.js';
import { startFake, type FakeProvider } from './support/fake-twilio.js';
import type { FakeBehaviour, FakeMessage } from './support/fake-twilio.script.js';
import { type WireName, wires } from './support/fake-wires.js';
import { startService, type TestService } from './support/service.js';
import { until } from './support/until.js';

interface MessageRow {
  id: string;
  status: string;
  reason: string | null;
  text: string;
  attempts: { status: string; reference: string | null; code: string | null; detail: string | null }[];
}

/** The provider holds the text, and may have reported on it since. */
const isKept = ({ status }: MessageRow) => ['accepted', 'sent', 'delivered'].includes(status);

const e164 = (number: string) => `+82${number.replace(/\D/g, '').slice(1)}`;
const partyWith = (phone: string) => [aCounterparty({ contacts: [aContact({ phone })] })];

describe.each(Object.keys(wires) as WireName[])('through %s:', (name) => {
  const { codes, provider: providerName } = wires[name]();
  const receiptPath = `/webhooks/${providerName}/${name === 'twilio' ? 'status' : 'report'}`;
  const isInPhases = name === 'solapi-groups';
  let fake: FakeProvider;
  let service: TestService;

  beforeAll(async () => {
    fake = await startFake(wires[name]());
    service = await startService({ twilio: fake });
    await service.openAtAllHours();
  });
  afterAll(async () => {
    await service.close();
    await fake.stop();
  });
  beforeEach(async () => {
    // A test leaves nothing behind that another would send.
    await service.sql(
      `UPDATE alert SET status = 'cancelled', reason = 'terminated' WHERE status = 'planned'`,
    );
    await service.sql(
      `UPDATE message SET status = 'failed', reason = 'of another test', next_attempt_at = NULL WHERE status = 'waiting'`,
    );
    // The provider forgets it all, too, and so does not show what was accepted of it.
    await service.sql(`UPDATE attempt SET status = 'absent', provider = 'forgotten'`);
    await service.sql(
      `UPDATE brake SET released_at = now(), released_by = 'test', release_reason = 'test' WHERE released_at IS NULL`,
    );
    await fake.reset();
    await fake.reportTo(service.config.publicUrl ?? '');
  });

  /** The messages of the contract, oldest first, each with its attempts. */
  function messagesOf(contractId: string): Promise<MessageRow[]> {
    return service.sql<MessageRow>(
      `SELECT m.id, m.status, m.reason, m.text, coalesce(jsonb_agg(to_jsonb(t) ORDER BY t.id), '[]') AS attempts
       FROM message m JOIN attempt t ON t.message_id = m.id
       WHERE m.id IN (SELECT message_id FROM alert WHERE contract_id = $1) GROUP BY m.id ORDER BY m.id`,
      [contractId],
    );
  }

  async function messageOf(contractId: string): Promise<MessageRow> {
    const [message, ...others] = await messagesOf(contractId);
    if (!message || others.length > 0) throw new Error(`${others.length + 1} messages instead of one`);
    return message;
  }

  /** Goes on as the service's own timers would, until the provider is known to hold the contract's messages. */
  function untilKept(contractId: string, count = 1): Promise<MessageRow[]> {
    return until('the provider is known to hold it', async () => {
      await service.letTimePass();
      await service.sweep();
      await service.drain();
      const messages = await messagesOf(contractId);
      return messages.length === count && messages.every(isKept) ? messages : null;
    });
  }

  async function sends(): Promise<{ to: string; body: string; at: number }[]> {
    const { requests } = await fake.received();
    return requests
      .filter(({ sent }) => sent !== null)
      .map(({ sent, at }) => ({ to: sent?.to ?? '', body: sent?.body ?? '', at }));
  }

  const kept = async (): Promise<FakeMessage[]> => (await fake.received()).messages;

  const one = (behaviour: FakeBehaviour) =>
    fake.play({ rules: [{ behaviour, times: 1 }], receipts: { copies: 0 } });

  describe('a text that is due', () => {
    it('is accepted, reported on and delivered', async () => {
      const phone = aNumber();
      const contract = await service.registerDue({ counterparties: partyWith(phone) });
      expect(await service.drain()).toBe(1);
      const message = await until('it is delivered', async () => {
        const row = await messageOf(contract.id);
        return row.status === 'delivered' ? row : null;
      });

      const [text, ...others] = await kept();
      expect(others).toEqual([]);
      expect(text).toMatchObject({ to: e164(phone), from: fake.wire.sender, body: message.text });
      expect(message.text).toContain(contract.reference);
      expect(message.attempts).toMatchObject([{ status: 'accepted', reference: text?.sid }]);
      await until('both receipts are kept', async () => {
        const receipts = await service.sql<{ status: string; origin: string }>(
          `SELECT status, origin FROM receipt WHERE reference = $1`,
          [text?.sid],
        );
        return receipts.length === 2 && receipts.every((receipt) => receipt.origin === 'webhook');
      });
    });

    it('is not moved on by a report that bears another secret', async () => {
      await fake.play({ steps: [] });
      const contract = await service.registerDue();
      await service.drain();
      const before = await messageOf(contract.id);
      const [text] = await kept();
      await fake.report({ sid: text?.sid ?? '', status: 'delivered', forged: true });
      expect((await fake.received()).receipts.map(({ answer }) => answer)).toEqual([403]);
      expect(await messageOf(contract.id)).toEqual(before);
      expect(await service.sql(`SELECT 1 FROM receipt WHERE reference = $1`, [text?.sid])).toEqual([]);
    });

    it('has its attempt committed before the provider is called', async () => {
      await one({ kind: 'hang', accept: false });
      const contract = await service.registerDue();
      const draining = service.drain();
      await until('the provider is called', async () => (await sends()).length > 0);
      // Another connection sees it while the call is under way: a process killed now leaves it behind.
      expect(await messageOf(contract.id)).toMatchObject({
        status: 'sending',
        attempts: [{ status: 'open' }],
      });
      await draining;
    });

    it('waits for the window: outside of it nothing goes out', async () => {
      const contract = await service.registerDue();
      const { value } = (await service.admin.get<{ items: [{ value: object }] }>('/calendar')).body.items[0];
      await service.admin.post('/calendar', { ...value, window: { from: '00:00', to: '00:01' } });
      expect(await service.drain()).toBe(0);
      expect(await sends()).toEqual([]);
      await service.admin.post('/calendar', value);
      await service.drain();
      expect(await sends()).toHaveLength(1);
      expect(isKept(await messageOf(contract.id))).toBe(true);
    });

    it('is sent by the service’s own timers, too', async () => {
      const all = await startService({ twilio: fake, role: 'all' });
      try {
        await all.openAtAllHours();
        await all.registerDue();
        await until('it is delivered', async () => {
          const rows = await all.sql<{ status: string }>(`SELECT status FROM message`);
          return rows[0]?.status === 'delivered';
        });
        expect(await kept()).toHaveLength(1);
      } finally {
        await all.close();
      }
    });
  });

  const ofOneCall = isInPhases ? describe.skip : describe;
  ofOneCall('an answer that is lost', () => {
    const lost: [string, FakeBehaviour][] = [
      ['the connection dropped', { kind: 'drop', accept: true }],
      ['the connection dropped inside the answer', { kind: 'drop-inside-answer', accept: true }],
      ['a 500 though it was accepted', { kind: 'server-error', accept: true }],
      ['no answer in time', { kind: 'hang', accept: true }],
      ['an answer that cannot be read', { kind: 'raw', status: 201, body: '<html>', accept: true }],
    ];

    it.each(lost)('by %s: found at the provider and adopted, one text', async (_how, behaviour) => {
      await one(behaviour);
      const contract = await service.registerDue();
      await service.drain();
      expect(await messageOf(contract.id)).toMatchObject({
        status: 'sending',
        attempts: [{ status: 'ambiguous' }],
      });
      const [message] = await untilKept(contract.id);
      const texts = await kept();
      expect(texts).toHaveLength(1);
      expect(message?.attempts).toMatchObject([{ status: 'accepted', reference: texts[0]?.sid }]);
      expect(await sends()).toHaveLength(1);
    });

    it('by a text that is accepted late: not taken for absent before the grace is over, one text', async () => {
      await one({ kind: 'accept-late', afterMs: 4000 });
      const contract = await service.registerDue();
      await service.drain();
      expect(await kept()).toEqual([]);
      // As looks do that come within the grace.
      for (let look = 1; look <= 3; look += 1) {
        const attempts = await service.sql<{ id: string }>(
          `UPDATE attempt SET check_at = clock_timestamp() WHERE status = 'ambiguous' RETURNING id`,
        );
        for (const { id } of attempts) service.watched(id, 0);
        await service.sweep();
      }
      expect(await messageOf(contract.id)).toMatchObject({ attempts: [{ status: 'ambiguous', checks: 0 }] });
      await until('it is accepted', async () => (await kept()).length === 1);
      const [message] = await untilKept(contract.id);
      expect(message?.attempts).toMatchObject([{ status: 'accepted' }]);
      expect(await sends()).toHaveLength(1);
    });

    it('is settled by the receipt, which carries the attempt', async () => {
      await fake.play({ rules: [{ behaviour: { kind: 'drop', accept: true } }] });
      const contract = await service.registerDue();
      await service.drain();
      await until('the receipt has come', async () => (await messageOf(contract.id)).status === 'delivered');
      expect(await sends()).toHaveLength(1);
      const { requests } = await fake.received();
      expect(requests.filter((request) => request.method === 'GET')).toEqual([]);
    });

    const notKept: [string, FakeBehaviour][] = [
      ['a 500', { kind: 'server-error', accept: false }],
      ['a dropped connection', { kind: 'drop', accept: false }],
      ['silence', { kind: 'hang', accept: false }],
    ];
    it.each(notKept)(
      'by %s without acceptance: absent twice, then sent again, one text',
      async (_how, behaviour) => {
        await one(behaviour);
        const contract = await service.registerDue();
        await service.drain();
        const [message] = await untilKept(contract.id);
        expect(message?.attempts.map((attempt) => attempt.status)).toEqual(['absent', 'accepted']);
        expect(await kept()).toHaveLength(1);
        const { requests } = await fake.received();
        const calls = requests.map((request) => request.method).join(' ');
        // Looked for at least twice between the two sends.
        expect(calls).toMatch(/^POST( GET){2,} POST/);
      },
    );

    it.each([
      ['fails', { failStatus: 500 }],
      ['cannot be read', { rawBody: '{}' }],
      ['hangs', { hang: true }],
    ])('is not sent again while the provider’s list %s', async (_how, list) => {
      await fake.play({
        rules: [{ behaviour: { kind: 'drop', accept: true }, times: 1 }],
        receipts: { copies: 0 },
        list,
      });
      const contract = await service.registerDue();
      await service.drain();
      // Past the grace, in which an empty list would have proved it absent the second time.
      for (let look = 1; look <= 3; look += 1) {
        await service.letTimePass();
        await service.sweep();
        expect(await service.drain()).toBe(0);
      }
      const { requests } = await fake.received();
      expect(requests.filter(({ method }) => method === 'GET')).toHaveLength(3);
      expect(await messageOf(contract.id)).toMatchObject({ attempts: [{ status: 'ambiguous' }] });
      expect(await sends()).toHaveLength(1);
    });

    it('of two like texts to one number: each is adopted once', async () => {
      const contract = await service.registerDue({ kind: 'permit', startsOn: null, endsOn: null });
      await service.drain();
      await fake.play({
        rules: [{ behaviour: { kind: 'drop', accept: true }, times: 2 }],
        receipts: { copies: 0 },
      });
      const occurred = { occurredOn: contract.signedOn };
      for (const _time of ['first', 'second'])
        await service.admin.post(`/contracts/${contract.id}/milestones/supplement/occurrences`, occurred);
      const messages = (await untilKept(contract.id, 3)).slice(1);
      const texts = (await kept()).slice(1);
      expect(texts.map((text) => text.body)).toEqual(messages.map((message) => message.text));
      expect(messages[1]?.text).toBe(`${messages[0]?.text} (2)`);
      expect(messages.flatMap((message) => message.attempts.map((attempt) => attempt.reference))).toEqual(
        texts.map((text) => text.sid),
      );
    });
  });

  describe('a refusal', () => {
    it('by 429 waits as long as was asked, and is sent then', async () => {
      await one({ kind: 'too-many', retryAfter: 1 });
      const contract = await service.registerDue();
      await service.drain();
      expect(await messageOf(contract.id)).toMatchObject({
        status: 'waiting',
        attempts: [{ status: 'refused', code: '20429' }],
      });
      await until('it is sent again', async () => (await service.drain()) > 0);
      expect(isKept(await messageOf(contract.id))).toBe(true);
      const [first, second, ...others] = await sends();
      expect(others).toEqual([]);
      expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(1000);
      expect(await kept()).toHaveLength(1);
    });

    it.each([...codes.permanent])(
      'for good by %d, %s is failed, and never tried again',
      async (status, code) => {
        await fake.play({ rules: [{ behaviour: { kind: 'refuse', status, code } }] });
        const contract = await service.registerDue();
        await service.drain();
        expect(await messageOf(contract.id)).toMatchObject({ status: 'failed', reason: String(code) });
        await service.letTimePass();
        await service.drain();
        expect(await sends()).toHaveLength(1);
      },
    );

    it('by a code that nobody knows is held for a person', async () => {
      const [status, code] = codes.unknown;
      await fake.play({ rules: [{ behaviour: { kind: 'refuse', status, code } }] });
      const contract = await service.registerDue();
      await service.drain();
      await service.letTimePass();
      await service.drain();
      expect(await messageOf(contract.id)).toMatchObject({ status: 'held', reason: String(code) });
      expect(await sends()).toHaveLength(1);
    });

    it('of the credentials stops the line, and a release resumes it', async () => {
      const [status, code] = codes.stopLine;
      await fake.play({ rules: [{ behaviour: { kind: 'refuse', status, code } }] });
      const first = await service.registerDue();
      await service.drain();
      const { items } = (
        await service.admin.get<{ items: { id: string; scope: string; target: string; reason: string }[] }>(
          '/brakes',
        )
      ).body;
      expect(items[0]).toMatchObject({ scope: 'sender', target: fake.wire.sender, actor: 'system' });
      expect(items[0]?.reason).toContain(String(code));

      const second = await service.registerDue();
      await service.letTimePass();
      expect(await service.drain()).toBe(0);
      expect(await sends()).toHaveLength(1);

      await fake.play({ rules: [] });
      await service.admin.post(`/brakes/${items[0]?.id}/release`, { reason: 'new token' });
      await service.letTimePass();
      expect(await service.drain()).toBe(2);
      expect((await kept()).map((text) => text.body).sort()).toEqual(
        [(await messageOf(first.id)).text, (await messageOf(second.id)).text].sort(),
      );
    });

    it('of three numbers of a country holds that route, and no other', async () => {
      const [status, code] = codes.route;
      const numbers = ['010-0000-7701', '010-0000-7702', '010-0000-7703'] as const;
      await fake.play({
        rules: numbers.map((to) => ({ behaviour: { kind: 'refuse', status, code }, to: e164(to) })),
      });
      const refused = await service.registerDue({ counterparties: partyWith(numbers[0]) });
      await service.drain();
      // That one number is not reached says nothing of the country.
      expect((await messageOf(refused.id)).status).toBe('held');
      for (const number of numbers.slice(1)) await service.registerDue({ counterparties: partyWith(number) });
      await service.drain();
      const brakes = await service.sql<{ target: string }>(
        `SELECT target FROM brake WHERE scope = 'route' AND released_at IS NULL`,
      );
      expect(brakes).toEqual([{ target: `${fake.wire.sender}/KR` }]);

      await service.registerDue({ counterparties: partyWith(aNumber()) });
      const abroad = await service.registerDue({ counterparties: partyWith('+44 7700 900456') });
      await service.letTimePass();
      expect(await service.drain()).toBe(1);
      expect((await kept()).map((text) => text.to)).toEqual(fake.wire.servesAbroad ? ['+447700900456'] : []);
      if (fake.wire.servesAbroad) expect(isKept(await messageOf(abroad.id))).toBe(true);
      else expect((await messageOf(abroad.id)).status).toBe('held');
      expect((await messageOf(refused.id)).status).toBe('waiting');
    });

    it('after acceptance that proves nothing is sent again, a few times at most, and counted', async () => {
      const code = codes.unproved ?? 2005;
      await fake.play({ steps: [{ status: 'undelivered', afterMs: 5, code }] });
      const contract = await service.registerDue();
      await service.drain();
      await until('it has failed', async () => {
        await service.letTimePass();
        await service.drain();
        return (await messageOf(contract.id)).status === 'failed';
      });
      // What a gateway took is never sent again by itself: its name is that of one text.
      expect(await kept()).toHaveLength(codes.unproved === null ? 1 : 3);
      const [row] = await service.sql(`SELECT resent_unproved AS resent, reason FROM message WHERE id = $1`, [
        (await messageOf(contract.id)).id,
      ]);
      expect(row).toEqual({ resent: codes.unproved === null ? 0 : 2, reason: String(code) });
    });
  });

  describe('poison', () => {
    const garbled = Buffer.from('not what the sealer made');

    it('in a contact’s number does not hold up the others', async () => {
      const poisoned = await service.registerDue();
      const sound = await service.registerDue();
      await service.sql(`UPDATE contact SET phone_sealed = $2 WHERE contract_id = $1`, [
        poisoned.id,
        garbled,
      ]);
      await service.drain();
      expect(isKept(await messageOf(sound.id))).toBe(true);
      expect(await messagesOf(poisoned.id)).toEqual([]);
      expect(
        await service.sql(`SELECT 1 FROM alert WHERE contract_id = $1 AND reason = 'text-failed'`, [
          poisoned.id,
        ]),
      ).toHaveLength(1);
    });

    it('in a message that waits does not hold up the others of its shard', async () => {
      await one({ kind: 'too-many' });
      const poisoned = await service.registerDue();
      await service.drain();
      const message = await messageOf(poisoned.id);
      expect(message.status).toBe('waiting');
      await service.sql(`UPDATE message SET number_sealed = $2 WHERE id = $1`, [message.id, garbled]);
      const sound = await service.registerDue();
      await service.sql(
        `UPDATE alert SET shard = (SELECT shard FROM message WHERE id = $1) WHERE contract_id = $2`,
        [message.id, sound.id],
      );
      await service.letTimePass();
      await service.drain();
      expect(isKept(await messageOf(sound.id))).toBe(true);
      expect((await messageOf(poisoned.id)).status).toBe('held');
    });

    it('in an attempt that is looked for does not hold up the others', async () => {
      await fake.play({
        rules: [{ behaviour: { kind: 'drop', accept: true }, times: 2 }],
        receipts: { copies: 0 },
      });
      const [poisoned, sound] = [await service.registerDue(), await service.registerDue()];
      await service.drain();
      await service.sql(`UPDATE message SET number_sealed = $2 WHERE id = $1`, [
        (await messageOf(poisoned.id)).id,
        garbled,
      ]);
      await until('the sound one is adopted', async () => {
        await service.sweep();
        return isKept(await messageOf(sound.id));
      });
      // It cannot be looked for: past the grace it is held for a person. What is released twice leaves once, and is known.
      expect(isInPhases ? ['delivered', 'accepted', 'sent'] : ['sending', 'held']).toContain(
        (await messageOf(poisoned.id)).status,
      );
    });
  });

  it('answers a receipt with 404 where texts go through the sandbox', async () => {
    const sandbox = await startService();
    try {
      const answer = await sandbox.client(null).post(receiptPath, [{ MessageStatus: 'sent' }]);
      expect(problem(answer).status).toBe(404);
    } finally {
      await sandbox.close();
    }
  });
});
