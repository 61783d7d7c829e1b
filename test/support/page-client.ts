import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { csrfTokenOf } from '../../src/office/accounts/csrf.js';
import type { Answer } from './api-client.js';

/** What a page is sent. */
export interface PageCall {
  path: string;
  form?: Record<string, string | string[]>;
  /** A form with a file: sent as multipart, the token before the file. */
  upload?: { field: string; name: string; type: string; content: string | Buffer };
  headers?: Record<string, string>;
}

/** `inject` calls this host, on plain HTTP: the cookies are those of a service on one's own machine. */
export const ownOrigin = 'http://localhost';
export const cookieName = 'chorong-local';

/** A browser that holds a session, or none, and sends forms as a browser does. */
export class PageClient {
  constructor(
    private readonly app: NestFastifyApplication,
    /** The session's, and of every form. */
    readonly token: string | null,
    private readonly heard: string[] = [],
    /** Decides whatever waits for a second person; without it, it goes on waiting. */
    private readonly decide?: () => Promise<void>,
  ) {}

  get(path: string, headers: Record<string, string> = {}): Promise<Answer<string>> {
    return this.call('GET', { path, headers });
  }

  post(path: string, form: PageCall['form'] = {}, headers: Record<string, string> = {}) {
    return this.call('POST', { path, form, headers });
  }

  async call(method: string, { path, form = {}, upload, headers = {} }: PageCall): Promise<Answer<string>> {
    const changes = method !== 'GET';
    const body = changes
      ? bodyOf({ ...(this.token ? { _csrf: csrfTokenOf(this.token) } : {}), ...form }, upload)
      : null;
    const response = await this.app.inject({
      method: method as 'GET',
      url: path,
      headers: {
        ...(this.token ? { cookie: `${cookieName}=${this.token}` } : {}),
        ...(body ? { origin: ownOrigin, 'content-type': body.type } : {}),
        ...headers,
      },
      ...(body ? { payload: body.payload } : {}),
    });
    this.heard.push(response.body);
    if (String(response.headers.location).endsWith('done=proposed')) await this.decide?.();
    return {
      status: response.statusCode,
      headers: response.headers,
      body: response.body,
      text: response.body,
    };
  }
}

const boundary = 'a-boundary-of-pages';

function bodyOf(form: NonNullable<PageCall['form']>, upload: PageCall['upload']) {
  const fields = Object.entries(form).flatMap(([key, value]) =>
    [value].flat().map((one): [string, string] => [key, one]),
  );
  if (!upload) {
    return { type: 'application/x-www-form-urlencoded', payload: new URLSearchParams(fields).toString() };
  }
  const part = (disposition: string, content: string | Buffer, type?: string) => [
    Buffer.from(
      `--${boundary}\r\ncontent-disposition: form-data; ${disposition}\r\n${type ? `content-type: ${type}\r\n` : ''}\r\n`,
    ),
    Buffer.from(content),
    Buffer.from('\r\n'),
  ];
  const payload = Buffer.concat([
    ...fields.flatMap(([name, value]) => part(`name="${name}"`, value)),
    ...part(`name="${upload.field}"; filename="${upload.name}"`, upload.content, upload.type),
    Buffer.from(`--${boundary}--\r\n`),
  ]);
  return { type: `multipart/form-data; boundary=${boundary}`, payload };
}
