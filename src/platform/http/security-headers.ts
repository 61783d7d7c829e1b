import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet from 'helmet';

const setHeaders = helmet({
  contentSecurityPolicy: {
    directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    useDefaults: false,
  },
  referrerPolicy: { policy: 'no-referrer' },
});

/** Sets the headers that every answer has, whichever part of the service gives it; a page's own come in their place. */
export function secure(request: IncomingMessage, response: ServerResponse): void {
  setHeaders(request, response, (error) => {
    if (error) throw error as Error;
  });
  response.setHeader('cache-control', 'no-store');
}
