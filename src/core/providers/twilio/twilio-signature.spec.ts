import { callbackForm, signCallback } from '../../../../test/support/fake-twilio.receipts.js';
import { startFakeTwilio } from '../../../../test/support/fake-twilio.js';
import { fakeAccount } from '../../../../test/support/fake-twilio.wire.js';
import { verifyTwilioCallback, type CallbackRequest } from './twilio-signature.js';

const attemptId = '01900000-0000-7000-8000-000000000001';
const reference = `SM${'ab'.repeat(16)}`;
const publicUrl = 'https://alerts.example.go.kr';
const statusCallbackPath = '/api/v1/webhooks/twilio/status';
const url = `${statusCallbackPath}?attempt=${attemptId}`;

const aForm = (status = 'undelivered', code: number | null = 30003): Record<string, string> =>
  callbackForm(
    fakeAccount,
    {
      sid: reference,
      to: '+12125550123',
      from: '+12125550100',
      messagingServiceSid: null,
      body: 'A text',
      status,
      errorCode: code,
      statusCallback: null,
      createdAt: 0,
      sentAt: null,
    },
    status,
    code,
  );

const verify = (
  changes: Partial<CallbackRequest> & { signed?: Record<string, string>; signedUrl?: string } = {},
) => {
  const { signed = aForm(), signedUrl = publicUrl + url, ...request } = changes;
  return verifyTwilioCallback({
    signature: signCallback(fakeAccount.authToken, signedUrl, signed),
    url,
    form: signed,
    authToken: fakeAccount.authToken,
    accountSid: fakeAccount.accountSid,
    publicUrl,
    path: statusCallbackPath,
    ...request,
  });
};

describe('a callback that Twilio signed', () => {
  it('is read', () => {
    expect(verify()).toEqual({ kind: 'verified', reference, status: 'failed', code: '30003', attemptId });
  });

  it('may have no code, and a code of 0 is none', () => {
    expect(verify({ signed: aForm('delivered', null) })).toMatchObject({ status: 'delivered', code: null });
    expect(verify({ signed: aForm('sent', 0) })).toMatchObject({ status: 'sent', code: null });
  });

  it('may carry no attempt', () => {
    const bare = verify({ url: statusCallbackPath, signedUrl: publicUrl + statusCallbackPath });
    expect(bare).toMatchObject({ kind: 'verified', attemptId: null });
  });

  it('may have names that we do not know, which count for the signature', () => {
    const signed = { ...aForm(), RawDlrDoneDate: '2601010101' };
    expect(verify({ signed })).toMatchObject({ kind: 'verified' });
    expect(verify({ signed, form: aForm() })).toEqual({ kind: 'refused', reason: 'signature' });
  });

  it('is verified below a path of the public address', () => {
    const below = 'https://example.go.kr/alerts';
    expect(verify({ publicUrl: below, signedUrl: below + url })).toMatchObject({ kind: 'verified' });
  });
});

describe('a callback is refused', () => {
  it.each<[string, Parameters<typeof verify>[0], string]>([
    ['without a signature', { signature: undefined }, 'signature'],
    ['with a made-up signature', { signature: 'bm90IGEgc2lnbmF0dXJl' }, 'signature'],
    ['signed by another token', { authToken: 'another-token-altogether' }, 'signature'],
    ['signed for another host', { signedUrl: `https://elsewhere.example${url}` }, 'signature'],
    ['signed for another attempt', { url: url.replace(/1$/, '2') }, 'signature'],
    ['with another value than signed', { form: { ...aForm(), MessageStatus: 'delivered' } }, 'signature'],
    ['for another account', { signed: { ...aForm(), AccountSid: `AC${'9'.repeat(32)}` } }, 'account'],
    ['without an account', { signed: without('AccountSid') }, 'account'],
    ['with a reference of another form', { signed: { ...aForm(), MessageSid: 'SM12' } }, 'reference'],
    ['without a reference', { signed: without('MessageSid') }, 'reference'],
    ['with an unknown status', { signed: { ...aForm(), MessageStatus: 'pondering' } }, 'status'],
    ['with the status of an incoming text', { signed: { ...aForm(), MessageStatus: 'received' } }, 'status'],
    ['with a code that is none', { signed: { ...aForm(), ErrorCode: '30x' } }, 'code'],
    ['at another path', { url: `/api/v1/webhooks/twilio/statuses?attempt=${attemptId}` }, 'address'],
    [
      'at another provider’s path, though signed for it',
      { url: url.replace('twilio', 'second'), signedUrl: publicUrl + url.replace('twilio', 'second') },
      'address',
    ],
    ['with more in its query', { url: `${url}&x=1` }, 'address'],
    ['with two attempts', { url: `${url}&attempt=${attemptId}` }, 'address'],
    ['with an attempt that is no id', { url: `${statusCallbackPath}?attempt=1` }, 'address'],
    ['with a name given twice', { form: { ...aForm(), MessageStatus: ['failed', 'delivered'] } }, 'form'],
    ['with a nested value', { form: { ...aForm(), To: { a: '1' } } }, 'form'],
  ])('%s', (_, changes, reason) => {
    expect(verify(changes)).toEqual({ kind: 'refused', reason });
  });
});

describe('the same characters split elsewhere', () => {
  it('sign alike, which is why forms are checked', () => {
    const sign = (form: Record<string, string>) => signCallback('token', 'https://x.example/', form);
    expect(sign({ A: 'bC' })).toBe(sign({ Ab: 'C' }));
  });

  it.each<[string, Record<string, string>, string]>([
    [
      'a status moved out of its name',
      { ...without('MessageStatus'), MessageStatusun: 'delivered' },
      'status',
    ],
    [
      'a status swallowed by the reference',
      { ...without('MessageSid', 'MessageStatus'), MessageSid: `${reference}MessageStatusundelivered` },
      'reference',
    ],
    [
      'a code swallowed by the value before it',
      { ...without('ErrorCode', 'ApiVersion'), ApiVersion: '2010-04-01ErrorCode30003' },
      'form',
    ],
    [
      'a code swallowed by a name',
      { ...without('ErrorCode', 'ApiVersion'), 'ApiVersion2010-04-01ErrorCode': '30003' },
      'form',
    ],
    [
      'a code swallowed by a name of letters',
      { ...without('ErrorCode', 'From'), ErrorCode30003From: '+12125550100' },
      'form',
    ],
    [
      'a code with the sender in it',
      { ...without('ErrorCode', 'From'), ErrorCode: '30003From+12125550100' },
      'code',
    ],
    [
      'an account moved into its name',
      { ...without('AccountSid'), [`AccountSid${fakeAccount.accountSid}`]: '' },
      'account',
    ],
  ])('%s', (_, form, reason) => {
    expect(signCallback('token', publicUrl, form)).toBe(signCallback('token', publicUrl, aForm()));
    expect(verify({ signed: aForm(), form })).toEqual({ kind: 'refused', reason });
  });

  it('an attempt moved out of the address', () => {
    const form = { ...aForm(), [`?attempt=${attemptId}`]: '' };
    expect(signCallback('t', publicUrl + statusCallbackPath, form)).toBe(
      signCallback('t', publicUrl + url, aForm()),
    );
    expect(verify({ url: statusCallbackPath, form })).toEqual({ kind: 'refused', reason: 'form' });
  });
});

it('takes a replay: the caller deduplicates', () => {
  expect(verify()).toEqual(verify());
});

it('takes what the fake posts', async () => {
  const fake = await startFakeTwilio();
  const posts: { url: string; form: Record<string, string>; signature: string }[] = [];
  try {
    await fake.play({ steps: [{ status: 'delivered', afterMs: 0 }], receipts: { beforeAnswer: true } });
    await fetch(`${fake.baseUrl}/2010-04-01/Accounts/${fakeAccount.accountSid}/Messages.json`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${fakeAccount.accountSid}:${fakeAccount.authToken}`).toString('base64')}`,
      },
      body: new URLSearchParams({
        To: '+12125550123',
        From: '+12125550100',
        Body: '축하 & +',
        StatusCallback: `http://127.0.0.1:9${url}`,
      }),
    });
    posts.push(...(await fake.received()).receipts);
  } finally {
    await fake.stop();
  }
  const [post] = posts;
  expect(
    verify({ publicUrl: 'http://127.0.0.1:9', form: post?.form ?? {}, signature: post?.signature }),
  ).toMatchObject({ kind: 'verified', status: 'delivered', attemptId });
});

function without(...names: string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(aForm()).filter(([name]) => !names.includes(name)));
}
