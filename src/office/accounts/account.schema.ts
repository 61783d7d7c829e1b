import { z } from 'zod';
import { roles } from '../../core/access/roles.js';
import { lineOf, reasonSchema } from '../../platform/http/text.schema.js';

/** A person's session lasts so long, by the database's clock. */
export const sessionLimits = { idleMinutes: 30, absoluteHours: 12 };
export const linkHours = 72;
/** A link that anybody may have sent to somebody's mailbox works for less long, and is sent again after half of it. */
export const forgottenHours = 1;

export const emailField = z.string().trim().toLowerCase().max(254).pipe(z.email());
const nameField = lineOf(100);

export const newAccountSchema = z
  .strictObject({
    email: emailField,
    name: nameField,
    role: z.enum(roles),
    departmentId: z.uuid().nullish(),
    officerId: z.uuid().nullish().meta({ description: 'The officer that this person is.' }),
    locale: z.enum(['ko', 'en']).default('ko'),
  })
  .meta({
    id: 'NewAccount',
    example: {
      email: 'officer@hanbit.example',
      name: '김하늘',
      role: 'officer',
      departmentId: '01996f3e-0000-7000-8000-000000000001',
    },
  });
export type NewAccount = z.infer<typeof newAccountSchema>;

export const accountPatchSchema = z
  .strictObject({
    name: nameField.optional(),
    role: z.enum(roles).optional(),
    departmentId: z.uuid().nullish(),
    officerId: z.uuid().nullish(),
    active: z.boolean().optional(),
    reason: reasonSchema.optional(),
  })
  .meta({ id: 'AccountPatch', example: { role: 'manager', reason: 'appointed head of the department' } });
export type AccountPatch = z.infer<typeof accountPatchSchema>;

/** What people change of their own accounts. Everything else of an account decides what they may do, and is an admin's. */
export const ownAccountSchema = z.strictObject({ name: nameField, locale: z.enum(['ko', 'en']) });

export const passkeyNameSchema = z.strictObject({ passkeyName: nameField });

export const resetSchema = accountPatchSchema.pick({ reason: true }).extend({
  secondFactor: z.boolean().default(false).meta({
    description:
      'Takes the second factor and the passkeys away as well, for whoever has lost their device and recovery codes.',
  }),
});

export const accountView = z
  .object({
    id: z.uuid(),
    email: z.string(),
    name: z.string(),
    role: z.enum(roles),
    departmentId: z.uuid().nullable(),
    officerId: z.uuid().nullable(),
    locale: z.enum(['ko', 'en']),
    active: z.boolean(),
    secondFactor: z.boolean().meta({ description: 'Signs in with a second factor, too, or by a passkey.' }),
    invited: z.boolean().meta({ description: 'Has not chosen a password yet.' }),
    lastSeenAt: z.string().nullable(),
  })
  .meta({ id: 'Account' });
export type AccountView = z.infer<typeof accountView>;

export const linkView = z.object({
  account: accountView,
  link: z.string().optional().meta({
    description:
      'Shown this once: for the person alone, for one use, for 72 hours. Not in the answer to a repeated call with the same Idempotency-Key.',
  }),
});
