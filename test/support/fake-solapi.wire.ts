import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { FakeMessage, FakeRequest } from './fake-twilio.script.js';
import type { Answer, Asked, FakeWire, Report, SentText } from './fake-wire.js';

/** Made up; the shapes are SOLAPI's, and the numbers those that Korea's examples use. */
export const solapiAccount = {
  apiKey: 'NCS0123456789ABC',
  apiSecret: 'SECRET0123456789ABCDEF0123456789',
  webhookSecret: 'a secret of the webhook that is long',
  from: '0200000000',
};

interface Group {
  status: 'PENDING' | 'SENDING' | 'DELETED';
  dateSent: string | null;
  /** When the message was added, with its text. */
  added: number | null;
  text: SentText | null;
}

interface SolapiSend {
  messages: {
    to: string;
    from: string;
    text: string;
    type: string;
    subject?: string;
    customFields?: Record<string, string>;
  }[];
  showMessageList?: boolean;
}

/** EUC-KR bytes: of what the tests send, ASCII takes one and all else two. */
const bytesOf = (text: string) => [...text].reduce((sum, one) => sum + (one.charCodeAt(0) < 128 ? 1 : 2), 0);

/** How SOLAPI's API for messages is spoken, version 4. */
export class SolapiWire implements FakeWire {
  readonly provider = 'solapi';
  readonly sender = solapiAccount.from;
  readonly servesAbroad = false;
  readonly codes = {
    permanent: [
      [200, 1060],
      [200, 1061],
    ],
    unknown: [200, 1099],
    stopLine: [200, 1062],
    route: [200, 1058],
    unproved: 3043,
  } as const;
  private readonly signatures = new Set<string>();
  private readonly groups = new Map<string, Group>();

  /** `usesGroups`: whether the service sends by them; the fake knows them in either case. */
  constructor(private readonly usesGroups = false) {}

  environment(baseUrl: string): Record<string, string> {
    return {
      SOLAPI_API_KEY: solapiAccount.apiKey,
      SOLAPI_API_SECRET: solapiAccount.apiSecret,
      SOLAPI_WEBHOOK_SECRET: solapiAccount.webhookSecret,
      SOLAPI_FROM: solapiAccount.from,
      SOLAPI_REGISTERED_NUMBERS: solapiAccount.from,
      SOLAPI_SUBJECT: '계약 안내',
      SOLAPI_BASE_URL: baseUrl,
      ...(this.usesGroups ? { SOLAPI_TWO_PHASE: 'on' } : {}),
    };
  }

  refusal(_: FakeRequest, { authorization = '' }: Record<string, string | undefined>): Asked | null {
    const read = /^HMAC-SHA256 apiKey=(\w+), date=(\S+), salt=(\w{12,64}), signature=([0-9a-f]{64})$/.exec(
      authorization,
    );
    const [, apiKey, date = '', salt = '', signature = ''] = read ?? [];
    if (apiKey !== solapiAccount.apiKey) return forbidden('InvalidAPIKey');
    // By a clock that no test moves.
    const now = performance.timeOrigin + performance.now();
    if (Math.abs(Date.parse(date) - now) > 15 * 60_000) return forbidden('RequestTimeTooSkewed');
    const own = createHmac('sha256', solapiAccount.apiSecret).update(`${date}${salt}`).digest('hex');
    if (own !== signature) return forbidden('SignatureDoesNotMatch');
    if (this.signatures.has(signature)) return forbidden('DuplicatedSignature');
    this.signatures.add(signature);
    return null;
  }

  asked({ method, path, query }: FakeRequest, body: string): Asked {
    if (method === 'POST' && path === '/messages/v4/send-many/detail')
      return sendOf(JSON.parse(body) as SolapiSend);
    if (method === 'GET' && path === '/messages/v4/list') return { kind: 'list' };
    const [, groupId, rest = ''] = /^\/messages\/v4\/groups(?:\/(\w+))?(\/\w+)?$/.exec(path) ?? [];
    if (path.startsWith('/messages/v4/groups')) return this.askedOfGroup(`${method} ${rest}`, groupId, body);
    return {
      kind: 'refused',
      status: 404,
      code: 'ResourceNotFound',
      message: `${path} ${JSON.stringify(query)}`,
    };
  }

  newSid(): string {
    return `M4V${randomBytes(14).toString('hex').toUpperCase()}`;
  }

  private askedOfGroup(call: string, groupId: string | undefined, body: string): Asked {
    if (groupId === undefined && call === 'POST ')
      return { kind: 'prepare', text: { to: '', body: '' }, take: () => this.makeGroup() };
    const group = this.groups.get(groupId ?? '');
    if (groupId === undefined || !group) return { kind: 'answer', answer: failed(404, 'ResourceNotFound') };
    switch (call) {
      case 'PUT /messages': {
        const added = sendOf({ ...(JSON.parse(body) as SolapiSend), showMessageList: true });
        if (added.kind === 'send')
          return { kind: 'prepare', text: added.text, take: () => this.addMessage(group, added.text) };
        const statusCode = added.kind === 'refused' ? String(added.code) : '';
        return { kind: 'answer', answer: addedOf(this.newSid(), statusCode) };
      }
      case 'POST /send':
        if (group.text) return { kind: 'send', text: group.text };
        return { kind: 'answer', answer: failed(400, 'InvalidStatus') };
      case 'DELETE ':
        return {
          kind: 'prepare',
          text: group.text ?? { to: '', body: '' },
          take: () => this.deleteGroup(groupId, group),
        };
      default:
        return { kind: 'answer', answer: { status: 200, body: groupOf(groupId, group) } };
    }
  }

  private makeGroup(): Answer {
    const groupId = `G4V${randomBytes(14).toString('hex').toUpperCase()}`;
    const group: Group = { status: 'PENDING', dateSent: null, added: null, text: null };
    this.groups.set(groupId, group);
    return { status: 200, body: groupOf(groupId, group) };
  }

  private addMessage(group: Group, text: SentText): Answer {
    if (group.status !== 'PENDING') return failed(400, 'InvalidGroupStatus');
    const sid = this.newSid();
    Object.assign(group, { added: Date.now(), text: { ...text, sid } });
    return addedOf(sid, '2000');
  }

  /** A group that was sent is not deleted, and one that was deleted stays so. */
  private deleteGroup(groupId: string, group: Group): Answer {
    if (group.status !== 'PENDING') return failed(400, 'NotOperationalStatus');
    group.status = 'DELETED';
    return { status: 200, body: groupOf(groupId, group) };
  }

  /** A group is sent once, whenever that is. */
  release({ sid }: SentText): Answer | null {
    const group = this.groupWith(sid)?.[1];
    if (!group) return null;
    if (group.status === 'DELETED') return failed(400, 'DeletedGroup');
    if (group.status === 'SENDING') return failed(409, 'GroupInProcessing');
    Object.assign(group, { status: 'SENDING', dateSent: new Date().toISOString() });
    return null;
  }

  private groupWith(sid: string | undefined): [string, Group] | undefined {
    return sid === undefined ? undefined : [...this.groups].find(([, { text }]) => text?.sid === sid);
  }

  /** Messages of groups that wait, which are listed as well. */
  private unsent(): FakeMessage[] {
    return [...this.groups.values()].flatMap(({ status, text, added }) =>
      text?.sid !== undefined && added !== null && status === 'PENDING'
        ? [
            {
              sid: text.sid,
              to: text.to,
              from: text.from,
              body: text.body,
              own: text.own ?? {},
              status: 'queued',
              createdAt: added,
              sentAt: null,
              errorCode: null,
              messagingServiceSid: null,
              statusCallback: null,
            },
          ]
        : [],
    );
  }

  accepted({ sid }: FakeMessage) {
    const group = this.groupWith(sid);
    if (group) return { status: 200, body: groupOf(...group) };
    const messageList = [{ messageId: sid, statusCode: '2000', statusMessage: '정상 접수' }];
    return { status: 200, body: { failedMessageList: [], messageList, groupInfo: { count: { total: 1 } } } };
  }

  /** A code of four digits tells of a message that was not taken; the call itself went well. */
  refused(status: number, code: number | string, message: string) {
    if (!/^1\d{3}$/.test(String(code)))
      return { status, body: { errorCode: String(code), errorMessage: message } };
    const failed = {
      to: '',
      from: '',
      messageId: this.newSid(),
      statusCode: String(code),
      statusMessage: message,
    };
    const groupInfo = { count: { total: 1 } };
    return { status: 200, body: { failedMessageList: [failed], resultList: [failed], groupInfo } };
  }

  page(messages: FakeMessage[], { query }: FakeRequest, pageSize = 500) {
    const { to, from, messageId, startKey, limit, startDate } = query;
    const fitting = [...this.unsent(), ...messages].filter(
      (message) =>
        (to === undefined || national(message.to) === to) &&
        (from === undefined || message.from === from) &&
        (messageId === undefined || message.sid === messageId) &&
        (startDate === undefined || message.createdAt >= Date.parse(startDate)),
    );
    const start = startKey === undefined ? 0 : fitting.findIndex(({ sid }) => sid === startKey);
    const end = start + Math.min(Number(limit ?? 20), pageSize);
    return {
      startKey: startKey ?? null,
      nextKey: fitting[end]?.sid ?? null,
      limit: Number(limit ?? 20),
      messageList: Object.fromEntries(
        fitting.slice(start, end).map((message) => [message.sid, this.one(message)]),
      ),
    };
  }

  one(message: FakeMessage) {
    const [groupId, group] = this.groupWith(message.sid) ?? [];
    return {
      ...(group ? { groupId, status: group.status === 'PENDING' ? 'PENDING' : 'COMPLETE' } : {}),
      messageId: message.sid,
      to: national(message.to),
      from: message.from,
      text: message.body,
      statusCode: statusCodeOf(message.status, message.errorCode),
      customFields: message.own ?? {},
      dateCreated: new Date(message.createdAt).toISOString(),
      country: '82',
      type: 'LMS',
      subject: null,
    };
  }

  callback(message: FakeMessage, { status, code, forged }: Report, reportTo: string | null) {
    if (reportTo === null) return null;
    const url = `${reportTo}/api/v1/webhooks/solapi/report`;
    const secret = `${solapiAccount.webhookSecret}${forged ? 'x' : ''}`;
    const signature = createHash('sha1').update(secret).digest('hex');
    const body = JSON.stringify([{ ...this.one(message), statusCode: statusCodeOf(status, code) }]);
    const headers = {
      'content-type': 'application/json',
      'x-solapi-secret': signature,
      'x-solapi-event-name': 'SINGLE-REPORT',
    };
    return { url, headers, body, form: {}, signature };
  }
}

function sendOf({ messages: [message], showMessageList }: SolapiSend): Asked {
  if (!message || !showMessageList) throw new Error('one message, and its id in the answer');
  const { to, from, text, type, subject, customFields } = message;
  const refused = (code: number) => ({ kind: 'refused', status: 200, code, message: 'not taken' }) as const;
  if (from !== solapiAccount.from) return refused(1062);
  if (!/^01\d{8,9}$/.test(to)) return refused(1011);
  if (bytesOf(text) > (type === 'SMS' ? 90 : 2000)) return refused(1031);
  if (subject !== undefined && type === 'SMS') return refused(1013);
  return { kind: 'send', text: { to: `+82${to.slice(1)}`, from, body: text, own: customFields ?? {} } };
}

function groupOf(groupId: string, { status, dateSent, text }: Group) {
  return { groupId, status, dateSent, count: { total: text ? 1 : 0 }, log: [] };
}

function addedOf(messageId: string, statusCode: string): Answer {
  return { status: 200, body: { errorCount: 0, resultList: [{ messageId, statusCode, statusMessage: '' }] } };
}

function failed(status: number, errorCode: string): Answer {
  return { status, body: { errorCode, errorMessage: errorCode } };
}

function statusCodeOf(status: string, code: number | null): string {
  if (code !== null) return String(code);
  return { queued: '2000', accepted: '2000', sent: '3000', delivered: '4000' }[status] ?? status;
}

const national = (e164: string) => `0${e164.slice(3)}`;

function forbidden(code: string): Asked {
  return { kind: 'refused', status: 403, code, message: code };
}
