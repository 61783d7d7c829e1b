import { Controller, HttpCode, Logger, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import createClient, { type Twilio } from 'twilio';
import type { z } from 'zod';
import { notFound } from '../../../platform/app-error.js';
import { Webhook } from '../../access/rules.js';
import { type CallLimits, ProviderAnswer, ProviderHttp } from '../http-calls.js';
import { refusedBefore } from '../provider-failures.js';
import { Providers } from '../providers.module.js';
import {
  defineProvider,
  type Delivery,
  type Failure,
  type FoundText,
  longestHidingSeconds,
  type OutgoingText,
  ReceiptDesk,
  type SendOutcome,
  type SentText,
  type SmsProvider,
  type SoughtText,
} from '../sms-provider.js';
import { twilioFailures } from './twilio-failures.js';
import { TwilioHttp } from './twilio-http.js';
import { type CallbackRequest, verifyTwilioCallback, type VerifiedCallback } from './twilio-signature.js';
import {
  acceptedSchema,
  codeIn,
  deliverySchema,
  messageSidSchema,
  newestPageSchema,
  pageSchema,
  redactedSchema,
  type MessagePage,
  twilioEnvironment,
} from './twilio.schema.js';
import { twilioProblems } from './twilio.words.js';

export type TwilioSettings = z.infer<typeof twilioEnvironment> & CallLimits;

/** Seconds for which Twilio may hold a text before it gives it up. */
const validityPeriod = 14_400;

/** UTF-16 units; Twilio refuses more (Messages resource, `Body`). */
const maxTextLength = 1600;

const pageSize = 500;

/** A longer list for one number cannot prove a text absent. */
const maxPages = 40;

/** TwilioProvider sends texts through Twilio's Messages API, by its SDK on a pool of our own. */
export class TwilioProvider implements SmsProvider {
  readonly name: string = 'twilio';
  readonly sender: string;
  readonly rate = 20;
  readonly deduplication = { kind: 'none', graceSeconds: longestHidingSeconds } as const;
  readonly listsNumbers = true;
  readonly firstPollSeconds = 60;
  private readonly settings: TwilioSettings;
  readonly redact?: (reference: string) => Promise<void>;
  private readonly http: ProviderHttp;
  private readonly requests: TwilioHttp;
  private readonly client: Twilio;
  private readonly messagesPath: string;

  constructor(settings: TwilioSettings) {
    const sender = settings.messagingServiceSid ?? settings.from;
    if (!sender) throw new Error('Twilio needs a number or a messaging service to send from');
    this.sender = sender;
    this.settings = settings;
    this.http = new ProviderHttp({ name: 'Twilio', codeIn, ...settings });
    this.requests = new TwilioHttp(this.http);
    const { accountSid, authToken, apiKey = { sid: accountSid, secret: authToken } } = settings;
    const options = { accountSid, httpClient: this.requests, autoRetry: false };
    this.client = createClient(apiKey.sid, apiKey.secret, options);
    if (settings.redacts) this.redact = (reference) => this.forgetBody(reference);
    this.messagesPath = `/2010-04-01/Accounts/${accountSid}/Messages`;
  }

  async send(text: OutgoingText): Promise<SendOutcome> {
    if (text.text.length > maxTextLength) {
      return refusedBefore(
        'text-too-long',
        'permanent',
        `The text is longer than ${maxTextLength} characters.`,
      );
    }
    try {
      const form = {
        ...this.from(),
        To: text.to,
        Body: text.text,
        StatusCallback: this.statusCallback(text.attemptId),
        ValidityPeriod: validityPeriod,
        // A text that Twilio rewrites no longer reads as the one that we froze and look for.
        SmartEncoded: false,
        // Twilio may hold a text back that looks to it like SMS pumping (twilio-node 4.16.0): nobody can sign up for these.
        RiskCheck: 'disable',
      };
      if (text.notAfter !== undefined) this.requests.writeBefore(text.notAfter, form);
      const answer = await this.request('post', `${this.messagesPath}.json`, form);
      return { kind: 'accepted', reference: this.http.read(answer, acceptedSchema).sid };
    } catch (error) {
      return twilioFailures.outcomeOf(error);
    }
  }

  /**
   * Gives Twilio the recipient alone. DateSent hides what is queued, and so does From: a messaging service has not chosen it
   * yet, and an attempt may have been made from a number that is no longer configured.
   */
  async find({ to }: SoughtText): Promise<FoundText[]> {
    const found = new Map<string, FoundText>();
    const query = new URLSearchParams({ To: to, PageSize: String(pageSize) });
    let next: string | null = `${this.messagesPath}.json?${query.toString()}`;
    for (let pages = 0; next !== null; pages += 1) {
      if (pages === maxPages) throw new Error(`Twilio lists more than ${maxPages} pages for one number`);
      const page: MessagePage = this.http.read(await this.get(next), pageSchema);
      for (const { incoming, ...message } of page.messages) {
        if (!incoming) found.set(message.reference, message);
      }
      next = page.next_page_uri;
    }
    return [...found.values()];
  }

  /** A messaging service chooses the number, so that only a text itself tells whether it is the service's. */
  async newest(since: Date): Promise<SentText[]> {
    const { from, messagingServiceSid } = this.settings;
    const ofSender = messagingServiceSid === null && from !== null ? { From: from } : {};
    const query = new URLSearchParams({ ...ofSender, PageSize: String(pageSize) });
    const answer = await this.get(`${this.messagesPath}.json?${query.toString()}`);
    return this.http
      .read(answer, newestPageSchema)
      .messages.filter((text) => text.senders.includes(this.sender) && text.createdAt >= since)
      .map(({ senders: _senders, ...text }) => text);
  }

  async status(reference: string): Promise<Delivery | null> {
    if (!messageSidSchema.safeParse(reference).success) return null;
    try {
      return this.http.read(await this.get(`${this.messagesPath}/${reference}.json`), deliverySchema);
    } catch (error) {
      if (error instanceof ProviderAnswer && error.status === 404) return null;
      throw error;
    }
  }

  /** An update with an empty body redacts it, once a message is over ("Redact a message"). What Twilio has no more is forgotten. */
  private async forgetBody(reference: string): Promise<void> {
    try {
      const answer = await this.request('post', `${this.messagesPath}/${reference}.json`, { Body: '' });
      this.http.read(answer, redactedSchema);
    } catch (error) {
      if (!(error instanceof ProviderAnswer && error.status === 404)) throw error;
    }
  }

  failure(code: string): Failure {
    return twilioFailures.failure(code);
  }

  /** Checks that a status callback is our account's, and reads it. */
  verifyCallback(request: Pick<CallbackRequest, 'signature' | 'url' | 'form'>): VerifiedCallback {
    return verifyTwilioCallback({ ...request, ...this.settings, path: this.statusCallbackPath });
  }

  async close(): Promise<void> {
    await this.http.close();
  }

  private from(): { MessagingServiceSid: string } | { From: string } {
    const { messagingServiceSid } = this.settings;
    return messagingServiceSid ? { MessagingServiceSid: messagingServiceSid } : { From: this.sender };
  }

  private statusCallback(attemptId: string): string {
    return `${this.settings.publicUrl}${this.statusCallbackPath}?attempt=${attemptId}`;
  }

  /** Twilio reports there what became of a text; the attempt's id stands in the query. */
  private get statusCallbackPath(): string {
    return `/api/v1/webhooks/${this.name}/status`;
  }

  private get(path: string): Promise<unknown> {
    if (!path.startsWith(this.messagesPath)) throw new Error("Twilio's next page lies outside our messages");
    return this.request('get', path);
  }

  /**
   * Returns the body as it came. The SDK's own resources take an answer of another form for an empty list, and read each
   * field of an accepted text, its dates too, of which we need one.
   */
  private async request(method: 'get' | 'post', path: string, data?: object): Promise<unknown> {
    const uri = `https://api.twilio.com${path}`;
    const answer = (await this.client.request({ method, uri, ...(data ? { data } : {}) })) as {
      body: unknown;
    };
    return answer.body;
  }
}

@Controller('webhooks/twilio')
@Webhook()
class TwilioWebhookController {
  private readonly logger = new Logger(TwilioWebhookController.name);

  constructor(
    private readonly providers: Providers,
    private readonly receipts: ReceiptDesk,
  ) {}

  /** Answers 204 for references that nobody knows, too: the provider is to stop asking. */
  @Post('status')
  @HttpCode(204)
  async status(@Req() request: FastifyRequest): Promise<void> {
    const provider = this.providers.for('twilio');
    if (!(provider instanceof TwilioProvider)) throw notFound('webhook');
    const verified = provider.verifyCallback({
      signature: String(request.headers['x-twilio-signature'] ?? ''),
      url: request.url,
      form: (request.body ?? {}) as Record<string, string | string[]>,
    });
    if (verified.kind === 'refused') {
      this.logger.warn({ reason: verified.reason, from: request.ip }, 'a receipt was refused');
      throw twilioProblems.error('signature-refused.twilio');
    }
    await this.receipts.receive(provider, { ...verified, origin: 'webhook' });
  }
}

export const twilio = defineProvider({
  name: 'twilio',
  environment: twilioEnvironment,
  controllers: [TwilioWebhookController],
  explain: (code) => twilioFailures.words(code),
  make: (account, { timeoutMs, concurrency: connections }) =>
    new TwilioProvider({ ...account, timeoutMs, connections }),
});
