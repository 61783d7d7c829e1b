import { stringify, type ParsedUrlQueryInput } from 'node:querystring';
import RequestClient from 'twilio/lib/base/RequestClient.js';
import type { ProviderHttp } from '../http-calls.js';

/**
 * TwilioHttp is the HTTP client of Twilio's SDK. Every request goes to the origin of `http`, whatever host the SDK or an answer
 * names. Answers other than 2xx are thrown before the SDK can wrap them: its own exception believes a status in the body over the
 * real one.
 */
export class TwilioHttp extends RequestClient {
  private readonly deadlines = new WeakMap<object, number>();

  constructor(private readonly http: ProviderHttp) {
    super({ autoRetry: false });
  }

  override async request<TData>(
    options: RequestClient.RequestOptions<TData>,
  ): ReturnType<typeof RequestClient.prototype.request<TData>> {
    const query = options.params ? `?${stringify(options.params as ParsedUrlQueryInput)}` : '';
    const answer = await this.http.call({
      method: options.method.toUpperCase(),
      path: pathIn(options.uri) + query,
      headers: { ...(options.headers as Record<string, string> | undefined), authorization: basic(options) },
      body: options.data ? stringify(options.data) : null,
      notAfter: options.data ? this.deadlines.get(options.data) : undefined,
    });
    return { statusCode: answer.status, body: answer.body as TData, headers: answer.headers };
  }

  /** Keeps a form from being written once `performance.now()` has reached `notAfter`. The SDK hands on the form as it is. */
  writeBefore(notAfter: number, form: object): void {
    this.deadlines.set(form, notAfter);
  }
}

/** Returns what stands behind the host: the SDK has parsed the address, and parsing it again is a tenth of a call. */
function pathIn(uri: string): string {
  return uri.slice(uri.indexOf('/', uri.indexOf('//') + 2));
}

function basic({ username, password }: { username?: string; password?: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
