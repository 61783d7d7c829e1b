import { Providers } from '../providers/providers.module.js';
import type { ProviderNeeds } from '../providers/sms-provider.js';
import { sandbox } from '../providers/sandbox/sandbox.provider.js';
import { explainCode } from './sending.words.js';

const configured = { provider: 'sandbox', routes: new Map(), providers: new Map() };
const provider = new Providers([sandbox], configured, {} as ProviderNeeds);

it('explains a code by the provider that gave it, and none that another gave', () => {
  expect(explainCode(provider, 'sandbox', 'sandbox-landline', 'provider')?.en).toBe('A landline.');
  expect(explainCode(provider, 'sandbox', 'sandbox-landline', 'provider')?.ko).toBe('유선전화 번호입니다.');
  expect(explainCode(provider, 'twilio', '30005', 'provider')).toBeNull();
  expect(explainCode(provider, 'sandbox', '', 'provider')).toBeNull();
  expect(explainCode(provider, 'sandbox', null, 'provider')).toBeNull();
});

it('explains our own reasons whoever the provider was', () => {
  expect(explainCode(provider, 'twilio', 'no receipt', null)?.en).toMatch(/has not reported/);
});

it('explains a code of ours as ours, and never as an unknown one of the provider', () => {
  for (const code of ['connection-refused', 'name-not-resolved', 'deadline-passed', 'number-unreadable']) {
    const words = explainCode(provider, 'sandbox', code, 'chorong');
    expect(words?.en).toMatch(/^[A-Z].*\.$/);
    expect(words).not.toEqual(sandbox.explain(code));
  }
  expect(explainCode(provider, 'sandbox', 'http-503', 'chorong')?.en).toBe('The provider answered HTTP 503.');
});

it('explains a code of the provider by the provider, though we have one of the same name', () => {
  expect(explainCode(provider, 'sandbox', 'closing', 'provider')?.en).toBe(
    'The sandbox knows no code closing.',
  );
  expect(explainCode(provider, 'sandbox', 'closing', 'chorong')?.en).toBe(
    'The service was stopping; nothing was sent.',
  );
});
