import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { map, type Observable } from 'rxjs';
import type { CalledRequest } from './rules.js';

/** A page that promised to check its form's token, and did not, fails. */
@Injectable()
export class CsrfInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<CalledRequest>();
    return next.handle().pipe(
      map((answer: unknown) => {
        if (request.csrf === 'awaited') throw new Error('a page did not check the token of its form');
        return answer;
      }),
    );
  }
}
