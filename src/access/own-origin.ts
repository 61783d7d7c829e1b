import type { FastifyRequest } from 'fastify';

/** Where people reach this service: the configured public address, else the one that the request came to. */
export function ownOrigin(request: FastifyRequest, publicUrl: string | null): string {
  return publicUrl ? new URL(publicUrl).origin : originAskedFor(request);
}

/** A malformed host, which no browser sends, is answered as no origin of anyone's. */
export function originAskedFor(request: FastifyRequest): string {
  const origin = `${request.protocol}://${request.host}`;
  return URL.canParse(origin) ? new URL(origin).origin : 'http://invalid';
}
