import { createHmac } from 'node:crypto';
import { Controller, HttpCode, Logger, Post, type RawBodyRequest, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { notFound } from '../../../platform/app-error.js';
import { dialledInKorea } from '../../../platform/phone-numbers/phone-number.js';
import { isSameSecret } from '../../../platform/same-secret.js';
import { Webhook } from '../../access/rules.js';
import { ProviderFailures, refusedBefore } from '../provider-failures.js';
import { type CallLimits, ProviderAnswer, ProviderHttp } from '../http-calls.js';
import { Providers } from '../providers.module.js';
import {
  defineProvider,
  type Deduplication,
  type Delivery,
  type DeliveryStatus,
  type Failure,
  type FoundText,
  longestHidingSeconds,
  nameOf,
  type OutgoingText,
  ReceiptDesk,
  type ReceivedReceipt,
  type SendOutcome,
  type SmsProvider,
  type SoughtText,
} from '../sms-provider.js';
import { type Call, type Description, gatewayEnvironment, originOf } from './gateway.schema.js';
import { gatewayProblems } from './gateway.words.js';
import { at, fill, fillJson, type Values } from './templates.js';

export type GatewaySettings = z.infer<typeof gatewayEnvironment> & CallLimits;

/** A gateway's id or code: printable, so that it may stand in an address and in the log. */
const word = z.union([z.int().transform(String), z.string().regex(/^[\x21-\x7e]{1,200}$/)]);
const anything = z.unknown();

/**
 * GatewayProvider sends texts through a gateway that a file describes. It names each text to the gateway by a digest of its number
 * and words. No two texts to a number read alike, so the gateway can be asked for one text by that name, whoever made the attempt,
 * and one that takes a name once alone takes no twin. Nothing that it took is sent again by itself, so a name has one text.
 */
export class GatewayProvider implements SmsProvider {
  readonly name = 'gateway';
  readonly sender: string;
  readonly rate: number;
  readonly deduplication: Deduplication;
  readonly listsNumbers = false;
  readonly firstPollSeconds = 60;
  private readonly description: Description;
  private readonly failures: ProviderFailures;
  private readonly statuses: ReadonlyMap<string, DeliveryStatus>;
  private readonly http: ProviderHttp;

  constructor(private readonly settings: GatewaySettings) {
    const { description } = settings;
    this.description = description;
    const { name, sender, rate, deduplication, statuses, send } = description;
    this.sender = sender;
    this.rate = rate;
    this.deduplication = deduplication
      ? { kind: deduplication.by, windowSeconds: deduplication.windowSeconds }
      : { kind: 'none', graceSeconds: longestHidingSeconds };
    this.failures = failuresOf(settings);
    this.statuses = new Map(
      Object.entries(statuses).flatMap(([ours, theirs]) =>
        theirs.map((one) => [one, ours as DeliveryStatus] as const),
      ),
    );
    const codeIn = (body: unknown) => wordAt(send.answer.code, body);
    this.http = new ProviderHttp({ name, codeIn, ...settings, baseUrl: originOf(send.address) });
  }

  async send({ to, text, attemptId, notAfter }: OutgoingText): Promise<SendOutcome> {
    const { send, longestText } = this.description;
    if (text.length > longestText.characters)
      return refusedBefore('text-too-long', 'permanent', 'The text is longer than the gateway takes.');
    try {
      const values = { ...this.valuesOf({ to, text }), text, attempt: attemptId };
      return this.outcomeOf(await this.call(send, values, notAfter));
    } catch (error) {
      if (error instanceof ProviderAnswer && this.isDuplicate(error.code)) return takenBefore;
      return this.failures.outcomeOf(error);
    }
  }

  async find(sought: SoughtText): Promise<FoundText[]> {
    const { answer, absentStatus, ...call } = this.description.find;
    const values = this.valuesOf(sought);
    let json: unknown;
    try {
      json = await this.call(call, values);
    } catch (error) {
      if (error instanceof ProviderAnswer && error.status === absentStatus) return [];
      throw error;
    }
    return entriesOf(answer.list, json).flatMap((entry) => {
      const delivery = this.deliveryOf(answer, entry);
      const reference = wordAt(answer.reference, entry);
      if (delivery === null || reference === null)
        throw new Error('the answer to the question for a text has another form than described');
      if (reference !== values['reference']) return [];
      return [{ ...delivery, text: sought.text, createdAt: createdAt(answer.createdAt, entry) }];
    });
  }

  /** A gateway is not described by all that it holds: another life of the database is noticed by its receipts alone. */
  newest(): Promise<[]> {
    return Promise.resolve([]);
  }

  async status(reference: string): Promise<Delivery | null> {
    const { answer, ...call } = this.description.status;
    try {
      const json = await this.call(call, { id: reference });
      const entries = entriesOf(answer.list, json).map((entry) => this.deliveryOf(answer, entry));
      if (entries.includes(null)) throw new Error('the answer about a text has another form than described');
      return entries.find((entry) => entry?.reference === reference) ?? null;
    } catch (error) {
      if (error instanceof ProviderAnswer && error.status === 404) return null;
      throw error;
    }
  }

  failure(code: string): Failure {
    return this.failures.failure(code);
  }

  /** Null where no reports are described, or one bears no proof, or has another form than described. */
  readReports(headers: Record<string, unknown>, raw: Buffer, body: unknown): ReceivedReceipt[] | null {
    const { report } = this.description;
    if (!report) return null;
    const secret = fill(report.secret, this.settings.secrets);
    const expected =
      report.proof === 'secret' ? secret : createHmac('sha256', secret).update(raw).digest('hex');
    if (!isSameSecret(String(headers[report.header.toLowerCase()]), expected)) return null;
    const receipts: ReceivedReceipt[] = [];
    for (const entry of entriesOf(report.list, body)) {
      const delivery = this.deliveryOf(report, entry);
      if (delivery === null) return null;
      const attempt = z.uuid().safeParse(report.attempt && at(report.attempt, entry));
      receipts.push({ ...delivery, attemptId: attempt.data ?? null, origin: 'webhook' });
    }
    return receipts;
  }

  async close(): Promise<void> {
    await this.http.close();
  }

  private valuesOf({ to, text }: SoughtText): Values {
    const nationalTo = dialledInKorea(to) ?? to;
    return { from: this.sender, to, nationalTo, reference: nameOf({ to, text }) };
  }

  private async call(call: Call, given: Values, notAfter?: number): Promise<unknown> {
    const values = { ...given, ...this.settings.secrets };
    const { pathname, search } = new URL(fill(call.address, values, encodeURIComponent));
    const headers = Object.fromEntries(
      Object.entries(call.headers).map(([name, value]) => [name.toLowerCase(), fill(value, values)]),
    );
    const [type, body] = bodyOf(call, values);
    const { body: answer } = await this.http.call({
      method: call.method,
      path: pathname + search,
      body,
      notAfter,
      headers: { ...(type ? { 'content-type': type } : {}), ...headers },
    });
    return this.http.read(answer, anything);
  }

  private outcomeOf(json: unknown): SendOutcome {
    const { answer } = this.description.send;
    const reference = wordAt(answer.id, json);
    const code = wordAt(answer.code, json);
    const isTaken = answer.code === undefined || (code !== null && answer.accepted?.includes(code));
    if (isTaken && reference !== null) return { kind: 'accepted', reference };
    if (this.isDuplicate(code)) return takenBefore;
    // An id beside a code that nobody described may be that of a text on its way.
    if (code === null || isTaken || (reference !== null && !this.failures.codes.has(code)))
      return { kind: 'ambiguous', detail: 'answer-unreadable' };
    return { kind: 'refused', ...this.failures.failure(code) };
  }

  private isDuplicate(code: string | null): boolean {
    return code !== null && (this.description.codes.duplicate ?? []).includes(code);
  }

  /** Null for an entry without an id. A status that nobody described still proves that the gateway holds the text. */
  private deliveryOf(
    paths: { id: string; status: string; code?: string | undefined },
    entry: unknown,
  ): Delivery | null {
    const reference = wordAt(paths.id, entry);
    if (reference === null) return null;
    const status = this.statuses.get(wordAt(paths.status, entry) ?? '') ?? 'accepted';
    return { reference, status, code: status === 'failed' ? wordAt(paths.code, entry) : null };
  }
}

const takenBefore: SendOutcome = { kind: 'ambiguous', detail: 'taken-before' };

function failuresOf({ description }: Pick<GatewaySettings, 'description'>): ProviderFailures {
  const { duplicate: _duplicate, ...codes } = description.codes;
  const table: Record<string, Record<string, readonly [en: string, ko: string]>> = {};
  for (const [action, known] of Object.entries(codes))
    table[action] = Object.fromEntries(Object.entries(known).map(([code, { en, ko }]) => [code, [en, ko]]));
  return new ProviderFailures(description.name, table);
}

/** Returns the entries of a list, or the whole as the one entry. Throws where the list is not there. */
function entriesOf(list: string | undefined, json: unknown): unknown[] {
  const entries = list === undefined ? [json] : at(list, json);
  if (!Array.isArray(entries)) throw new Error('the list is not where the description says');
  return entries;
}

function wordAt(path: string | undefined, json: unknown): string | null {
  return path === undefined ? null : (word.safeParse(at(path, json)).data ?? null);
}

function createdAt(path: string | undefined, entry: unknown): Date {
  if (path === undefined) return new Date();
  return new Date(z.iso.datetime({ offset: true }).parse(at(path, entry)));
}

function bodyOf({ json, form }: Call, values: Values): [type: string | null, body: string | null] {
  if (json !== undefined) return ['application/json', JSON.stringify(fillJson(json, values))];
  if (!form) return [null, null];
  const fields = Object.entries(form).map(([name, value]) => [name, fill(value, values)] as [string, string]);
  return ['application/x-www-form-urlencoded', new URLSearchParams(fields).toString()];
}

@Controller('webhooks/gateway')
@Webhook()
class GatewayWebhookController {
  private readonly logger = new Logger(GatewayWebhookController.name);

  constructor(
    private readonly providers: Providers,
    private readonly receipts: ReceiptDesk,
  ) {}

  /** Answers 200 for references that nobody knows, too: the gateway is to stop asking. */
  @Post('report')
  @HttpCode(200)
  async report(@Req() request: RawBodyRequest<FastifyRequest>): Promise<void> {
    const provider = this.providers.for('gateway');
    if (!(provider instanceof GatewayProvider)) throw notFound('webhook');
    const reports = provider.readReports(request.headers, request.rawBody ?? Buffer.alloc(0), request.body);
    if (reports === null) {
      this.logger.warn({ from: request.ip }, 'a receipt was refused');
      throw gatewayProblems.error('signature-refused.gateway');
    }
    await Promise.all(reports.map((report) => this.receipts.receive(provider, report)));
  }
}

export const gateway = defineProvider({
  name: 'gateway',
  environment: gatewayEnvironment,
  controllers: [GatewayWebhookController],
  explain: (code, variables) => (variables ? failuresOf(variables) : unknown).words(code),
  make: (variables, { timeoutMs, concurrency: connections }) =>
    new GatewayProvider({ ...variables, timeoutMs, connections }),
});

/** Explains codes where no gateway is described any more. */
const unknown = new ProviderFailures('Gateway', {});
