import { Get } from '@nestjs/common';
import { Allow } from '../../../core/access/rules.js';
import { AppError } from '../../../platform/app-error.js';
import { ConsolePage } from '../console-page.js';
import { Live } from '../looks.js';
import { page, Visit, Visiting } from '../visit.js';
import { FiguresShown } from './figures-shown.js';
import './figures.words.js';

/** FiguresPages show admins and heads of audit the figures of the whole agency. */
@ConsolePage('console/figures')
@Allow('admin', 'auditor')
export class FiguresPages {
  constructor(private readonly shown: FiguresShown) {}

  @Get()
  @Live()
  async show(@Visiting() visit: Visit) {
    return page('figures/show', 'navigation.figures', {
      stopped: await this.shown.stopped(visit),
      byDay: await this.shown.byDay(visit),
      coverage: await this.coverageOf(visit),
    });
  }

  /** The page is shown without coverage while that is being counted. */
  private async coverageOf(visit: Visit) {
    try {
      return await this.shown.coverageOf(visit);
    } catch (error) {
      if (error instanceof AppError && error.code === 'figures-being-counted') return null;
      throw error;
    }
  }
}
