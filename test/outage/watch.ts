import { setTimeout as sleep } from 'node:timers/promises';
import type { World } from '../faults/world.js';

/** What is asked for again and again, of whom, and what is seen. */
export class Probe {
  readonly statuses = new Map<string, number>();
  readonly problems: string[] = [];
  readonly ms: number[] = [];

  constructor(
    readonly name: string,
    private readonly url: string,
    private readonly headers: Record<string, string> = {},
    /** What it sends, each time anew; without it, it only reads. */
    private readonly bodyToSend?: () => unknown,
  ) {}

  /** Tells whether it was answered 200 (or 201, which counts as that). What is neither that nor a 503 in words is a problem. */
  async ask(): Promise<boolean> {
    const began = performance.now();
    const seen = await this.seen();
    this.ms.push(performance.now() - began);
    this.statuses.set(seen, (this.statuses.get(seen) ?? 0) + 1);
    if (seen !== '200' && seen !== '503') this.problems.push(`${this.name}: ${seen}`);
    return seen === '200';
  }

  /** Writes what was seen, such as `200 ×3, 503 ×14`. */
  get text(): string {
    return [...this.statuses].map(([status, n]) => `${status} ×${n}`).join(', ') || 'waits';
  }

  private async seen(): Promise<string> {
    try {
      const answer = await fetch(this.url, {
        ...(this.bodyToSend ? { method: 'POST', body: JSON.stringify(this.bodyToSend()) } : {}),
        headers: { 'accept-language': 'en', ...this.headers },
        redirect: 'manual',
        signal: AbortSignal.timeout(70_000),
      });
      const text = await answer.text();
      if (answer.status === 503 && !inWords(answer.headers, text)) return '503 without words';
      return answer.status === 201 ? '200' : String(answer.status);
    } catch (error) {
      return error instanceof Error ? error.name : 'no answer';
    }
  }
}

/** A sentence for people in a page or in a problem, when to try again, and the headers of every answer. */
function inWords(headers: Headers, text: string): boolean {
  return (
    /<p class="lead">\S+ \S+|"detail":"\S+ \S+/.test(text) &&
    Number(headers.get('retry-after')) > 0 &&
    headers.get('x-content-type-options') === 'nosniff'
  );
}

/** Asks all of them every 200 ms until it is told to stop. */
export function watch(probes: Probe[]): () => Promise<void> {
  let stopped = false;
  const loops = probes.map(async (probe) => {
    while (!stopped) {
      await probe.ask();
      await sleep(200);
    }
  });
  return async () => {
    stopped = true;
    await Promise.all(loops);
  };
}

/** Signs a person in at an address of the service, as a browser does. Returns the cookie. */
export async function signIn(world: World, url: string): Promise<string> {
  const { link } = await world.api.must<{ link: string }>('POST', '/accounts', {
    email: `auditor-${Date.now()}@hanbit.example`,
    name: '한여울',
    role: 'auditor',
    departmentId: null,
    locale: 'en',
  });
  const address = `${url}${new URL(link).pathname}`;
  const shown = await fetch(address);
  const token = /name="_csrf" value="([^"]+)"/.exec(await shown.text())?.[1] ?? '';
  const answer = await fetch(address, {
    method: 'POST',
    headers: { origin: url, cookie: cookieOf(shown), 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ _csrf: token, password: 'seven herons over the weir' }).toString(),
    redirect: 'manual',
  });
  if (answer.status !== 303) throw new Error(`signing in: ${answer.status}`);
  return cookieOf(answer);
}

function cookieOf(answer: Response): string {
  return (
    answer.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0])
      .at(-1) ?? ''
  );
}
