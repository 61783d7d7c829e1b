import { z } from 'zod';

/** These years begin when a contract's last obligation ends. Fewer than three would leave an audit too little time. */
const yearsAfterContract = z.int().min(3).max(30);

/**
 * Bodies under Korean law usually keep what they have of a contract for so many years; money claims of and against them lapse
 * as late (docs/retention.md).
 */
const usual = 5;

/** The setting `retention` says how long personal data are kept where that is the agency's to decide. */
export const retentionSchema = z.strictObject({
  contactYears: yearsAfterContract,
  messageYears: yearsAfterContract,
  /** Korean law asks for one year, and for two from 50,000 people on (standard of safety measures, article 8). */
  accessLogYears: z.union([z.literal(1), z.literal(2)]),
});
/** What was stored before there were other classes says how long the access log is kept alone. */
export const storedRetention = retentionSchema.extend({
  contactYears: yearsAfterContract.default(usual),
  messageYears: yearsAfterContract.default(usual),
});
export type RetentionSetting = z.infer<typeof retentionSchema>;

/** What holds until an agency sets its own: the longer period, which suits every agency. */
export const defaultRetention: RetentionSetting = {
  accessLogYears: 2,
  contactYears: usual,
  messageYears: usual,
};
