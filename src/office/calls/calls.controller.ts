import { Controller, Get, Header, Param, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { Allow, Public } from '../../core/access/rules.js';
import { monthSchema } from '../../core/calendar/calendar.schema.js';
import { Answers } from '../../platform/http/answers.js';
import { CallFigureReader } from './call-figures.service.js';
import { CallSamples } from './call-samples.service.js';
import { type CallFiguresQuery, callFiguresQuery, callFiguresView, publishedView } from './calls.schema.js';

const Month = () => Param('month', { schema: monthSchema });

/** CallsController publishes what anybody needs to draw a month's sample again, and gives auditors the rates of wrong numbers. */
@Controller('calls')
@Public()
export class CallsController {
  constructor(
    private readonly samples: CallSamples,
    private readonly reader: CallFigureReader,
  ) {}

  @Get('figures')
  @Allow('auditor')
  @Answers(200, callFiguresView, 'Rates of wrong numbers by department and officer, from calls drawn by lot')
  figures(@Query({ schema: callFiguresQuery }) query: CallFiguresQuery) {
    return this.reader.figures(query);
  }

  @Get(':month')
  @Answers(200, publishedView, 'How the numbers that are called for a month were drawn; see docs/calls.md')
  sample(@Month() month: string) {
    return this.samples.published(month);
  }

  @Get(':month/list')
  @Header('content-type', 'text/plain; charset=utf-8')
  @ApiOperation({ summary: 'The list that they were drawn from: commitments, each with its tickets' })
  list(@Month() month: string): Promise<string> {
    return this.samples.list(month);
  }
}
