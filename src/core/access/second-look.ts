import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { type Observable, tap } from 'rxjs';
import { z } from 'zod';
import { AnswersToo } from '../../platform/http/answers.js';
import type { Caller } from './roles.js';

/** AgencyAct is what an admin does to the whole agency, as data, so that it can be done later as well as now. */
export interface AgencyAct {
  /** The code by which its performer is found. */
  name: string;
  args: unknown[];
  reason: string | null;
  /** What is changed, as the second person reads it; left out, what the history would say of it. */
  change?: { what: string; before: Record<string, unknown> | null; after: Record<string, unknown> | null };
  /** The account that the act is about, which is not asked of it. */
  about?: string;
}

/** What waits, and is not done. */
export interface Waiting {
  proposal: { id: string };
}

type MayBeWaiting = { proposal?: Waiting['proposal'] | undefined };

/**
 * SecondLook lets what an admin does wait for a second person, where it could keep people from being told. Modules on which
 * proposals themselves rest ask for it by this class.
 */
export abstract class SecondLook {
  /** Lets a module say how an act is done once it is approved. */
  abstract performs(
    name: string,
    perform: (caller: Caller, args: unknown[], approvedBy: string) => Promise<unknown>,
  ): void;

  /** Keeps the act for a second person. Does it at once where the agency has nobody else who could decide. */
  abstract askOrDo<T>(caller: Caller, act: AgencyAct, work: () => Promise<T>): Promise<T | Waiting>;

  /** Takes back what waits and has come to nothing, in the running transaction, which holds no lock of what it is about. */
  abstract takeBack(actor: string, act: Pick<AgencyAct, 'name' | 'args'>): Promise<void>;
}

export function isWaiting(answer: unknown): answer is Waiting {
  return typeof answer === 'object' && answer !== null && 'proposal' in answer;
}

/** Answers 202 and where the proposal is, when what was asked for waits. Tells whether it does. */
export function answerWaiting(reply: FastifyReply, { proposal }: MayBeWaiting): boolean {
  if (!proposal) return false;
  void reply.status(202).header('location', `/api/v1/proposals/${proposal.id}`);
  return true;
}

class WaitingAnswer implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(tap((answer: MayBeWaiting) => void answerWaiting(reply, answer)));
  }
}

export const waitingView = z.object({ proposal: z.object({ id: z.uuid() }) }).meta({ id: 'Waiting' });

/** Marks a route of which something may wait for a second person. */
export const MayWait = (answer: z.ZodType = waitingView) =>
  applyDecorators(
    UseInterceptors(WaitingAnswer),
    AnswersToo(202, answer, 'It waits for a second person: nothing is changed yet'),
  );
