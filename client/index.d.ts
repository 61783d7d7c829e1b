import type { Client } from 'openapi-fetch';
import type { components, paths } from './api.js';

export type { components, paths };
export type Chorong = Client<paths>;
export type FeedPage = components['schemas']['FeedPage'];
export type FeedItem = components['schemas']['FeedItem'];

/** Makes a client of the service at an address, which calls under a key. */
export function chorong(service: {
  url: string;
  key: string;
  fetch?: (request: Request) => Promise<Response>;
}): Chorong;

/**
 * Follows the feed from a place on, page by page, and waits for what is new. Keep `nextAfter` with what you did for a page: it is
 * where to go on. Throws the problem that the service answers.
 */
export function follow(
  client: Chorong,
  from?: { after?: number; limit?: number; wait?: number; signal?: AbortSignal },
): AsyncGenerator<FeedPage, void>;
