import type { Offer } from '../../src/core/setup/defaults.schema.js';
import { type Default, DefaultsService } from '../../src/core/setup/defaults.service.js';
import { ok } from './api-client.js';
import type { TestService } from './service.js';

/** Gives the running service the defaults of a newer release: today's, but for those that are changed, by name. */
export function newerRelease({ app }: TestService, changed: Record<string, Default['value']>): void {
  const defaults = app.get(DefaultsService);
  defaults.defaults = async () => {
    const today = await DefaultsService.prototype.defaults.call(defaults);
    return today.map((one) => ({ ...one, value: changed[one.name] ?? one.value }) as Default);
  };
}

export async function offersTo({ admin }: TestService): Promise<Offer[]> {
  return ok(await admin.get<{ items: Offer[] }>('/defaults')).items;
}

let releases = 0;

/** The id of a default that no release offered before. */
export async function anOffer(service: TestService): Promise<string> {
  const body = `[{{> agency}}] {{contract.reference}} ${(releases += 1)} {{> channels}}`;
  newerRelease(service, { 'ko/any/signing': body });
  const offer = (await offersTo(service)).find(({ value }) => value === body);
  if (!offer) throw new Error('a changed default is not offered');
  return offer.id;
}
