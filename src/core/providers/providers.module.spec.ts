import { Logger } from '@nestjs/common';
import { Pigeon, pigeonDefinition } from '../../../test/support/pigeon.js';
import { Providers } from './providers.module.js';
import type { ProviderNeeds } from './sms-provider.js';

Logger.overrideLogger(false);

/** Three providers are defined, of which these are configured; new messages go through the pigeon. */
function providersOf(...configured: string[]) {
  const pigeons = ['pigeon', 'gull', 'dodo'].map((name) => new Pigeon(name, name.toUpperCase()));
  const routes = new Map([['*', [{ provider: 'pigeon', weight: 1 }]]]);
  const config = { provider: 'pigeon', routes, providers: new Map(configured.map((name) => [name, {}])) };
  return new Providers(pigeons.map(pigeonDefinition), config, {} as ProviderNeeds);
}

it('are those that are configured, and no other', () => {
  const providers = providersOf('gull', 'pigeon');
  expect(providers.all.map(({ name }) => name)).toEqual(['pigeon', 'gull']);
  expect([providers.for('gull')?.name, providers.for('dodo'), providers.for('heron')]).toEqual([
    'gull',
    null,
    null,
  ]);
});

it('send what is new through the one that was chosen, and through no other in its place', () => {
  expect(providersOf('gull', 'pigeon').forSending.name).toBe('pigeon');
  expect(() => providersOf('gull').forSending).toThrow('the provider pigeon is not configured');
});

it('explain codes of those that are not configured, and none of a stranger', () => {
  const providers = providersOf('pigeon');
  expect(providers.explain('dodo', '17')?.en).toBe("dodo's code 17");
  expect(providers.explain('heron', '17')).toBeNull();
});

it('are all closed with the process', async () => {
  const providers = providersOf('pigeon', 'gull');
  const closed: string[] = [];
  for (const provider of providers.all)
    provider.close = () => {
      closed.push(provider.name);
      return Promise.resolve();
    };
  await providers.onModuleDestroy();
  expect(closed).toEqual(['pigeon', 'gull']);
});
