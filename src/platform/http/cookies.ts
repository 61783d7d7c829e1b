import type { FastifyRequest } from 'fastify';

/** Returns every value that the browser sent under a name, in its order: another path's cookie may stand beside ours. */
export function cookieValues(request: FastifyRequest, name: string): string[] {
  return (request.headers.cookie ?? '').split(';').flatMap((pair) => {
    const [key, value = ''] = pair.trim().split('=', 2);
    return key === name ? [value] : [];
  });
}
