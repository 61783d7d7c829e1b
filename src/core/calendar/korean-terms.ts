import type { StatutoryTerms } from './calendar.schema.js';

const ofTheState: StatutoryTerms = {
  from: null,
  until: null,
  inspectionDays: 14,
  paymentDays: 5,
  source: '국가계약법 시행령 제55조·제58조 (Decree of the State Contracts Act, articles 55 and 58)',
};

/**
 * Terms that an agency in Korea is offered when it is asked for its own. The special rule for local governments was
 * prolonged by notices of the Ministry of the Interior and Safety, the last one known until the end of 2024.
 */
export const koreanTerms: {
  state: [StatutoryTerms];
  local: [general: StatutoryTerms, special: StatutoryTerms];
} = {
  state: [ofTheState],
  local: [
    {
      ...ofTheState,
      source: '지방계약법 시행령 제64조·제67조 (Decree of the Local Contracts Act, articles 64 and 67)',
    },
    {
      from: '2020-07-01',
      until: '2024-12-31',
      inspectionDays: 7,
      paymentDays: 3,
      source:
        '지방계약법 시행령의 한시적 특례 적용기간에 관한 고시 (notice on the special rule of the Decree of the Local Contracts Act)',
    },
  ],
};
