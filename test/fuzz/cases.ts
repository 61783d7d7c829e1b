import { agencyForm } from '../support/agency-form.js';
import type { Caller } from './cast.js';
import { marks } from './values.js';
import { type Body, type Draft, rawJson } from './wire.js';

/** A request that was once answered badly, and how it is answered since. */
export interface Case {
  name: string;
  caller?: Caller;
  /** `POST /api/v1/contracts`; `:contract` and the like stand for things that there are. */
  request: string;
  json?: unknown;
  form?: Record<string, string>;
  raw?: [type: string, content: string];
  headers?: Record<string, string>;
  status: number;
  /** Of a problem; a page shows its words instead. */
  code?: string;
}

const contactsOf = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ name: `a${i}`, phone: `010-0000-${2000 + i}`, locale: 'ko' }));
const contract = {
  reference: 'FZ-1',
  kind: 'goods',
  title: '비품 구매',
  departmentId: ':department',
  signedOn: '2026-03-03',
  startsOn: '2026-03-16',
  endsOn: '2026-11-27',
  counterparties: [{ name: '(주)새솔건설', country: 'KR', contacts: contactsOf(1) }],
};
const century = {
  ...contract,
  kind: 'consignment',
  signedOn: '1990-01-02',
  startsOn: '1990-01-03',
  endsOn: '2100-12-31',
  counterparties: [1, 2, 3, 4, 5].map((n) => ({ name: `c${n}`, country: 'KR', contacts: contactsOf(50) })),
};
const agency = { ...agencyForm, nameEn: 'City' };
const channel = {
  place: '0',
  nameKo: '감사실',
  nameEn: 'Audit',
  address: '1398',
  kind: 'telephone',
  'speaks-ko': 'on',
};
const calendar = {
  timeZone: 'Asia/Seoul',
  country: 'KR',
  window: { from: '09:00', to: '18:00' },
  closed: [],
  open: [],
};
const hotline = {
  name: { ko: '감사실', en: 'Audit' },
  address: '1398',
  kind: 'telephone',
  languages: ['ko'],
  anonymous: true,
};
const refused = { status: 400, code: 'validation-failed' };
const [json, multipart, urlencoded] = [
  'application/json',
  'multipart/form-data; boundary=b',
  'application/x-www-form-urlencoded',
];
/** A sheet of which nothing can be taken: `c` stands within each value. */
const sheetWith = (c: string) =>
  [
    `계약번호,구분,계약명,담당부서,계약일,착수일,준공일,업체명,담당자,휴대전화,비${c}고`,
    `FZ${c}2,물품,비${c}품,도${c}로과,2026-03-03,2026-03-16,2026-11-27,새솔${c}건설,김${c}하나,010-0000${c}-2001,${c}`,
  ].join('\n');
const filePart = (name: string, end: string, content = 'a,b') =>
  `--b\r\ncontent-disposition: form-data; name="${name}"; filename="a.csv"\r\n\r\n${content}\r\n${end}`;

// prettier-ignore
export const cases: Case[] = [
  // What killed the process.
  { name: 'a proxy that names no scheme of the web', request: 'GET /console/work', headers: { 'x-forwarded-proto': 'null' }, status: 303 },
  // A brake on nothing, which stopped everything.
  { name: 'a brake on a department without its name', request: 'POST /api/v1/brakes', json: { scope: 'department', reason: 'a case' }, status: 422, code: 'brake-target-unknown' },
  { name: 'a brake on a department that is none', request: 'POST /api/v1/brakes', json: { scope: 'department', target: ':unknown', reason: 'a case' }, status: 422, code: 'brake-target-unknown' },
  { name: 'a brake, on the page, on a department that is none', request: 'POST /console/settings/brakes', form: { scope: 'department', target: 'x', reason: 'a case' }, status: 422 },
  // A plan without end, which froze the process.
  { name: 'a century of consignment', request: 'POST /api/v1/contracts', json: century, status: 422 },
  // Errors of the server.
  { name: 'half a character under an idempotency key', request: 'POST /api/v1/messages/search', raw: [json, '{"words":"ab\\ud800cd"}'], headers: { 'idempotency-key': 'case-1' }, status: 400 },
  { name: '5,000 levels under an idempotency key', request: 'POST /api/v1/messages/search', raw: [json, '['.repeat(5000) + ']'.repeat(5000)], headers: { 'idempotency-key': 'case-2' }, status: 400 },
  { name: 'an upload without its end', request: 'POST /api/v1/imports', raw: [multipart, filePart('file', '')], status: 400 },
  { name: 'an upload that is no multipart', request: 'POST /api/v1/imports', raw: [multipart, '{}'], status: 400 },
  { name: 'an empty change of a contact', request: 'PATCH /api/v1/contracts/:contract/contacts/:contact', json: {}, status: 200 },
  // What a refused cell holds is quoted to whoever brought it, and stored with the quotation.
  { name: 'a sheet of control characters', request: 'POST /api/v1/imports', raw: [multipart, filePart('file', '--b--\r\n', sheetWith('\u0007'))], status: 202 },
  { name: 'a sheet of broken characters', request: 'POST /api/v1/imports', raw: [multipart, filePart('file', '--b--\r\n', sheetWith('\ufffd'))], status: 202 },
  // Pages that took what the API refuses, and settings what templates refuse.
  { name: 'a reason of 900 kB', request: 'POST /console/settings/channels', form: { ...channel, reason: 'fz'.repeat(450_000) }, status: 400 },
  { name: 'a release without a reason', request: 'POST /console/messages/:message/release', form: { reason: ' ' }, status: 400 },
  { name: 'a key that expires on a day that is none', request: 'POST /console/settings/keys', form: { name: 'a case', role: 'auditor', expiresOn: '2026-02-30' }, status: 400 },
  { name: 'a version that is none', request: 'POST /console/contracts/:contract/change', form: { step: 'save', version: 'abc', title: 'a case' }, status: 400 },
  { name: 'a channel before the first', request: 'POST /console/settings/channels', form: { place: '-1', take: 'on' }, status: 400 },
  { name: 'a channel at no place', request: 'POST /console/settings/channels', form: { place: 'abc', take: 'on' }, status: 400 },
  { name: 'an agency whose name turns the direction of writing', request: 'POST /console/settings/agency', form: { ...agency, nameKo: '\u202Etxt' }, status: 400 },
  { name: 'an agency whose name is a link', request: 'POST /console/settings/agency', form: { ...agency, nameKo: 'https://example.org' }, status: 400 },
  { name: 'a telephone that is blank', request: 'POST /api/v1/reporting-channels', json: { channels: [{ ...hotline, address: ' ' }] }, ...refused },
  { name: 'a time zone that there is not', request: 'POST /api/v1/calendar', json: { ...calendar, timeZone: 'Asia/Nowhere' }, ...refused },
  { name: 'a country that is none', request: 'POST /api/v1/calendar', json: { ...calendar, country: 'XX' }, ...refused },
  // Days, characters, links, the framework's own words, and fields that were passed over.
  { name: 'the last day there is', request: 'GET /api/v1/messages?to=9999-12-31', ...refused },
  { name: 'a title with a NUL', request: 'POST /api/v1/contracts', json: { ...contract, title: 'a\0b' }, ...refused },
  { name: 'a title with half a character', request: 'POST /api/v1/contracts', json: { ...contract, title: 'a\ud800b' }, ...refused },
  { name: 'a reason in an address that is no UTF-8', request: 'DELETE /api/v1/contracts/:contract/contacts/:contact?reason=ab%ED%B0%80cd', ...refused },
  { name: 'an amount beyond 2^53 as a number', request: 'POST /api/v1/contracts', json: { ...contract, value: { amount: rawJson('9007199254740993'), currency: 'KRW' } }, ...refused },
  { name: 'a link whose path is spelt otherwise', caller: 'nobody', request: `GET /console/%77elcome/${marks.link}`, status: 404 },
  { name: 'a link below a path that is none', caller: 'nobody', request: `GET /console/*/${marks.link}`, status: 404 },
  { name: 'a path that is no UTF-8', caller: 'nobody', request: 'GET /api/v1/%ED%A0%80', status: 400, code: 'malformed' },
  { name: 'an expectation that is none', caller: 'nobody', request: 'GET /api/v1/agency', headers: { expect: 'a miracle' }, status: 417 },
  { name: 'a header of 20 kB', caller: 'nobody', request: 'GET /api/v1/agency', headers: { 'x-long': 'a'.repeat(20_000) }, status: 431 },
  { name: 'a parameter of 5,000 characters', request: `GET /api/v1/contracts/${'a'.repeat(5000)}`, status: 414 },
  { name: 'a field that is given twice', request: 'POST /console/settings/brakes', raw: [urlencoded, '_csrf=:csrf&scope=agency&reason=a+case&reason=another'], status: 400 },
  { name: 'a file in a field of text', request: 'POST /api/v1/imports', raw: [multipart, filePart('departmentId', '--b--\r\n')], status: 400 },
];

/** The case as a request; `things` are what its names with a colon stand for. */
export function draftOf(
  { request, json: value, form, raw, headers = {} }: Case,
  things: Record<string, string>,
): Draft {
  const named = (text: string) => text.replace(/:([a-z]+)/g, (whole, name: string) => things[name] ?? whole);
  const [method = '', target = ''] = request.split(' ');
  const [path = '', search = ''] = named(target).split('?');
  return {
    method,
    path,
    query: [...new URLSearchParams(search)],
    headers: Object.entries(headers),
    body: bodyOf(),
  };

  function bodyOf(): Body | null {
    if (raw) return { is: 'raw', type: raw[0], content: named(raw[1]) };
    if (form) return { is: 'form', fields: Object.entries(form) };
    return value === undefined
      ? null
      : { is: 'json', value: JSON.parse(named(JSON.stringify(value))) as unknown };
  }
}
