import 'reflect-metadata';
import { ConfigError, parseConfig } from './config/config.js';
import { runCommand } from './config/run-command.js';
import { providers } from './core/providers/providers.js';
import { startDatabase } from './start-database.js';

/**
 * `npm run migrate` brings the schema up to date and ends, so that the processes which answer and send never hold the address of
 * the role that owns the tables.
 */
async function main(): Promise<number> {
  const config = parseConfig({ LOG_LEVEL: 'warn', ...process.env }, providers);
  if (!config.database?.ownerUrl)
    throw new ConfigError([
      'DATABASE_OWNER_URL is missing: only the owner of the tables can migrate them; for example postgres://chorong_owner:…@db/chorong',
    ]);
  const started = await startDatabase(config, 'the migration');
  await started.stop();
  process.stdout.write('The schema is up to date.\n');
  return 0;
}

runCommand(main, 'The schema could not be migrated.');
