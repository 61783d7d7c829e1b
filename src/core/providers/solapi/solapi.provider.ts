import { createHash, createHmac, randomBytes } from 'node:crypto';
import { Controller, HttpCode, Logger, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { notFound } from '../../../platform/app-error.js';
import { dialledInKorea } from '../../../platform/phone-numbers/phone-number.js';
import { isSameSecret } from '../../../platform/same-secret.js';
import { Webhook } from '../../access/rules.js';
import { domesticPrefixBytes, encodableInKorean, koreanLength } from '../../texts/lengths.js';
import { refusedBefore } from '../provider-failures.js';
import { type CallLimits, ProviderAnswer, ProviderHttp } from '../http-calls.js';
import { Providers } from '../providers.module.js';
import {
  type Deduplication,
  defineProvider,
  type Delivery,
  type Failure,
  type FoundText,
  longestHidingSeconds,
  nameOf,
  type OutgoingText,
  ReceiptDesk,
  type ReceivedReceipt,
  type SendOutcome,
  type SentText,
  type SmsProvider,
  type SoughtText,
} from '../sms-provider.js';
import { solapiFailures, solapiOutcomeOf } from './solapi-failures.js';
import { SolapiGroups } from './solapi-groups.js';
import {
  acceptedSchema,
  codeIn,
  deliveryOf,
  isNotTaken,
  messageIdSchema,
  pageSchema,
  reportsSchema,
  type SolapiMessage,
  solapiEnvironment,
} from './solapi.schema.js';
import { solapiProblems } from './solapi.words.js';

export type SolapiSettings = z.infer<typeof solapiEnvironment> & CallLimits;

const pageSize = 500;

/** A longer list for one number cannot prove a text absent. */
const maxPages = 40;

/**
 * SolapiProvider sends texts to Korean numbers through SOLAPI's API for messages, version 4 (developers.solapi.com). One text is
 * one call, or a group of its own (`SOLAPI_TWO_PHASE`): SOLAPI sees to no twins of separate calls (`allowDuplicates` is about one
 * call alone). What became of a lost call is found by SOLAPI's list of the number and by reports. Both show the custom fields of a
 * text: the attempt, and our name for the words, which holds though they were written in EUC-KR or trimmed on the way.
 */
export class SolapiProvider implements SmsProvider {
  readonly name = 'solapi';
  readonly sender: string;
  readonly rate = 20;
  readonly deduplication: Deduplication;
  readonly twoPhase: SolapiGroups;
  readonly listsNumbers = true;
  readonly firstPollSeconds = 60;
  private readonly http: ProviderHttp;
  /** SOLAPI's clock is so many milliseconds ahead of this machine's, as far as it has been noticed. */
  private aheadMs = 0;

  constructor(private readonly settings: SolapiSettings) {
    this.sender = settings.from;
    this.deduplication = settings.usesGroups
      ? { kind: 'two-phase' }
      : { kind: 'none', graceSeconds: longestHidingSeconds };
    this.http = new ProviderHttp({ name: 'SOLAPI', codeIn, ...settings });
    this.twoPhase = new SolapiGroups({
      http: this.http,
      request: (...call) => this.request(...call),
      messageOf: (text) => this.messageOf(text),
      status: (messageId) => this.status(messageId),
    });
  }

  async send(text: OutgoingText): Promise<SendOutcome> {
    const message = this.messageOf(text);
    if ('kind' in message) return message;
    // Without it, the answer shows only what was not taken.
    const body = JSON.stringify({ messages: [message], showMessageList: true });
    try {
      const answer = await this.request('POST', '/messages/v4/send-many/detail', body, text.notAfter);
      return outcomeOf(this.http.read(answer, acceptedSchema));
    } catch (error) {
      return solapiOutcomeOf(error);
    }
  }

  private messageOf(text: OutgoingText): object | SendOutcome {
    const to = dialledInKorea(text.to);
    if (to === null)
      return refusedBefore('country-not-served', 'hold-route', 'SOLAPI serves Korea alone here.');
    const words = encodableInKorean(text.text);
    const { class: type } = koreanLength(words, domesticPrefixBytes);
    if (type === 'too-long')
      return refusedBefore('text-too-long', 'permanent', 'The text is longer than an LMS takes.');
    return {
      to,
      from: this.sender,
      text: words,
      type,
      autoTypeDetect: false,
      ...(type === 'LMS' && this.settings.subject !== null ? { subject: this.settings.subject } : {}),
      customFields: { attempt: text.attemptId, name: nameOf(text) },
    };
  }

  /** Gives SOLAPI the recipient alone, as an attempt may have been made from a number that is no longer configured. */
  async find({ to, text }: SoughtText): Promise<FoundText[]> {
    const national = dialledInKorea(to);
    if (national === null) return [];
    const name = nameOf({ to, text });
    const messages = await this.twoPhase.withoutUnsent(await this.list({ to: national }));
    return messages.map((message) => ({
      ...deliveryOf(message),
      text: message.customFields?.name === name ? text : (message.text ?? ''),
      createdAt: message.dateCreated,
    }));
  }

  async newest(since: Date): Promise<SentText[]> {
    const messages = await this.list({
      from: this.sender,
      dateType: 'CREATED',
      startDate: since.toISOString(),
    });
    return (await this.twoPhase.withoutUnsent(messages)).map(sentText);
  }

  async status(reference: string): Promise<Delivery | null> {
    if (!messageIdSchema.safeParse(reference).success) return null;
    const messages = await this.list({ messageId: reference });
    const found = messages.find(({ messageId }) => messageId === reference);
    return found ? deliveryOf(found) : null;
  }

  failure(code: string): Failure {
    return solapiFailures.failure(code);
  }

  /** SOLAPI sends the SHA-1 of our webhook's secret in X-Solapi-Secret ("Webhook"). Null when it is not there. */
  readReports(secret: string | undefined, body: unknown): ReceivedReceipt[] | null {
    const expected = createHash('sha1').update(this.settings.webhookSecret).digest('hex');
    if (!isSameSecret(secret?.toLowerCase() ?? '', expected)) return null;
    const reports = reportsSchema.safeParse(body);
    if (!reports.success) return null;
    return reports.data.map((report) => ({
      ...deliveryOf(report),
      attemptId: z.uuid().safeParse(report.customFields?.attempt).data ?? null,
      origin: 'webhook',
    }));
  }

  async close(): Promise<void> {
    await this.http.close();
  }

  /** Reads every page of what SOLAPI holds, but for what it did not take. Throws rather than show less. */
  private async list(query: Record<string, string>): Promise<SolapiMessage[]> {
    const found = new Map<string, SolapiMessage>();
    let startKey: string | null = null;
    for (let pages = 0; pages < maxPages; pages += 1) {
      const asked: URLSearchParams = new URLSearchParams({
        ...query,
        limit: String(pageSize),
        ...(startKey === null ? {} : { startKey }),
      });
      const answer = await this.request('GET', `/messages/v4/list?${asked.toString()}`);
      const page = this.http.read(answer, pageSchema);
      for (const message of Object.values(page.messageList))
        if (!isNotTaken(message)) found.set(message.messageId, message);
      startKey = page.nextKey ?? null;
      if (startKey === null) return [...found.values()];
    }
    throw new Error(`SOLAPI lists more than ${maxPages} pages`);
  }

  /**
   * Asks once more by SOLAPI's clock where this machine's is too far off for a signature: nothing was taken then, and the sender
   * would be stopped for all machines because of one.
   */
  private async request(method: string, path: string, body: string | null = null, notAfter?: number) {
    const ask = async () => {
      const headers = { 'content-type': 'application/json', authorization: this.authorization() };
      return (await this.http.call({ method, path, headers, body, notAfter })).body;
    };
    try {
      return await ask();
    } catch (error) {
      const isSkewed = error instanceof ProviderAnswer && error.code === 'RequestTimeTooSkewed';
      if (!isSkewed || error.answeredAt === null) throw error;
      this.aheadMs = error.answeredAt.getTime() - Date.now();
      return ask();
    }
  }

  /** SOLAPI takes a signature once within 15 minutes ("API Key"), so that a request that is played again is refused. */
  private authorization(): string {
    const { apiKey, apiSecret } = this.settings;
    const date = new Date(Date.now() + this.aheadMs);
    return authorizationOf({ apiKey, apiSecret, date, salt: randomBytes(16).toString('hex') });
  }
}

/** Signs a request: the HMAC-SHA256, by the secret of the key, of the date in ISO 8601 and a salt of 12 to 64 bytes ("API Key"). */
export function authorizationOf(given: {
  apiKey: string;
  apiSecret: string;
  date: Date;
  salt: string;
}): string {
  const date = given.date.toISOString();
  const signature = createHmac('sha256', given.apiSecret)
    .update(date + given.salt)
    .digest('hex');
  return `HMAC-SHA256 apiKey=${given.apiKey}, date=${date}, salt=${given.salt}, signature=${signature}`;
}

function outcomeOf({ failedMessageList, messageList }: z.infer<typeof acceptedSchema>): SendOutcome {
  const [accepted] = messageList;
  const notTaken = failedMessageList[0] ?? (isNotTaken(accepted) ? accepted : undefined);
  if (notTaken?.statusCode) return { kind: 'refused', ...solapiFailures.failure(notTaken.statusCode) };
  if (!accepted) return { kind: 'ambiguous', detail: 'answer-unreadable' };
  return { kind: 'accepted', reference: accepted.messageId };
}

/** The words of a text of ours that were changed on the way are left out: they would read as those of somebody else. */
function sentText(message: SolapiMessage): SentText {
  const [to, text] = [internationalNumber(message.to), message.text ?? ''];
  const name = message.customFields?.name;
  const isChanged = name !== undefined && name !== nameOf({ to, text });
  return { ...deliveryOf(message), to, text: isChanged ? '' : text, createdAt: message.dateCreated };
}

function internationalNumber(national: string): string {
  return `+82${national.replace(/\D/g, '').replace(/^0/, '')}`;
}

@Controller('webhooks/solapi')
@Webhook()
class SolapiWebhookController {
  private readonly logger = new Logger(SolapiWebhookController.name);

  constructor(
    private readonly providers: Providers,
    private readonly receipts: ReceiptDesk,
  ) {}

  /** Answers 200 for references that nobody knows, too: SOLAPI repeats what is answered otherwise, five times in all. */
  @Post('report')
  @HttpCode(200)
  async report(@Req() request: FastifyRequest): Promise<void> {
    const provider = this.providers.for('solapi');
    if (!(provider instanceof SolapiProvider)) throw notFound('webhook');
    const reports = provider.readReports(
      request.headers['x-solapi-secret'] as string | undefined,
      request.body,
    );
    if (reports === null) {
      this.logger.warn({ from: request.ip }, 'a receipt was refused');
      throw solapiProblems.error('signature-refused.solapi');
    }
    await Promise.all(reports.map((report) => this.receipts.receive(provider, report)));
  }
}

export const solapi = defineProvider({
  name: 'solapi',
  environment: solapiEnvironment,
  controllers: [SolapiWebhookController],
  explain: (code) => solapiFailures.words(code),
  make: (account, { timeoutMs, concurrency: connections }) =>
    new SolapiProvider({ ...account, timeoutMs, connections }),
});
