import {
  applyDecorators,
  type ArgumentsHost,
  type CallHandler,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  Injectable,
  Logger,
  type NestInterceptor,
  UseFilters,
  UseInterceptors,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { mergeMap, type Observable, of } from 'rxjs';
import { Page } from '../accounts/page.guard.js';
import { shownProblem } from './form.js';
import { type PageAnswer, page } from './page.js';
import { PageWriter } from './page-writer.js';
import type { Visit, VisitedRequest } from './visit.js';

/** Makes a page of what its controller answers; files and whatever else a controller answers pass through. */
@Injectable()
class PageInterceptor implements NestInterceptor {
  constructor(private readonly writer: PageWriter) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const request = http.getRequest<VisitedRequest>();
    const visit = await this.writer.visit(request, http.getResponse<FastifyReply>());
    request.visit = visit;
    return next
      .handle()
      .pipe(mergeMap((answer: unknown) => (isPage(answer) ? this.write(visit, answer) : of(answer))));
  }

  private async write(visit: Visit, answer: PageAnswer): Promise<string> {
    if (answer.kind === 'page') return this.writer.write(visit, answer);
    leadTo(visit.reply, answer.to, visit.isFromHtmx);
    return '';
  }
}

/** Shows an error that no form can be put right for as a page; without a session, leads to where people sign in. */
@Catch()
class PageFilter implements ExceptionFilter {
  private readonly logger = new Logger(PageFilter.name);

  constructor(private readonly writer: PageWriter) {}

  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp();
    const request = http.getRequest<VisitedRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (reply.sent) return;
    const visit = await this.writer.visit(request, reply);
    const problem = shownProblem(error, visit.locale);
    if (problem.code === 'sign-in-needed') {
      const next = encodeURIComponent(request.method === 'GET' ? request.url : '/console');
      leadTo(reply, `/console/sign-in?next=${next}`, visit.isFromHtmx);
      await reply.send('');
      return;
    }
    if (problem.status >= 500) this.logger.error({ err: error, requestId: request.id }, 'a page failed');
    const answer = page('error', 'common.problemTitle', { problem, requestId: request.id });
    await reply.send(await this.writer.write(visit, answer));
  }
}

/** htmx follows a redirect by itself and would put the other page into this one: it is asked to go there instead. */
function leadTo(reply: FastifyReply, to: string, isFromHtmx: boolean): void {
  void (isFromHtmx ? reply.status(200).header('hx-redirect', to) : reply.status(303).header('location', to));
}

function isPage(answer: unknown): answer is PageAnswer {
  const kind = (answer as { kind?: unknown } | null | undefined)?.kind;
  return kind === 'page' || kind === 'redirect';
}

/** A controller of pages: behind a session, answering `page(…)` or `redirect(…)`, its errors pages as well. */
export const ConsolePage = (path: string) =>
  applyDecorators(Controller(path), Page(), UseInterceptors(PageInterceptor), UseFilters(PageFilter));
