import { z } from 'zod';

/** The setting `retention` says how long personal data are kept where that is the agency's to decide. */
export const retentionSchema = z.strictObject({
  /** Korean law asks for one year, and for two from 50,000 people on (standard of safety measures, article 8). */
  accessLogYears: z.union([z.literal(1), z.literal(2)]),
});
export type RetentionSetting = z.infer<typeof retentionSchema>;

/** What holds until an agency sets its own: the longer period, which suits every agency. */
export const defaultRetention: RetentionSetting = { accessLogYears: 2 };
