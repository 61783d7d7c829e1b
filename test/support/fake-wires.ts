import { GatewayWire } from './fake-gateway.wire.js';
import { SolapiWire } from './fake-solapi.wire.js';
import { TwilioWire } from './fake-twilio.wire.js';
import type { FakeWire } from './fake-wire.js';

/** Every provider that there is a fake of. */
export const wires = {
  twilio: () => new TwilioWire(),
  solapi: () => new SolapiWire(),
  'solapi-groups': () => new SolapiWire(true),
  gateway: () => new GatewayWire(),
} satisfies Record<string, () => FakeWire>;

export type WireName = keyof typeof wires;
