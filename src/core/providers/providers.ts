import type { ProviderDefinition } from './sms-provider.js';
import { gateway } from './gateway/gateway.provider.js';
import { sandbox } from './sandbox/sandbox.provider.js';
import { solapi } from './solapi/solapi.provider.js';
import { twilio } from './twilio/twilio.provider.js';

/** Every provider that texts may go through. A further one is a folder beside these and its line here. */
export const providers: readonly ProviderDefinition[] = [sandbox, twilio, solapi, gateway];
