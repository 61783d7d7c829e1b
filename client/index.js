import createClient from 'openapi-fetch';

/** Makes a client of the service at an address, which calls under a key. */
export function chorong({ url, key, fetch }) {
  const headers = { authorization: `Bearer ${key}` };
  return createClient({ baseUrl: url, headers, ...(fetch && { fetch }) });
}

/**
 * Follows the feed from a place on, page by page, and waits for what is new. Keep `nextAfter` with what you did for a page: it is
 * where to go on. Throws the problem that the service answers.
 */
export async function* follow(client, { after = 0, limit = 500, wait = 30, signal } = {}) {
  for (let next = after; !signal?.aborted;) {
    const query = { after: next, limit, wait };
    const { data, error } = await client.GET('/api/v1/feed', { params: { query }, signal });
    if (error) throw Object.assign(new Error(error.detail ?? 'the feed cannot be read'), { problem: error });
    next = data.nextAfter;
    if (data.items.length > 0) yield data;
  }
}
