import { Providers } from '../providers/providers.module.js';
import type { ProviderNeeds } from '../providers/sms-provider.js';
import { sandbox } from '../providers/sandbox/sandbox.provider.js';
import { explain, explainInBoth } from './status-words.js';

const configured = { provider: 'sandbox', providers: new Map() };
const provider = new Providers([sandbox], configured, {} as ProviderNeeds);

it('explains a code by the provider that gave it, and none that another gave', () => {
  expect(explain(provider, 'sandbox', 'sandbox-landline')).toBe('A landline.');
  expect(explainInBoth(provider, 'sandbox', 'sandbox-landline')?.ko).toBe('유선전화 번호입니다.');
  expect(explain(provider, 'twilio', '30005')).toBeNull();
  expect(explain(provider, 'sandbox', '')).toBeNull();
  expect(explain(provider, 'sandbox', null)).toBeNull();
});

it('explains our own reasons whoever the provider was', () => {
  expect(explain(provider, 'twilio', 'no receipt')).toMatch(/has not reported/);
});

it('explains a code of ours as ours, and never as an unknown one of the provider', () => {
  for (const code of ['connection-refused', 'name-not-resolved', 'deadline-passed', 'number-unreadable']) {
    const words = explainInBoth(provider, 'sandbox', code, 'chorong');
    expect(words?.en).toMatch(/^[A-Z].*\.$/);
    expect(words).not.toEqual(sandbox.explain(code));
  }
  expect(explain(provider, 'sandbox', 'http-503', 'chorong')).toBe('The provider answered HTTP 503.');
});

it('explains a code of the provider by the provider, though we have one of the same name', () => {
  expect(explain(provider, 'sandbox', 'closing', 'provider')).toBe('The sandbox knows no code closing.');
  expect(explain(provider, 'sandbox', 'closing', 'chorong')).toBe(
    'The service was stopping; nothing was sent.',
  );
});
