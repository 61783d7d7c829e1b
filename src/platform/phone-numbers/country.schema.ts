import { z } from 'zod';
import { countryOf } from './country.js';
import { phoneProblems } from './phone-numbers.words.js';

/** Reads the code of a country that there is, as ISO 3166-1 alpha-2. */
export const countrySchema = z
  .string()
  .regex(/^[A-Z]{2}$/, 'a country code such as KR')
  .refine((code) => countryOf(code) === code, phoneProblems.rule('country-unknown'));
