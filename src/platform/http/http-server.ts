import { createServer, IncomingMessage, type RequestListener, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../../config/config.js';
import { newId } from '../ids.js';
import { problemAnswer, problemOf } from './problem.filter.js';
import { httpProblems } from './http.words.js';
import { secure } from './security-headers.js';

/**
 * Requests of one connection that may be under way at once. Browsers and proxies send the next one when they have the
 * answer to the one before.
 */
const mostOfOneConnection = 16;

/** Bytes a second that the body of a request has to bring at least; a modem brought 7,000. */
const leastBytesPerSecond = 1000;

export type ServerLimits = Pick<Config['limits'], 'stallSeconds' | 'idleMs'>;

/** The server refuses these below the framework, with this status. */
const refusals = {
  malformed: 400,
  'request-too-slow': 408,
  'expectation-failed': 417,
  'headers-too-large': 431,
  busy: 503,
} as const;
type Refusal = keyof typeof refusals;

/**
 * Makes the server below the framework. It bounds what one connection may have under way, and for how long a request may
 * be on its way; what it refuses, it answers as every error is answered.
 */
export function makeServer(handle: RequestListener, { stallSeconds, idleMs }: ServerLimits): Server {
  const counts = new WeakMap<object, number>();
  const underWay = (socket: object) => counts.get(socket) ?? 0;
  const count = (socket: object, by: number) => counts.set(socket, underWay(socket) + by);
  const server = createServer(
    {
      headersTimeout: stallSeconds * 1000,
      connectionsCheckingInterval: Math.min(5000, stallSeconds * 250),
      // An upload may take an hour on a slow line: what counts is that it moves.
      requestTimeout: 0,
      keepAliveTimeout: 72_000,
      requireHostHeader: false,
    },
    (request, response) => {
      if (request.headers.host === undefined && request.httpVersion === '1.1') {
        return refuse(request, response, 'malformed');
      }
      if (underWay(request.socket) >= mostOfOneConnection) return refuse(request, response, 'busy');
      count(request.socket, 1);
      response.once('finish', () => {
        count(request.socket, -1);
        if (!server.listening && underWay(request.socket) === 0) request.socket.destroySoon();
      });
      watchBody(request, response, stallSeconds);
      handle(request, response);
    },
  );
  server.timeout = idleMs;
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    // Each request under way may listen for the end of its connection, as Node itself does.
    socket.setMaxListeners(2 * mostOfOneConnection);
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  // Browsers open a connection ahead of what they may ask. Node counts it as busy, and a stop would wait a minute for it.
  server.closeIdleConnections = () => {
    for (const socket of open) if (underWay(socket) === 0) socket.destroy();
  };
  server.on('checkExpectation', (request, response) => refuse(request, response, 'expectation-failed'));
  return server;
}

/** Ends a request whose body stands still, and one that was answered long before its body came. */
function watchBody(request: IncomingMessage, response: ServerResponse, stallSeconds: number): void {
  if (request.headers['content-length'] === undefined && request.headers['transfer-encoding'] === undefined)
    return;
  let before = request.socket.bytesRead;
  const timer = setInterval(() => {
    const moved = request.socket.bytesRead - before;
    before += moved;
    if (request.complete || request.destroyed) return clearInterval(timer);
    if (moved >= leastBytesPerSecond * stallSeconds && !response.writableEnded) return;
    clearInterval(timer);
    if (!response.headersSent) refuse(request, response, 'request-too-slow');
    response.once('finish', () => request.socket.destroy());
    if (response.writableFinished) request.socket.destroy();
  }, stallSeconds * 1000).unref();
  request.once('close', () => clearInterval(timer));
}

/** Answers what does not reach the framework, and lets go of its connection. */
function refuse(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  const { status, headers, body } = problemAnswer(
    { ...problemOf(httpProblems.error(refusal)), status: refusals[refusal] },
    newId(),
  );
  secure(request, response);
  response.writeHead(status, { ...headers, connection: 'close' }).end(body);
}

/** Answers what cannot be read as HTTP. */
export function answerClientError(error: Error & { code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const refusal: Refusal =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? 'request-too-slow'
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? 'headers-too-large'
        : 'malformed';
  // Node keeps here the response that is on its way: that of the request whose body broke, or of an earlier one.
  const current = (socket as { _httpMessage?: ServerResponse | null })._httpMessage;
  if (current && (current.headersSent || current.req.complete)) return void socket.destroy();
  if (current) return refuse(current.req, current, refusal);
  const request = new IncomingMessage(socket as never);
  const response = new ServerResponse(request);
  response.assignSocket(socket as never);
  response.once('finish', () => socket.end());
  refuse(request, response, refusal);
}

/** Answers what the router refuses before any hook has run. */
export function answerFrameworkError(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const { status, headers, body } = problemAnswer(problemOf(error), request.id);
  secure(request.raw, reply.raw);
  void reply.status(status).headers(headers).send(body);
}
