import type { GuardedRoute } from '../../src/core/access/route-check.service.js';
import { nameOf } from '../support/access-matrix.js';
import { type CallOfPage, pageExamples } from '../support/page-examples.js';
import { type CallOfRoute, examples } from '../support/route-examples.js';
import type { TestService } from '../support/service.js';
import { marks } from './values.js';
import type { Body, Draft, Pairs } from './wire.js';

/** The routes that are open to all, and so stand in no table of access; and the provider's, which a signature opens. */
export const openExamples: Record<string, CallOfPage> = {
  'GET /console*': { path: '/console/nothing' },
  'POST /console*': { path: '/console/nothing', form: { reason: 'x' } },
  'GET /console/assets/:name': { path: '/console/assets/console.css' },
  'GET /console/sign-in': { path: '/console/sign-in?next=/console/work' },
  'POST /console/sign-in': {
    path: '/console/sign-in',
    form: { email: 'nobody@hanbit.example', password: marks.password, next: '/console/work' },
  },
  'GET /console/sign-in/passkey': { path: '/console/sign-in/passkey' },
  'POST /console/sign-in/passkey': {
    path: '/console/sign-in/passkey',
    form: { passkey: '{}', next: '/console/work' },
  },
  'POST /console/sign-out': { path: '/console/sign-out', form: {}, endsSession: true },
  'GET /console/forgotten': { path: '/console/forgotten' },
  'POST /console/forgotten': { path: '/console/forgotten', form: { email: 'nobody@hanbit.example' } },
  'GET /console/welcome/:token': { path: `/console/welcome/${marks.link}` },
  'POST /console/welcome/:token': {
    path: `/console/welcome/${marks.link}`,
    form: { password: marks.password },
  },
  'POST /console/preferences': {
    path: '/console/preferences',
    form: { locale: 'en', next: '/console/work' },
  },
  'GET /genuine': { path: '/genuine' },
  'GET /register': { path: '/register?reference=C-2026-0001' },
  'POST /register': { path: '/register' },
  'GET /performance': { path: '/performance' },
  'GET /health/live': { path: '/health/live' },
  'GET /health/ready': { path: '/health/ready' },
  'GET /calls/:month': { path: '/api/v1/calls/2026-03' },
  'GET /calls/:month/list': { path: '/api/v1/calls/2026-03/list' },
  'GET /log/checkpoint': { path: '/log/checkpoint' },
  'GET /log/policy': { path: '/log/policy' },
  'GET /log/proof/:index': { path: '/log/proof/0' },
  'GET /log/tile/:level/:number': { path: '/log/tile/0/000' },
  'GET /log/tile/:level/:number/:second': { path: '/log/tile/0/000.p/1' },
  'GET /log/tile/:level/:number/:second/:third': { path: '/log/tile/0/x001/000.p/1' },
  'GET /log/tile/:level/:number/:second/:third/:fourth': { path: '/log/tile/0/x001/x000/000.p/1' },
  'GET /log/tile/:level/:number/:second/:third/:fourth/:fifth': {
    path: '/log/tile/0/x001/x000/x000/000.p/1',
  },
  'GET /metrics': { path: '/metrics' },
  'POST /webhooks/gateway/report': {
    path: '/api/v1/webhooks/gateway/report',
    form: { reports: '' },
    headers: { 'x-gateway-signature': 'a' },
  },
  'POST /webhooks/solapi/report': {
    path: '/api/v1/webhooks/solapi/report',
    form: { messageId: 'M4V1' },
    headers: { 'x-solapi-secret': 'a' },
  },
  'POST /webhooks/twilio/status': {
    path: '/api/v1/webhooks/twilio/status',
    form: { MessageSid: 'SM1', MessageStatus: 'delivered' },
    headers: { 'x-twilio-signature': 'a' },
  },
};

export interface Example {
  draft: Draft;
  departmental: boolean;
  endsSession: boolean;
}

/** Makes a call of a route that would succeed, about a thing of the department. */
export async function exampleOf(
  service: TestService,
  route: GuardedRoute,
  departmentId: string,
): Promise<Example> {
  const example =
    openExamples[nameOf(route)] ??
    (await (route.page ? pageExamples : examples)[nameOf(route)]?.(service, departmentId));
  if (!example) throw new Error(`no example shows a call of ${nameOf(route)}`);
  const [path = '', search = ''] = example.path.split('?');
  const isBelow = route.page || openExamples[nameOf(route)] !== undefined;
  const draft: Draft = {
    method: route.method,
    path: isBelow ? path : `/api/v1${path}`,
    query: [...new URLSearchParams(search)],
    headers: Object.entries(example.headers ?? {}),
    body: route.method === 'GET' ? null : bodyOf(example, isBelow),
  };
  return {
    draft,
    departmental: example.departmental ?? false,
    endsSession: 'endsSession' in example && example.endsSession === true,
  };
}

function bodyOf(call: CallOfRoute | CallOfPage, isPage: boolean): Body | null {
  if (isPage) {
    const { form = {}, upload } = call as CallOfPage;
    const fields = Object.entries(form).flatMap(([name, value]): Pairs =>
      [value].flat().map((one) => [name, one]),
    );
    return { is: 'form', fields, upload };
  }
  if (!('body' in call) || call.body === undefined) return null;
  return typeof call.body === 'string'
    ? { is: 'raw', type: '', content: call.body }
    : { is: 'json', value: call.body };
}
