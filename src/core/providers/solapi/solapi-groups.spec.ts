import { SolapiWire } from '../../../../test/support/fake-solapi.wire.js';
import { startFake, type FakeProvider } from '../../../../test/support/fake-twilio.js';
import type { FakeBehaviour } from '../../../../test/support/fake-twilio.script.js';
import type { OutgoingText } from '../sms-provider.js';
import { SolapiProvider } from './solapi.provider.js';
import { solapiEnvironment } from './solapi.schema.js';

const text: OutgoingText = {
  attemptId: '01900000-0000-7000-8000-000000000001',
  to: '+821000000123',
  text: '계약 체결을 알려 드립니다.',
};

let fake: FakeProvider;
let provider: SolapiProvider;
const aProvider = async (timeoutMs: number) => {
  const settings = solapiEnvironment.parse(await fake.environment('http://127.0.0.1:9'));
  return new SolapiProvider({ ...settings, timeoutMs, connections: 4 });
};

beforeAll(async () => {
  fake = await startFake(new SolapiWire(true));
  provider = await aProvider(20_000);
});
beforeEach(async () => {
  await fake.reset();
  await fake.play({ steps: [] });
});
afterAll(async () => {
  await provider.close();
  await fake.stop();
});

const soon = () => performance.now() + 10_000;
const left = async () => (await fake.received()).messages.map(({ body }) => body);
const calls = async () =>
  (await fake.received()).requests.map(({ method, path }) => `${method} ${path.replace(/G4V\w+/, 'G')}`);

async function aHandle(): Promise<string> {
  const prepared = await provider.twoPhase.prepare(text);
  if (prepared.kind !== 'prepared') throw new Error(`it was refused: ${prepared.detail}`);
  return prepared.handle;
}

const releaseMeeting = async (behaviour: FakeBehaviour, handle: string, through = provider) => {
  await fake.play({ rules: [{ behaviour, times: 1 }], steps: [] });
  return through.twoPhase.release(handle, soon());
};

it('declares two phases where they are set, and no grace of its own else', async () => {
  expect(provider.deduplication).toEqual({ kind: 'two-phase' });
  const environment = { ...(await fake.environment('')), SOLAPI_TWO_PHASE: 'off' };
  expect(solapiEnvironment.parse(environment).usesGroups).toBe(false);
  expect(() => solapiEnvironment.parse({ ...environment, SOLAPI_TWO_PHASE: 'yes' })).toThrow(
    'neither on nor off',
  );
});

it('sends a text as a group of its own: nothing leaves before it is released', async () => {
  const handle = await aHandle();
  expect(await left()).toEqual([]);
  const outcome = await provider.twoPhase.release(handle, soon());
  const [message] = (await fake.received()).messages;
  expect(outcome).toEqual({ kind: 'accepted', reference: message?.sid });
  expect(message).toMatchObject({ to: text.to, body: text.text, own: { attempt: text.attemptId } });
  expect(await calls()).toEqual([
    'POST /messages/v4/groups',
    'PUT /messages/v4/groups/G/messages',
    'POST /messages/v4/groups/G/send',
  ]);
});

it('is released once, however often that is asked for', async () => {
  const handle = await aHandle();
  const first = await provider.twoPhase.release(handle, soon());
  expect(await provider.twoPhase.release(handle, soon())).toEqual(first);
  expect(await left()).toHaveLength(1);
});

it.each<[string, FakeBehaviour]>([
  ['silence', { kind: 'hang', accept: true }],
  ['a 500', { kind: 'server-error', accept: true }],
  ['half an answer', { kind: 'drop-inside-answer', accept: true }],
  ['a 200 that is no group', { kind: 'raw', status: 200, body: '{}', accept: true }],
])('leaves it open after %s to a release, and finds that it has left', async (_, behaviour) => {
  const impatient = await aProvider(1000);
  const handle = await aHandle();
  expect(await releaseMeeting(behaviour, handle, impatient)).toMatchObject({ kind: 'ambiguous' });
  const [, reference] = handle.split('/');
  expect(await provider.twoPhase.revoke(handle)).toEqual({ reference, status: 'accepted', code: null });
  await impatient.close();
});

it('makes no call of a release past the last moment that it was given', async () => {
  const handle = await aHandle();
  const late = await provider.twoPhase.release(handle, performance.now() - 1);
  expect(late).toMatchObject({ kind: 'refused', code: 'not-sent-in-time', action: 'retry' });
  expect(await left()).toEqual([]);
});

it('refuses a release that comes in after it was revoked, and says so of each further look', async () => {
  const handle = await aHandle();
  const impatient = await aProvider(500);
  expect(await releaseMeeting({ kind: 'accept-late', afterMs: 1200 }, handle, impatient)).toMatchObject({
    kind: 'ambiguous',
  });
  expect(await provider.twoPhase.revoke(handle)).toBe('revoked');
  expect(await provider.twoPhase.revoke(handle)).toBe('revoked');
  await new Promise((resolve) => setTimeout(resolve, 1200));
  expect(await provider.twoPhase.release(handle, soon())).toEqual({
    kind: 'ambiguous',
    detail: 'not-released',
  });
  expect(await left()).toEqual([]);
  await impatient.close();
});

it('goes by the group where the deletion is not answered, or fails', async () => {
  const handle = await aHandle();
  await fake.play({ preparing: [{ behaviour: { kind: 'server-error', accept: true } }], steps: [] });
  expect(await provider.twoPhase.revoke(handle)).toBe('revoked');
  const other = await aHandleAgain();
  await fake.play({ preparing: [{ behaviour: { kind: 'server-error', accept: false } }], steps: [] });
  await expect(provider.twoPhase.revoke(other)).rejects.toThrow('PENDING');
});

async function aHandleAgain(): Promise<string> {
  await fake.play({ steps: [] });
  return aHandle();
}

it('does not know the group of another account, nor one that is gone', async () => {
  expect(await provider.twoPhase.revoke('G4V0123456789ABC/M4V0123456789ABC')).toBe('unknown');
  expect(await provider.twoPhase.release('G4V0123456789ABC/M4V0123456789ABC', soon())).toEqual({
    kind: 'ambiguous',
    detail: 'not-released',
  });
});

it('takes a group that was deleted and has a time of sending for one that has left', async () => {
  const handle = await aHandle();
  const { dateSent } = { dateSent: '2026-03-02T01:00:00.000Z' };
  const [groupId] = handle.split('/');
  const answer = JSON.stringify({ groupId, status: 'DELETED', dateSent });
  jest.spyOn(provider as never, 'request').mockResolvedValueOnce(answer as never);
  expect(await provider.twoPhase.revoke(handle)).toMatchObject({ reference: handle.split('/')[1] });
});

it.each<[string, FakeBehaviour, string]>([
  ['a 500 that made it', { kind: 'server-error', accept: true }, 'http-500'],
  ['a dropped connection', { kind: 'drop', accept: false }, 'connection-lost'],
  ['a 200 that is not JSON', { kind: 'raw', status: 200, body: '<html>', accept: true }, 'answer-unreadable'],
])('tries again what is not prepared for %s', async (_, behaviour, code) => {
  await fake.play({ preparing: [{ behaviour, times: 1 }], steps: [] });
  expect(await provider.twoPhase.prepare(text)).toMatchObject({ kind: 'refused', action: 'retry', code });
  expect(await left()).toEqual([]);
});

it('refuses by the code of the message, and leaves no group behind with it', async () => {
  await fake.play({ rules: [{ behaviour: { kind: 'refuse', status: 200, code: 1060 } }], steps: [] });
  expect(await provider.twoPhase.prepare(text)).toMatchObject({ code: '1060', action: 'permanent' });
  expect(await provider.twoPhase.prepare({ ...text, to: '+12125550100' })).toMatchObject({
    action: 'hold-route',
  });
  for (let tries = 0; tries < 100 && !(await calls()).includes('DELETE /messages/v4/groups/G'); tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await calls()).toContain('DELETE /messages/v4/groups/G');
});

it('stops the line when the balance is used up', async () => {
  const handle = await aHandle();
  const answer: FakeBehaviour = {
    kind: 'raw',
    status: 402,
    body: '{"errorCode":"NotEnoughBalance","errorMessage":""}',
    accept: false,
  };
  expect(await releaseMeeting(answer, handle)).toMatchObject({ kind: 'refused', action: 'stop-line' });
});

it('lists no text of a group that waits, which SOLAPI lists like others', async () => {
  const waits = await aHandle();
  expect(await provider.find(text)).toEqual([]);
  expect(await provider.newest(new Date(0))).toEqual([]);
  await provider.twoPhase.release(waits, soon());
  expect(await provider.find(text)).toMatchObject([{ reference: waits.split('/')[1], text: text.text }]);
  expect(await provider.newest(new Date(0))).toHaveLength(1);
});
