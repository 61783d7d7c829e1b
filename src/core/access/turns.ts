import { createHash } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { httpProblems } from '../../platform/http/http.words.js';
import { Lane } from '../../platform/http/lane.js';
import { networkOf } from '../../platform/http/network-of.js';
import { CONFIG } from '../../platform/platform.tokens.js';
import { type Caller, callerIdOf } from './roles.js';
import { type Rule, ruleKey } from './rules.js';

/** A key or session is believed to be somebody's for so long, before it is looked up: only to choose the lane. */
const rememberedMs = 600_000;
const mostRemembered = 20_000;

interface TurnedRequest extends FastifyRequest {
  endTurn?: () => void;
}

/**
 * Turns keep requests from taking all connections to the database, of which sending keeps more than a quarter. Strangers,
 * reports of providers, and callers who are known by a key or a session have lanes of their own, in which networks and
 * callers take turns. Whoever shows a key or session for the first time is a stranger until it was looked up.
 */
@Injectable()
export class Turns {
  private readonly strangers: Lane;
  private readonly reports: Lane;
  private readonly callers: Lane;
  private readonly remembered = new Map<string, { callerId: string; until: number }>();

  constructor(
    @Inject(CONFIG) private readonly config: { databasePool: number; limits: { abandonedMs: number } },
  ) {
    const eighth = Math.max(1, Math.floor(config.databasePool / 8));
    this.strangers = new Lane({ atOnce: eighth, perSecond: 50, waiting: 500, waitMs: 5000 });
    // All that come at the same time are written together, by no more than two connections.
    this.reports = new Lane({ atOnce: 200, perSecond: 10_000, waiting: 5000, waitMs: 10_000 });
    this.callers = new Lane({ atOnce: 4 * eighth, perSecond: 10_000, waiting: 1000, waitMs: 10_000 });
  }

  /** Waits for the request's turn, which ends when its answer is there, or some time after its caller went away. Throws `busy`. */
  async begin(request: TurnedRequest, rule: Rule | undefined): Promise<void> {
    const known = this.remembered.get(markOfCredentials(request));
    const network = networkOf(request.ip);
    if (known && known.until > Date.now()) await this.take(request, this.callers, known.callerId);
    else await this.take(request, rule === 'webhook' ? this.reports : this.strangers, network);
  }

  /** Moves a request whose caller was just proved out of the strangers' lane, for as long as it may last. */
  async recognise(request: TurnedRequest, caller: Caller): Promise<void> {
    const mark = markOfCredentials(request);
    const callerId = callerIdOf(caller);
    const isNew = !this.remembered.delete(mark);
    const [oldest] = this.remembered.size < mostRemembered ? [] : this.remembered.keys();
    if (oldest !== undefined) this.remembered.delete(oldest);
    this.remembered.set(mark, { callerId, until: Date.now() + rememberedMs });
    // A file comes as slowly as its line, and holds a connection only while a piece of it is stored.
    if (/^multipart\//i.test(request.headers['content-type'] ?? '')) request.endTurn?.();
    else if (isNew) {
      request.endTurn?.();
      await this.take(request, this.callers, callerId);
    }
  }

  /** Ends the turn of a request for as long as it only waits, and lets it wait for another one when it has something to do again. */
  async waitWithout(request: TurnedRequest, wait: () => Promise<boolean>): Promise<boolean> {
    request.endTurn?.();
    const goesOn = await wait();
    if (goesOn) await this.begin(request, undefined);
    return goesOn;
  }

  private async take(request: TurnedRequest, lane: Lane, who: string): Promise<void> {
    const leave = await lane.enter(who);
    const { socket } = request.raw;
    // Fastify tells only of those who go away before their body was read.
    const leaveSoon = () => void setTimeout(leave, this.config.limits.abandonedMs).unref();
    request.endTurn = () => {
      socket.off('close', leaveSoon);
      leave();
    };
    socket.once('close', leaveSoon);
    if (!socket.destroyed) return;
    request.endTurn();
    throw httpProblems.error('busy');
  }
}

/** Ends the turn of each request when its answer is there, however slowly it is then read. What no guard sees begins here. */
export function giveTurns(fastify: FastifyInstance, turns: Turns): void {
  fastify.addHook('onRequest', async (request) => {
    if (/^\/(docs|openapi)/.test(request.routeOptions.url ?? '')) await turns.begin(request, 'public');
  });
  fastify.addHook('onSend', (request: TurnedRequest, _reply, payload, done) => {
    request.endTurn?.();
    done(null, payload);
  });
}

/** Stands for the key or the cookies that a request shows; empty for none. */
function markOfCredentials({ headers }: FastifyRequest): string {
  const shown = headers.authorization ?? headers.cookie;
  return shown === undefined ? '' : createHash('sha256').update(shown).digest('base64');
}

/** TurnsGuard lets a request begin when its turn has come; probes and monitoring never wait. */
@Injectable()
export class TurnsGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly turns: Turns,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (/^\/(health|metrics)/.test(request.routeOptions.url ?? '')) return true;
    const targets = [context.getHandler(), context.getClass()];
    await this.turns.begin(request, this.reflector.getAllAndOverride<Rule | undefined>(ruleKey, targets));
    return true;
  }
}
