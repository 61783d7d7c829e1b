import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { from, mergeMap, type Observable, of } from 'rxjs';
import type { PageRequest } from '../accounts/page-request.js';
import type { PageAnswer } from './page.js';
import { PageWriter } from './page-writer.js';

/** Makes a page of what its controller answers; files and what else a controller answers pass through. */
@Injectable()
export class PageInterceptor implements NestInterceptor {
  constructor(private readonly writer: PageWriter) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<PageRequest>();
    const reply = http.getResponse<FastifyReply>();
    return next
      .handle()
      .pipe(
        mergeMap((answer: unknown) =>
          isPage(answer) ? from(this.write(request, reply, answer)) : of(answer),
        ),
      );
  }

  private async write(request: PageRequest, reply: FastifyReply, answer: PageAnswer): Promise<string> {
    if (answer.kind === 'page') return this.writer.write(request, reply, answer);
    // htmx follows a redirect by itself and would put the other page into this one.
    if (request.headers['hx-request'] === 'true') void reply.status(200).header('hx-redirect', answer.to);
    else void reply.status(303).header('location', answer.to);
    return '';
  }
}

function isPage(answer: unknown): answer is PageAnswer {
  const kind = (answer as { kind?: unknown } | null | undefined)?.kind;
  return kind === 'page' || kind === 'redirect';
}
