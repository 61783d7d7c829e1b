import { z } from 'zod';
import { definedOnly } from '../../platform/defined-only.js';
import { pageLimit } from '../../platform/http/query.schema.js';
import { lineOf, reasonSchema, textOf } from '../../platform/http/text.schema.js';
import { countrySchema } from '../../platform/phone-numbers/country.schema.js';
import { daySchema } from '../calendar/calendar.schema.js';
import { kindSchema } from '../settings/plan.schema.js';
import { contractStates } from '../planning/planning.types.js';
import type { ContractTerms } from './contract.entity.js';
import { partyLimits } from './party-limits.js';

const moneySchema = z.strictObject({
  amount: z.string().regex(/^\d{1,18}(\.\d{1,2})?$/, 'an amount in digits, such as "110000000"'),
  currency: z.string().regex(/^[A-Z]{3}$/, 'a currency such as KRW'),
});

export const legalBases = ['statutory-task', 'contract', 'consent'] as const;

const contactFields = {
  name: lineOf(100).nullish(),
  role: lineOf(100).nullish(),
  phone: lineOf(40).nullish(),
  locale: z.enum(['ko', 'en']).optional(),
  legalBasis: z.enum(legalBases).default('contract'),
  legalBasisOn: daySchema.nullish(),
};
const consentHasItsDate = (c: {
  legalBasis?: string | undefined;
  legalBasisOn?: string | null | undefined;
}) => c.legalBasis !== 'consent' || Boolean(c.legalBasisOn);
const consentMessage = { path: ['legalBasisOn'], message: 'consent is kept with the day it was given' };

export const newContactSchema = z
  .strictObject(contactFields)
  .refine(consentHasItsDate, consentMessage)
  .meta({
    id: 'NewContact',
    example: {
      name: '이가람',
      role: 'site manager',
      phone: '010-0000-1234',
      locale: 'ko',
      legalBasis: 'contract',
    },
  });
export type NewContact = z.infer<typeof newContactSchema>;

export const contactPatchSchema = z
  .strictObject({
    ...contactFields,
    legalBasis: z.enum(legalBases).optional(),
    reason: reasonSchema.optional(),
  })
  .refine(consentHasItsDate, consentMessage)
  .meta({ id: 'ContactPatch', example: { phone: '010-0000-5678', reason: 'The site manager changed' } });
export type ContactPatch = z.infer<typeof contactPatchSchema>;

export const newCounterpartySchema = z
  .strictObject({
    name: lineOf(200),
    registrationNumber: lineOf(40).nullish(),
    role: lineOf(60).nullish(),
    share: z.number().gt(0).max(100).nullish(),
    country: countrySchema.nullish(),
    contacts: z.array(newContactSchema).max(partyLimits.contactsOfParty).default([]),
  })
  .meta({ id: 'NewCounterparty' });
export type NewCounterparty = z.infer<typeof newCounterpartySchema>;

/**
 * ContractField is what the API calls a term of a contract; an amount goes with its currency as `value`. The lists below
 * do not compile while one of them lacks a term.
 */
type ContractField = Exclude<keyof ContractTerms, 'amount' | 'currency'> | 'value';
type Identity = 'source' | 'reference' | 'revision' | 'kind';

const contractFields = {
  title: lineOf(500),
  departmentId: z.uuid(),
  officerId: z.uuid().nullish(),
  signedOn: daySchema.nullish(),
  startsOn: daySchema.nullish(),
  endsOn: daySchema.nullish(),
  liabilityEndsOn: daySchema
    .nullish()
    .meta({ description: 'To when defects are inspected and answered for.' }),
  value: moneySchema.nullish(),
  method: lineOf(100).nullish(),
} satisfies Record<Exclude<ContractField, Identity>, z.ZodType>;

/** The schemas of all terms as the API answers them. */
export const termsView = {
  source: z.string(),
  reference: z.string(),
  revision: z.int(),
  kind: kindSchema,
  title: z.string(),
  departmentId: z.uuid(),
  officerId: z.uuid().nullable(),
  signedOn: z.string().nullable(),
  startsOn: z.string().nullable(),
  endsOn: z.string().nullable(),
  liabilityEndsOn: z.string().nullable(),
  value: moneySchema.nullable(),
  method: z.string().nullable(),
} satisfies Record<ContractField, z.ZodType>;

/** The terms that a contract may be without, as the columns of one that has none of them. */
export const noTerms = {
  officerId: null,
  signedOn: null,
  startsOn: null,
  endsOn: null,
  liabilityEndsOn: null,
  amount: null,
  currency: null,
  method: null,
} satisfies Partial<ContractTerms>;

/** Turns a new contract into its columns. */
export function termsOf({ counterparties: _, value, ...input }: NewContract): ContractTerms {
  const { source, reference, revision, kind, title, departmentId, ...given } = input;
  const required = { source, reference, revision, kind, title, departmentId };
  return { ...noTerms, ...definedOnly(given), ...required, ...moneyColumns(value) };
}

export function moneyColumns(
  value: z.infer<typeof moneySchema> | null | undefined,
): Pick<ContractTerms, 'amount' | 'currency'> {
  return { amount: value?.amount ?? null, currency: value?.currency ?? null };
}

/** The examples of the document are of this invented contract. */
export const termsExample = {
  reference: 'C-2026-0143',
  revision: 0,
  kind: 'works',
  title: '중앙로 보도정비공사',
  departmentId: '01996f3e-0000-7000-8000-000000000001',
  signedOn: '2026-03-03',
  startsOn: '2026-03-16',
  endsOn: '2026-11-27',
  value: { amount: '110000000', currency: 'KRW' },
};

export const newContractSchema = z
  .strictObject({
    reference: z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N}._/()-]{0,59}$/u, 'a reference such as C-2026-0143'),
    source: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,39}$/)
      .default('agency'),
    revision: z.int().min(0).max(9999).default(0),
    kind: kindSchema,
    ...contractFields,
    counterparties: z.array(newCounterpartySchema).max(partyLimits.counterparties).default([]),
  })
  .meta({
    id: 'NewContract',
    example: {
      ...termsExample,
      counterparties: [
        {
          name: '(주)새솔건설',
          registrationNumber: '000-00-00000',
          role: 'contractor',
          country: 'KR',
          contacts: [{ name: '이가람', role: 'site manager', phone: '010-0000-1234', locale: 'ko' }],
        },
      ],
    },
  });
export type NewContract = z.infer<typeof newContractSchema>;

export const contractPatchSchema = z
  .strictObject({
    ...contractFields,
    title: contractFields.title.optional(),
    departmentId: contractFields.departmentId.optional(),
    revision: z.int().min(0).max(9999).optional(),
    amendedOn: daySchema
      .optional()
      .meta({ description: 'The change is an amendment of that day: recorded as a variation.' }),
    reason: reasonSchema.optional(),
  })
  .meta({ id: 'ContractPatch', example: { endsOn: '2026-12-18', reason: 'Rain: 15 working days more' } });
export type ContractPatch = z.infer<typeof contractPatchSchema>;

export const moveSchema = z
  .strictObject({ on: daySchema, reason: reasonSchema.optional() })
  .meta({ id: 'StateMove', example: { on: '2026-03-16', reason: 'Works began' } });
export type MoveBody = z.infer<typeof moveSchema>;

export const newOccurrenceSchema = z
  .strictObject({ occurredOn: daySchema, note: textOf(500).nullish() })
  .meta({ id: 'NewOccurrence', example: { occurredOn: '2026-07-22', note: 'Second instalment' } });
export type NewOccurrence = z.infer<typeof newOccurrenceSchema>;

/** What a page asks for; a program may leave out both, and then changes nothing. */
export const correctionSchema = z.strictObject({ occurredOn: daySchema, reason: reasonSchema });
export const occurrencePatchSchema = correctionSchema
  .partial()
  .superRefine(({ occurredOn, reason }, context) => {
    if (occurredOn === undefined || reason !== undefined) return;
    context.addIssue({ code: 'invalid_type', expected: 'string', path: ['reason'], input: undefined });
  })
  .meta({ id: 'OccurrencePatch', example: { occurredOn: '2026-07-23', reason: 'A typing error' } });
export type OccurrencePatch = z.infer<typeof occurrencePatchSchema>;

export const occurrenceNumber = z.coerce.number().int().min(1);

const trueOrFalse = z.enum(['true', 'false']).transform((v) => v === 'true');
export const dryRunQuery = z.strictObject({ dryRun: trueOrFalse.default(false) });
export type DryRunQuery = z.infer<typeof dryRunQuery>;

export const contractListQuery = z.strictObject({
  state: z.enum(contractStates).optional(),
  kind: kindSchema.optional(),
  departmentId: z.uuid().optional(),
  reference: z.string().max(60).optional(),
  cursor: z.uuid().optional(),
  limit: pageLimit,
});
export type ContractListQuery = z.infer<typeof contractListQuery>;

export const removalQuery = dryRunQuery.extend({ reason: reasonSchema.optional() });
export type RemovalQuery = z.infer<typeof removalQuery>;

export const withdrawalQuery = dryRunQuery.extend({ reason: reasonSchema });
export type WithdrawalQuery = z.infer<typeof withdrawalQuery>;
