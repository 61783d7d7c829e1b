import pg from 'pg';
import { z } from 'zod';
import { defineProvider } from '../provider-definition.js';
import { sandboxWords } from './sandbox-numbers.js';
import { SandboxProvider } from './sandbox.provider.js';

/** The provider without a network. It needs no variables, so it is there beside any other, too. */
export const sandbox = defineProvider({
  name: 'sandbox',
  environment: z.object({}),
  controllers: [],
  explain: sandboxWords,
  make: (_variables, { databaseUrl, sealer, clock }) => {
    // Its own pool: what the sandbox accepted must outlive the transaction of whoever sends.
    const pool = new pg.Pool({ connectionString: databaseUrl, max: 4, application_name: 'chorong-sandbox' });
    pool.on('error', () => undefined);
    const provider = new SandboxProvider({ pool, sealer, now: () => clock.now() });
    provider.close = () => pool.end();
    return provider;
  },
});
