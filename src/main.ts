import 'reflect-metadata';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from './create-app.js';
import { type Config, ConfigError, parseConfig } from './config/config.js';
import { spreadLastNet } from './last-net.js';
import { whyRedisWillNotDo } from './platform/queue/queues.js';
import { EmbeddedPostgresError } from './platform/embedded-postgres/embedded-postgres.error.js';
import { startTracing } from './platform/tracing.js';
import { MetricsService } from './core/health/metrics.service.js';
import { providers } from './core/providers/providers.js';
import { SetupService } from './core/setup/setup.service.js';
import { loadSecrets, startDatabase, type StartedDatabase } from './start-database.js';
import { welcome } from './welcome.js';
import { findOffice } from './wings.js';

/** Milliseconds that a stop may take before the process ends all the same. */
const stopDeadline = 25_000;

async function main(): Promise<void> {
  const began = performance.now();
  const config = parseConfig(process.env, providers);
  if (config.redisUrl) {
    const reason = await whyRedisWillNotDo(config.redisUrl);
    if (reason) throw new ConfigError([reason]);
  }
  const stopTracing = await startTracing(config.tracing);
  const database = await startDatabase(config, 'the service');
  let app: NestFastifyApplication | undefined;
  try {
    const secrets = loadSecrets(config);
    const options = { config, databaseUrl: database.url, keys: secrets.keys };
    app = await createApp(options, undefined, (made) => made.get(SetupService).setUp(secrets.apiKey));
    spreadLastNet(app.get(MetricsService));
    const embedded = database.dataPath !== null;
    const passwords = embedded && config.provider === 'sandbox' ? secrets.passwords : null;
    const office = await findOffice();
    const people = office && passwords ? await office.welcomePeople(app, passwords) : [];
    stopOnSignals(app, database, stopTracing);
    if (office && passwords && config.sandbox === 'city') await office.fillSandbox(app, reportFilling);
    await app.listen({ port: config.port, host: config.host });
    process.stdout.write(
      welcome(config, {
        address: await app.getUrl(),
        key: embedded && !config.bootstrapApiKey ? secrets.apiKey : null,
        people,
        pages: office !== null,
        dataPath: database.dataPath,
        seconds: (performance.now() - began) / 1000,
      }),
    );
  } catch (error) {
    await app?.close().catch(() => undefined);
    await database.stop();
    throw readable(error, config);
  }
}

/** Shows how far the sandbox's city is played: on a terminal in one line that is written over, else at its end alone. */
function reportFilling(share: number): void {
  const { isTTY } = process.stdout;
  const text = `Filling the sandbox with three months of a small city: ${Math.floor(share * 100)} %`;
  if (isTTY) process.stdout.write(`\r${text}${share === 1 ? '\n' : ''}`);
  else if (share === 1) process.stdout.write(`${text}\n`);
}

function stopOnSignals(
  app: NestFastifyApplication,
  database: StartedDatabase,
  stopTracing: () => Promise<void>,
): void {
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), stopDeadline).unref();
    void app
      .close()
      .then(() => database.stop())
      .then(() => stopTracing())
      .then(
        () => process.exit(0),
        () => process.exit(1),
      );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function readable(error: unknown, config: Config): unknown {
  if ((error as { code?: string }).code !== 'EADDRINUSE') return error;
  return new ConfigError([
    `PORT ${config.port} is taken by another program: choose another, for example PORT=3001`,
  ]);
}

main().catch((error: unknown) => {
  const known = error instanceof ConfigError || error instanceof EmbeddedPostgresError;
  process.stderr.write(
    known
      ? `\nChorong cannot start.\n${error.message}\n`
      : `\nChorong cannot start.\n${String((error as Error).stack ?? error)}\n`,
  );
  process.exit(1);
});
