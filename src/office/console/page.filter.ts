import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { PageRequest } from '../accounts/page-request.js';
import { page } from './page.js';
import { PageWriter } from './page-writer.js';
import { shownProblem } from './problem-words.js';

/** An error that no form can be mended for, as a page; without a session, the way to sign in. */
@Catch()
export class PageFilter implements ExceptionFilter {
  private readonly logger = new Logger(PageFilter.name);

  constructor(private readonly writer: PageWriter) {}

  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp();
    const request = http.getRequest<PageRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (reply.sent) return;
    const locale = await this.writer.localeOf(request);
    const problem = shownProblem(error, locale);
    if (problem.code === 'sign-in-needed') {
      const to = `/console/sign-in?next=${encodeURIComponent(request.method === 'GET' ? request.url : '/console')}`;
      if (request.headers['hx-request'] === 'true')
        await reply.status(200).header('hx-redirect', to).send('');
      else await reply.status(303).header('location', to).send('');
      return;
    }
    if (problem.status >= 500) this.logger.error({ err: error, requestId: request.id }, 'a page failed');
    const answer = page(
      'error',
      'common.problemTitle',
      { problem, requestId: request.id },
      { status: problem.status },
    );
    await reply.send(await this.writer.write(request, reply, answer));
  }
}
