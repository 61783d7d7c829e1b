import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError, type ErrorKind, type FieldProblem } from '../app-error.js';
import { sqlStateOf } from '../database/database.js';
import { translate } from '../words/words.js';
import { httpProblems } from './http.words.js';

const statuses: Record<ErrorKind, number> = {
  malformed: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  precondition: 412,
  'too-large': 413,
  invalid: 422,
  'precondition-required': 428,
  limit: 429,
  unavailable: 503,
};

/** Checks before an insert only make for a better answer: what is unique is so by the database. */
const uniqueViolation = '23505';
const foreignKeyViolation = '23503';

/** SQLSTATE class 22: a NUL byte, a day that is none, a number out of range. Its message holds what was sent. */
const badValue = /^22/;

/** What Nest and Fastify refuse by a status, in words of ours: theirs are English alone, and repeat what was sent. */
const refusals: Partial<Record<number, Parameters<typeof httpProblems.error>[0]>> = {
  400: 'malformed',
  404: 'not-found.route',
  405: 'method-not-allowed',
  413: 'body-too-large',
  414: 'address-too-long',
  415: 'unsupported-media-type',
};

interface Problem {
  status: number;
  code: string;
  detail: string;
  fields: FieldProblem[];
}

/**
 * SQLSTATE classes and codes that mean: the database cannot be written to just now. It is away, full or read-only, or a
 * statement waited too long for others (57014, 55P03, 40001, 40P01).
 */
const unavailable = /^(08|53|57|25006|58|55P03|40001|40P01)/;

/** Node's codes of a connection that was not had or broke, and of a name that was not found. */
const connectionLost = /^(E(CONN|PIPE|TIMEDOUT|HOST|NET)|EAI_AGAIN|ENOTFOUND)/;

/** What the driver says, without a code, of a connection that it lost or did not get in time. */
const noConnection =
  /Connection terminated|timeout exceeded when trying to connect|not queryable|Client was closed/;

/** A caller may try again after so many seconds, where it is known that trying again may help. */
const retryAfterSeconds = 5;

/** Answers every error as `application/problem+json` (RFC 9457) with a stable code and the request's id. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const problem = problemOf(error);
    if (problem.status >= 500) this.logger.error({ err: error, requestId: request.id }, 'a request failed');
    if (reply.sent) return;
    const { status, headers, body } = problemAnswer(problem, request.id);
    void reply.status(status).headers(headers).send(body);
  }
}

/** Writes a problem as RFC 9457 has it, with the headers that it is answered with. */
export function problemAnswer({ status, code, detail, fields }: Problem, requestId: string) {
  const problem = {
    type: `urn:chorong:problem:${code}`,
    title: code.replaceAll('-', ' '),
    status,
    code,
    detail,
    ...(fields.length > 0 ? { fields: fields.map(published) } : {}),
    requestId,
  };
  const headers = { 'content-type': 'application/problem+json; charset=utf-8', ...retryHeaders(status) };
  return { status, headers, body: JSON.stringify(problem) };
}

/** Returns the header that goes with 503: when to try again. */
export function retryHeaders(status: number): Record<string, string> {
  return status === 503 ? { 'retry-after': String(retryAfterSeconds) } : {};
}

/** The part of a field's problem that programs see; its phrase is for pages. */
function published({ path, code, message }: FieldProblem) {
  return { path, code, message };
}

export function problemOf(error: unknown): Problem {
  if (error instanceof AppError) return problemOfOurs(error);
  const status = statusOfFramework(error);
  if (status !== null) {
    const refusal = refusals[status] ?? 'refused';
    return { ...problemOfOurs(httpProblems.error(refusal)), status };
  }
  const known = whatTheDatabaseRefused(error);
  if (known) return problemOfOurs(httpProblems.error(known));
  return { status: 500, code: 'internal', detail: translate('en', 'problems.internal'), fields: [] };
}

function problemOfOurs({ kind, code, message, fields }: AppError): Problem {
  return { status: statuses[kind], code, detail: message, fields };
}

function whatTheDatabaseRefused(error: unknown) {
  const sqlState = String(sqlStateOf(error));
  if (sqlState === uniqueViolation) return 'made-meanwhile';
  if (sqlState === foreignKeyViolation) return 'reference-unknown';
  if (badValue.test(sqlState)) return 'value-unusable';
  return isUnavailable(error) ? 'database-unavailable' : null;
}

/** Returns the status by which Nest or Fastify refuses a request; null for every other error. */
function statusOfFramework(error: unknown): number | null {
  if (error instanceof HttpException) return error.getStatus();
  const { statusCode: status } = (error ?? {}) as { statusCode?: unknown };
  return typeof status === 'number' && status >= 400 && status < 500 ? status : null;
}

function isUnavailable(error: unknown): boolean {
  const codes = [(error as { code?: unknown } | null)?.code, sqlStateOf(error)];
  return (
    codes.some((code) => typeof code === 'string' && (unavailable.test(code) || connectionLost.test(code))) ||
    (error instanceof Error && noConnection.test(error.message))
  );
}
