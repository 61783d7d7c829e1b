import { type ProviderHttp, ProviderAnswer } from '../http-calls.js';
import type { Delivery, OutgoingText, Prepared, Revoked, SendOutcome, TwoPhase } from '../sms-provider.js';
import { solapiFailures, solapiOutcomeOf } from './solapi-failures.js';
import {
  addedSchema,
  groupSchema,
  isNotTaken,
  type SolapiGroup,
  type SolapiMessage,
} from './solapi.schema.js';

/** What the groups need of the provider whose they are. */
interface Account {
  http: ProviderHttp;
  request(method: string, path: string, body?: string | null, notAfter?: number): Promise<string>;
  /** Writes a text as SOLAPI takes it, or refuses it before any call. */
  messageOf(text: OutgoingText): object | SendOutcome;
  status(messageId: string): Promise<Delivery | null>;
}

/** By these codes SOLAPI answers that a group was sent before ("Send a group", 409). */
const sentBefore = ['GroupInProcessing', 'AlreadySent'];

/** By these it does not send a group, or does not know it (400, 404): what became of it is for `revoke` to find. */
const notSent = [
  'DeletedGroup',
  'FailedGroup',
  'InvalidStatus',
  'ScheduledGroup',
  'ResourceNotFound',
  'ValidationError',
];

/**
 * SolapiGroups sends each text as a group of its own: SOLAPI sends a group once, and one that was deleted never ("Send a group", "Delete a
 * group"). A handle is the ids of the group and of the message in it, with a slash between them.
 */
export class SolapiGroups implements TwoPhase {
  constructor(private readonly account: Account) {}

  async prepare(text: OutgoingText): Promise<Prepared> {
    const message = this.account.messageOf(text);
    if ('kind' in message) return withoutDoubt(message);
    let groupId: string | null = null;
    try {
      ({ groupId } = await this.group('POST', '', text.notAfter));
      const body = JSON.stringify({ messages: [message] });
      const answer = await this.account.request('PUT', pathOf(groupId, '/messages'), body, text.notAfter);
      const [{ messageId, statusCode }] = this.account.http.read(answer, addedSchema).resultList;
      if (!isNotTaken({ statusCode })) return { kind: 'prepared', handle: `${groupId}/${messageId}` };
      return this.abandon(groupId, { kind: 'refused', ...solapiFailures.failure(statusCode) });
    } catch (error) {
      return this.abandon(groupId, solapiOutcomeOf(error));
    }
  }

  /** Deletes a group that nobody will send: a number and words would stay in it. Nothing depends on it. */
  private abandon(groupId: string | null, outcome: SendOutcome): Prepared {
    if (groupId !== null) void this.group('DELETE', groupId).catch(() => undefined);
    return withoutDoubt(outcome);
  }

  async release(handle: string, notAfter: number): Promise<SendOutcome> {
    const [groupId, reference] = partsOf(handle);
    try {
      const answer = await this.account.request('POST', pathOf(groupId, '/send'), '{}', notAfter);
      const group = this.account.http.read(answer, groupSchema);
      if (isSent(group)) return { kind: 'accepted', reference };
      return { kind: 'ambiguous', detail: 'answer-unreadable' };
    } catch (error) {
      const code = error instanceof ProviderAnswer ? error.code : null;
      if (code !== null && sentBefore.includes(code)) return { kind: 'accepted', reference };
      if (code !== null && notSent.includes(code)) return { kind: 'ambiguous', detail: 'not-released' };
      return solapiOutcomeOf(error);
    }
  }

  /** Deletes a group that waits. What the group then says of itself decides, since the answer to a deletion may be lost. */
  async revoke(handle: string): Promise<Revoked> {
    const [groupId, reference] = partsOf(handle);
    let group = await this.readGroup(groupId);
    if (group?.status === 'PENDING') {
      await this.group('DELETE', groupId).catch(() => undefined);
      group = await this.readGroup(groupId);
    }
    if (group === null) return 'unknown';
    if (isSent(group))
      return (await this.account.status(reference)) ?? { reference, status: 'accepted', code: null };
    if (group.status === 'DELETED' || group.status === 'FAILED') return 'revoked';
    throw new Error(`SOLAPI shows a group that was deleted as ${group.status}`);
  }

  /** Leaves out messages of groups that were not sent: they are listed like those that were. */
  async withoutUnsent(messages: SolapiMessage[]): Promise<SolapiMessage[]> {
    const sent: SolapiMessage[] = [];
    for (const message of messages) if (!(await this.isUnsent(message))) sent.push(message);
    return sent;
  }

  private async isUnsent({ groupId, status, customFields }: SolapiMessage): Promise<boolean> {
    if (!groupId || !customFields?.name || status === 'SENDING' || status === 'COMPLETE') return false;
    const group = await this.readGroup(groupId);
    return group !== null && !isSent(group) && (group.status === 'PENDING' || group.status === 'DELETED');
  }

  private async readGroup(groupId: string): Promise<SolapiGroup | null> {
    try {
      return await this.group('GET', groupId);
    } catch (error) {
      if (error instanceof ProviderAnswer && error.status === 404) return null;
      throw error;
    }
  }

  private async group(method: string, groupId: string, notAfter?: number): Promise<SolapiGroup> {
    const answer = await this.account.request(
      method,
      pathOf(groupId),
      method === 'POST' ? '{}' : null,
      notAfter,
    );
    return this.account.http.read(answer, groupSchema);
  }
}

/** A group that was asked to send says when, whatever became of it since. */
function isSent({ status, dateSent }: SolapiGroup): boolean {
  return status === 'SENDING' || status === 'COMPLETE' || Boolean(dateSent);
}

/** Nothing can leave by what only prepares: where the answer is lost, nothing was taken. */
function withoutDoubt(outcome: SendOutcome): Prepared {
  if (outcome.kind === 'refused') return outcome;
  const own = outcome.kind === 'ambiguous' ? outcome.detail : 'answer-unreadable';
  return {
    kind: 'refused',
    code: own,
    own,
    action: 'retry',
    detail: `SOLAPI did not take the text (${own}).`,
  };
}

function partsOf(handle: string): [groupId: string, messageId: string] {
  const [groupId = '', messageId = ''] = handle.split('/');
  return [groupId, messageId];
}

function pathOf(groupId: string, rest = ''): string {
  return `/messages/v4/groups${groupId && `/${groupId}`}${rest}`;
}
