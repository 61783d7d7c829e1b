import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { Allow } from '../access/rules.js';
import { Answers, pageOf } from '../../platform/http/answers.js';
import { momentSchema } from '../calendar/calendar.schema.js';
import { SandboxService, textView } from './sandbox.service.js';

const clockSchema = z
  .union([z.strictObject({ startAt: momentSchema }), z.strictObject({ advanceTo: momentSchema })], {
    error: 'send {"startAt": "…"} once, or {"advanceTo": "…"}',
  })
  .meta({ id: 'SandboxClock', example: { advanceTo: '2026-12-01T18:00:00+09:00' } });

const textsQuery = z.strictObject({
  after: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});
const clockView = z.object({ now: z.string(), steps: z.int(), attempted: z.int() });

@Controller('sandbox')
@Allow('officer', 'manager', 'admin', 'auditor')
export class SandboxController {
  constructor(private readonly sandbox: SandboxService) {}

  @Get('texts')
  @Answers(200, pageOf(textView), 'What phones received, oldest first')
  async texts(@Query({ schema: textsQuery }) query: z.infer<typeof textsQuery>) {
    const items = await this.sandbox.texts(query);
    return { items, nextCursor: items.length === query.limit ? (items.at(-1)?.id ?? null) : null };
  }

  @Get('clock')
  @Answers(200, z.object({ now: z.string() }), 'The service clock')
  async now() {
    return { now: await this.sandbox.now() };
  }

  @Post('clock')
  @Allow('admin')
  @Answers(200, clockView, 'Starts the clock at a moment, or moves it on and sends what falls due on the way')
  async move(@Body({ schema: clockSchema }) body: z.infer<typeof clockSchema>) {
    if ('startAt' in body) {
      await this.sandbox.startAt(await this.sandbox.momentOf(body.startAt));
      return { now: await this.sandbox.now(), steps: 0, attempted: 0 };
    }
    const counts = await this.sandbox.advanceTo(await this.sandbox.momentOf(body.advanceTo));
    return { now: await this.sandbox.now(), ...counts };
  }
}
