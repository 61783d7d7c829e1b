import type { NestFastifyApplication } from '@nestjs/platform-fastify';

export interface Answer<T> {
  status: number;
  headers: Record<string, string | string[] | number | undefined>;
  body: T;
  /** As it came. */
  text: string;
}

/** A problem as the API answers it (RFC 9457). */
export interface Problem {
  status: number;
  code: string;
  detail: string;
  fields?: { path: string; code: string; message: string }[];
  requestId: string;
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT';
type Headers = Record<string, string>;

/** Calls the API by HTTP under one key; paths are below /api/v1 unless they say otherwise. */
export class ApiClient {
  constructor(
    private readonly app: NestFastifyApplication,
    readonly key: string | null,
    /** Every answer's text is added here. */
    private readonly heard: string[] = [],
    /** Decides what waits for a second person; without it, it goes on waiting. */
    private readonly decide?: (proposalId: string) => Promise<boolean>,
  ) {}

  get<T = unknown>(path: string, headers: Headers = {}): Promise<Answer<T>> {
    return this.call<T>('GET', path, undefined, headers);
  }

  post<T = unknown>(path: string, body?: unknown, headers: Headers = {}): Promise<Answer<T>> {
    return this.call<T>('POST', path, body, headers);
  }

  patch<T = unknown>(path: string, body?: unknown, headers: Headers = {}): Promise<Answer<T>> {
    return this.call<T>('PATCH', path, body, headers);
  }

  delete<T = unknown>(path: string, headers: Headers = {}): Promise<Answer<T>> {
    return this.call<T>('DELETE', path, undefined, headers);
  }

  async call<T = unknown>(
    method: Method,
    path: string,
    body?: unknown,
    headers: Headers = {},
  ): Promise<Answer<T>> {
    const answer = await this.inject<T>(method, path, body, headers);
    const { id, difference, proposal } = answer.body as {
      id: string;
      difference: object;
      proposal?: { id: string };
    };
    if (!proposal || !(await this.decide?.(proposal.id)) || answer.status !== 202) return answer;
    // As if it had needed nobody.
    const [, kind = ''] = path.split('/');
    if (!['contracts', 'imports'].includes(kind)) return { ...answer, status: 201 };
    const standing = await this.inject<T>('GET', `/${kind}/${id}`);
    return {
      ...standing,
      status: path.endsWith('/occurrences') ? 201 : 200,
      body: { ...standing.body, difference },
    };
  }

  private async inject<T>(
    method: Method,
    path: string,
    body?: unknown,
    headers: Headers = {},
  ): Promise<Answer<T>> {
    const response = await this.app.inject({
      method,
      url: /^\/(api\/|health\/|metrics|openapi|docs)/.test(path) ? path : `/api/v1${path}`,
      headers: { ...(this.key ? { authorization: `Bearer ${this.key}` } : {}), ...headers },
      ...(body === undefined ? {} : { payload: body as object }),
    });
    this.heard.push(response.body);
    return {
      status: response.statusCode,
      headers: response.headers,
      body: readable(response.body) as T,
      text: response.body,
    };
  }
}

/** The body of an answer that had to succeed. */
export function ok<T>(answer: Answer<T>): T {
  if (answer.status < 200 || answer.status > 299) throw new Error(`${answer.status} ${answer.text}`);
  return answer.body;
}

/** The problem of an answer that had to fail. */
export function problem(answer: Answer<unknown>): Problem {
  if (answer.status < 400) throw new Error(`it succeeded: ${answer.status} ${answer.text}`);
  return answer.body as Problem;
}

function readable(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
