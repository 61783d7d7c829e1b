import { applyDecorators, Controller, UseFilters, UseInterceptors } from '@nestjs/common';
import { Page } from '../accounts/page.guard.js';
import { PageFilter } from './page.filter.js';
import { PageInterceptor } from './page.interceptor.js';

/** A controller of pages: behind a session, answering `page(…)` or `redirect(…)`, its errors pages as well. */
export const ConsolePage = (path: string) =>
  applyDecorators(Controller(path), Page(), UseInterceptors(PageInterceptor), UseFilters(PageFilter));
