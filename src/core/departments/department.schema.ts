import { z } from 'zod';
import { daySchema } from '../calendar/calendar.schema.js';
import { lineOf, reasonSchema } from '../../platform/http/text.schema.js';

export const newDepartmentSchema = z
  .strictObject({
    code: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/, 'letters, digits, dots and hyphens, such as ROADS'),
    name: lineOf(200),
    nameEn: lineOf(200).nullish(),
    parentId: z.uuid().nullish(),
    headOfficerId: z.uuid().nullish(),
    goLiveOn: daySchema.nullish(),
  })
  .meta({
    id: 'NewDepartment',
    example: { code: 'ROADS', name: '도로과', nameEn: 'Roads', goLiveOn: '2026-01-01' },
  });
export type NewDepartment = z.infer<typeof newDepartmentSchema>;

export const departmentPatchSchema = z
  .strictObject({
    name: lineOf(200).optional(),
    nameEn: lineOf(200).nullish(),
    headOfficerId: z.uuid().nullish(),
    goLiveOn: daySchema.nullish().meta({ description: 'Only while the department has no contracts.' }),
    reason: reasonSchema.optional(),
  })
  .meta({ id: 'DepartmentPatch', example: { headOfficerId: '01996f3e-0000-7000-8000-000000000002' } });
export type DepartmentPatch = z.infer<typeof departmentPatchSchema>;

export const newOfficerSchema = z
  .strictObject({
    departmentId: z.uuid(),
    staffNumber: lineOf(40).nullish(),
    name: lineOf(100),
    phone: lineOf(40).nullish(),
  })
  .meta({
    id: 'NewOfficer',
    example: { departmentId: '01996f3e-0000-7000-8000-000000000001', staffNumber: 'H-1042', name: '김하늘' },
  });
export type NewOfficer = z.infer<typeof newOfficerSchema>;

export const officerPatchSchema = z
  .strictObject({
    active: z
      .boolean()
      .optional()
      .meta({ description: 'False: has left, and is no longer offered for contracts.' }),
    reason: reasonSchema.optional(),
  })
  .meta({ id: 'OfficerPatch', example: { active: false, reason: 'retired' } });
export type OfficerPatch = z.infer<typeof officerPatchSchema>;

export const departmentView = z
  .object({
    id: z.uuid(),
    code: z.string(),
    name: z.string(),
    nameEn: z.string().nullable(),
    parentId: z.uuid().nullable(),
    headOfficerId: z.uuid().nullable(),
    goLiveOn: z.iso.date().nullable(),
    mergedInto: z.uuid().nullable().meta({ description: 'Whose it became; it takes nothing new.' }),
  })
  .meta({ id: 'Department' });
export type DepartmentView = z.infer<typeof departmentView>;

export const officerView = z
  .object({
    id: z.uuid(),
    departmentId: z.uuid(),
    staffNumber: z.string().nullable(),
    name: z.string().meta({ description: 'Masked.' }),
    phone: z.string().nullable().meta({ description: 'Masked.' }),
    active: z.boolean(),
  })
  .meta({ id: 'Officer' });
export type OfficerView = z.infer<typeof officerView>;
