import { Inject, Injectable } from '@nestjs/common';
import { Webhook } from 'standardwebhooks';
import { Pool } from 'undici';
import { CONFIG } from '../../../platform/platform.tokens.js';
import { CallFailed, callOnce } from '../../providers/call-once.js';
import type { FeedItem } from '../feed.schema.js';
import { InsideAddress, lookupOutside, namesInside } from './outside.js';

/** A receiver has so long to answer; what takes long it does afterwards. */
const patienceMs = 10_000;

const longestAnswer = 65_536;

/** A Line delivers items to one endpoint, one after another over one connection. */
export interface Line {
  /** Returns null when the item was taken, and else a code of what happened. */
  deliver(item: FeedItem, secrets: string[]): Promise<string | null>;
  close(): Promise<void>;
}

/**
 * EndpointCalls makes the calls of Standard Webhooks. They go to the public network by https, and elsewhere only to origins that
 * the administrator of the machine has listed; a redirect is a failure.
 */
@Injectable()
export class EndpointCalls {
  constructor(@Inject(CONFIG) private readonly config: { feedInside: readonly string[] }) {}

  /** Tells whether endpoints may be at this address, as far as it can be told before its name is resolved. */
  mayCall(url: URL): boolean {
    if (url.username !== '' || url.password !== '') return false;
    return this.isListed(url) || (url.protocol === 'https:' && !namesInside(url));
  }

  lineTo(address: string): Line {
    const url = new URL(address);
    const pool = new Pool(url.origin, {
      connections: 1,
      maxResponseSize: longestAnswer,
      connect: { timeout: patienceMs / 2, ...(this.isListed(url) ? {} : { lookup: lookupOutside }) },
    });
    return {
      deliver: (item, secrets) =>
        this.mayCall(url) ? post(pool, url, item, secrets) : Promise.resolve('address-inside'),
      close: () => pool.close(),
    };
  }

  private isListed({ origin }: URL): boolean {
    return this.config.feedInside.includes(origin);
  }
}

async function post(pool: Pool, url: URL, item: FeedItem, secrets: string[]): Promise<string | null> {
  const body = JSON.stringify({ type: `${item.kind}.${item.status}`, timestamp: item.at, data: item });
  const now = new Date();
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Chorong',
    'webhook-id': item.id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(item.id, now, body)).join(' '),
  };
  try {
    const path = `${url.pathname}${url.search}`;
    const { status } = await callOnce(pool, { method: 'POST', path, headers, body }, patienceMs);
    return status >= 200 && status <= 299 ? null : `http-${status}`;
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    return error.cause instanceof InsideAddress ? 'address-inside' : error.reason;
  }
}
