import { Body, Controller, Delete, Get, Post } from '@nestjs/common';
import { z } from 'zod';
import { Answers, listOf } from '../../platform/http/answers.js';
import { Id } from '../../platform/http/query.schema.js';
import { lineOf } from '../../platform/http/text.schema.js';
import { ApiKeyActs } from './api-key-acts.js';
import { ApiKeysService } from './api-keys.service.js';
import { type Caller, roles } from './roles.js';
import { MayWait, waitingView } from './second-look.js';
import { Allow, CurrentCaller, ShownOnce } from './rules.js';

export const newKeySchema = z
  .strictObject({
    name: lineOf(100),
    role: z.enum(roles),
    departmentId: z.uuid().nullish(),
    officerId: z.uuid().nullish(),
    expiresAt: z.iso.datetime({ offset: true }).nullish(),
  })
  .refine((key) => key.role === 'admin' || key.role === 'auditor' || key.departmentId, {
    path: ['departmentId'],
    message: 'officers, managers and monitors belong to a department',
  });

const keyView = z.object({
  id: z.uuid(),
  name: z.string(),
  prefix: z.string(),
  role: z.enum(roles),
  departmentId: z.uuid().nullable(),
  expiresAt: z.string().nullable(),
  lastUsedAt: z.string().nullable(),
  revokedAt: z.string().nullable(),
  waits: z
    .boolean()
    .meta({ description: 'Of an auditor: it opens nothing until a second person approves it.' }),
});

const madeKeyView = z.object({
  id: z.uuid(),
  key: z
    .string()
    .optional()
    .meta({ description: 'Not in the answer to a repeated call with the same Idempotency-Key.' }),
});

@Controller('api-keys')
@Allow('admin')
export class ApiKeysController {
  constructor(
    private readonly apiKeys: ApiKeysService,
    private readonly acts: ApiKeyActs,
  ) {}

  @Post()
  @ShownOnce('key')
  @Answers(201, madeKeyView, 'Makes a key; it is shown this once')
  @MayWait(madeKeyView.extend({ proposal: waitingView.shape.proposal }))
  create(
    @CurrentCaller() caller: Caller,
    @Body({ schema: newKeySchema }) body: z.infer<typeof newKeySchema>,
  ) {
    const { departmentId = null, officerId = null, expiresAt, ...named } = body;
    const until = expiresAt ? new Date(expiresAt) : null;
    return this.acts.create(caller, { ...named, departmentId, officerId, expiresAt: until });
  }

  @Get()
  @Answers(200, listOf(keyView), 'The keys, without their secrets')
  async list() {
    const keys = await this.apiKeys.list();
    return {
      items: keys.map(({ secretHash: _secret, officerId: _officer, ...key }) => key),
      nextCursor: null,
    };
  }

  @Delete(':id')
  @Answers(204, z.null(), 'Revokes a key; calls with it fail at once')
  revoke(@CurrentCaller() caller: Caller, @Id() id: string) {
    return this.apiKeys.revoke(caller, id);
  }
}
