import { randomBytes } from 'node:crypto';
import { Sealer } from '../../platform/sealing/sealer.js';
import { TypedWork } from './typed-work.js';

const aSealer = () => new Sealer({ sealing: [{ id: 'k1', key: randomBytes(32) }], index: randomBytes(32) });
const work = new TypedWork(aSealer());
const url = '/console/contracts/new';
const sealed = (body: unknown) => work.seal({ body, url });
afterEach(() => jest.restoreAllMocks());

it('gives back what was typed and where it was sent, and shows nothing of it on the way', () => {
  const text = sealed({ title: '중앙로 보도정비', note: '' }) ?? '';
  expect(text).toMatch(/^[\w-]+$/);
  expect(Buffer.from(text, 'base64url').toString()).not.toContain('중앙로');
  expect(work.open(text)).toMatchObject({ url, fields: { title: '중앙로 보도정비', note: '' } });
});

it('keeps no password, no token and no file', () => {
  const body = { title: 'a', password: 'lanterns', old: 'lanterns', _csrf: 'x', file: Buffer.from('b') };
  expect(work.open(sealed(body))?.fields).toEqual({ title: 'a' });
  expect(sealed({ password: 'lanterns', old: 'lanterns', _csrf: 'x' })).toBeNull();
});

it('keeps nothing where nothing was typed, and no more than forms hold', () => {
  expect(sealed({ title: ' ' })).toBeNull();
  expect(sealed(undefined)).toBeNull();
  expect(sealed({ title: 'a'.repeat(100_000) })).toBeNull();
});

it('opens for half an hour, and not what another service sealed or somebody altered', () => {
  const text = sealed({ title: 'a' }) ?? '';
  expect(new TypedWork(aSealer()).open(text)).toBeNull();
  expect(work.open(`${text.slice(0, -4)}AAAA`)).toBeNull();
  expect(work.open(undefined)).toBeNull();
  const now = Date.now();
  jest.spyOn(Date, 'now').mockReturnValue(now + 29 * 60_000);
  expect(work.open(text)).not.toBeNull();
  jest.spyOn(Date, 'now').mockReturnValue(now + 31 * 60_000);
  expect(work.open(text)).toBeNull();
});
