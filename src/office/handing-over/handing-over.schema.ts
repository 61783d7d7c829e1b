import { z } from 'zod';
import { reasonSchema } from '../../platform/http/text.schema.js';

export const handOverSchema = z
  .strictObject({
    from: z.uuid().optional().meta({ description: 'An officer: all of their contracts that you see.' }),
    contractIds: z.array(z.uuid()).min(1).max(1000).optional(),
    to: z
      .uuid()
      .meta({ description: 'The officer who takes them; they come into that officer’s department.' }),
    reason: reasonSchema,
  })
  .refine((body) => (body.from === undefined) !== (body.contractIds === undefined), {
    path: ['from'],
    message: 'give either from, or contractIds',
  })
  .meta({
    id: 'HandOver',
    example: {
      from: '01996f3e-0000-7000-8000-000000000001',
      to: '01996f3e-0000-7000-8000-000000000002',
      reason: 'transferred to another bureau',
    },
  });
export type HandOver = z.infer<typeof handOverSchema>;

export const handedOverView = z
  .object({
    contracts: z.int().meta({ description: 'That changed hands.' }),
    movedDepartment: z.int().meta({ description: 'Of these, that came into another department.' }),
  })
  .meta({ id: 'HandedOver' });
export type HandedOver = z.infer<typeof handedOverView>;

export const mergeSchema = z.strictObject({ into: z.uuid(), reason: reasonSchema }).meta({
  id: 'Merge',
  example: { into: '01996f3e-0000-7000-8000-000000000001', reason: 'reorganised on 1 July' },
});
export type Merge = z.infer<typeof mergeSchema>;

export const mergedView = z
  .object({
    contracts: z.int(),
    officers: z.int(),
    accounts: z.int(),
    apiKeys: z.int(),
    departments: z.int().meta({ description: 'That stood below it.' }),
  })
  .meta({ id: 'Merged' });
export type Merged = z.infer<typeof mergedView>;
