// A migrated database with departments and prototypes of contracts, a fake provider, and what opens both.
import pg from 'pg';
import { Api } from './api.mjs';
import { Prototype } from './fill.mjs';
import { account, atTheEnd, makeSecrets, startProvider, startService } from './ground.mjs';

export async function makeCity(folder, postgres, { departments = 1, database = 'chorong' } = {}) {
  const secrets = makeSecrets();
  const urls = postgres.urls(database);
  const provider = await startProvider();
  const environment = {
    ...secrets.environment,
    ...{ DATABASE_URL: urls.app, BOOTSTRAP_API_KEY: secrets.apiKey, ALLOW_FICTIONAL_NUMBERS: 'true' },
    ...{ SMS_PROVIDER: 'twilio', TWILIO_BASE_URL: provider.url, TWILIO_ACCOUNT_SID: account.sid },
    ...{ TWILIO_AUTH_TOKEN: account.token, TWILIO_FROM: account.from },
  };
  const service = await startService({
    ...{ folder, name: `api-${database}` },
    environment: { ...environment, CHORONG_ROLE: 'api', DATABASE_OWNER_URL: urls.owner },
  });
  const api = new Api(service.url, secrets.apiKey);
  const departmentIds = await api.setUp(departments);
  const due = await api.registerDue(departmentIds[0], 'P-DUE');
  const planned = await api.registerPlanned(departmentIds[0], 'P-PLANNED');
  const pool = new pg.Pool({ connectionString: urls.superuser, max: 2 });
  pool.on('error', () => undefined);
  const client = new pg.Client({ connectionString: urls.superuser });
  client.on('error', () => undefined);
  await client.connect();
  atTheEnd(async () => {
    await client.end();
    await pool.end();
  });
  await client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
  const city = {
    ...{ secrets, urls, provider, environment, service, api, departmentIds, pool, client },
    due: await Prototype.of(client, secrets.sealer, due.id),
    planned: await Prototype.of(client, secrets.sealer, planned.id),
    /** Contracts whose alerts fall due months from now, in transactions of at most 50,000. Returns how many alerts there are. */
    async fillPlanned(alerts) {
      const contracts = Math.ceil(alerts / city.planned.alerts);
      for (let from = 0; from < contracts; from += 50_000) {
        await city.planned.copy(Math.min(50_000, contracts - from), { prefix: 'L', from });
        if (contracts > 50_000)
          console.error(`  ${Math.min(contracts, from + 50_000)} of ${contracts} planned contracts`);
      }
      return contracts * city.planned.alerts;
    },
  };
  return city;
}
