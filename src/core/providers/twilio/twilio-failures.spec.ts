import { twilioFailures } from './twilio-failures.js';

const expected = {
  retry: ['20429'],
  'stop-line': ['20003', '30002'],
  'hold-route': ['21408', '21612', '30024', '30034'],
  permanent: ['21211', '21610', '21614', '21635', '21268', '30004', '30005', '30006', '30007'],
  'retry-bounded': ['30001', '30003', '30008', '30036', '30500'],
};

it.each(Object.entries(expected))('asks for %s by exactly its codes', (action, codes) => {
  const found = [...twilioFailures.codes]
    .filter(([, entry]) => entry.action === action)
    .map(([code]) => code);
  expect(found.sort()).toEqual([...codes].sort());
});

it('gives each code its own words', () => {
  const words = [...twilioFailures.codes.values()].map((entry) => entry.detail);
  expect(new Set(words).size).toBe(words.length);
});

it('says what each code means in Korean as well', () => {
  const korean = [...twilioFailures.codes.keys()].map((code) => twilioFailures.words(code).ko);
  expect(new Set(korean).size).toBe(twilioFailures.codes.size);
  for (const words of korean) expect(words).toMatch(/[가-힣]/);
  expect(twilioFailures.words('39999')).toEqual({
    ko: expect.stringContaining('39999') as string,
    en: twilioFailures.failure('39999').detail,
  });
});

it('holds an unknown code for a person', () => {
  expect(twilioFailures.failure('39999')).toMatchObject({ code: '39999', action: 'hold' });
});
