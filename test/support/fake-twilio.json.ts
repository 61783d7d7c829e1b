import type { FakeMessage } from './fake-twilio.script.js';

/** A message as the Messages resource shows it. */
export function messageJson(accountSid: string, message: FakeMessage) {
  const uri = `/2010-04-01/Accounts/${accountSid}/Messages/${message.sid}`;
  return {
    account_sid: accountSid,
    api_version: '2010-04-01',
    body: message.body,
    date_created: rfc2822(message.createdAt),
    date_sent: message.sentAt === null ? null : rfc2822(message.sentAt),
    date_updated: rfc2822(message.sentAt ?? message.createdAt),
    direction: 'outbound-api',
    error_code: message.errorCode,
    error_message: null,
    from: message.from,
    messaging_service_sid: message.messagingServiceSid,
    num_media: '0',
    num_segments: '1',
    price: null,
    price_unit: 'USD',
    sid: message.sid,
    status: message.status,
    subresource_uris: { media: `${uri}/Media.json` },
    to: message.to,
    uri: `${uri}.json`,
  };
}

/** A page of the list, with DateSent's quirk: it hides what has not been sent yet. */
export function pageJson(
  accountSid: string,
  visible: FakeMessage[],
  query: Record<string, string>,
  pageSizeLimit = 1000,
) {
  const matching = visible.filter(
    (message) =>
      (query.To === undefined || message.to === query.To) &&
      (query.From === undefined || message.from === query.From) &&
      sentWithin(message, query),
  );
  const pageSize = Math.min(Number(query.PageSize ?? 50), 1000, pageSizeLimit);
  const page = Number(query.Page ?? 0);
  const start = startOf(matching, query.PageToken);
  const messages = matching.slice(start, start + pageSize);
  const base = `/2010-04-01/Accounts/${accountSid}/Messages.json`;
  const uriOf = (more: Record<string, string>) => {
    const all = new URLSearchParams({ ...withoutPaging(query), PageSize: String(pageSize), ...more });
    return `${base}?${all.toString()}`;
  };
  const last = messages.at(-1);
  return {
    end: start + Math.max(messages.length - 1, 0),
    first_page_uri: uriOf({ Page: '0' }),
    messages: messages.map((message) => messageJson(accountSid, message)),
    next_page_uri:
      last && start + pageSize < matching.length
        ? uriOf({ Page: String(page + 1), PageToken: `PA${last.sid}` })
        : null,
    page,
    page_size: pageSize,
    previous_page_uri: null,
    start,
    uri: uriOf({ Page: String(page) }),
  };
}

/** After the message that the token names, as new ones may have come meanwhile. */
function startOf(matching: FakeMessage[], token: string | undefined): number {
  if (token === undefined) return 0;
  return matching.findIndex((message) => `PA${message.sid}` === token) + 1;
}

function sentWithin(message: FakeMessage, query: Record<string, string>): boolean {
  const { DateSent: on, 'DateSent>': from, 'DateSent<': until } = query;
  if (on === undefined && from === undefined && until === undefined) return true;
  if (message.sentAt === null) return false;
  if (on !== undefined && new Date(message.sentAt).toISOString().slice(0, 10) !== on.slice(0, 10))
    return false;
  if (from !== undefined && message.sentAt < Date.parse(from)) return false;
  return until === undefined || message.sentAt <= Date.parse(until);
}

function withoutPaging(query: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(query).filter(([name]) => !['Page', 'PageToken', 'PageSize'].includes(name)),
  );
}

function rfc2822(at: number): string {
  return new Date(at).toUTCString().replace('GMT', '+0000');
}
