import querystring from 'node:querystring';
import helmet from '@fastify/helmet';
import multipart from '@fastify/multipart';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Logger } from 'nestjs-pino';
import { AppModule } from './app.module.js';
import { newId } from './platform/ids.js';
import { describeApi } from './platform/http/openapi.js';
import { ProblemFilter } from './platform/http/problem.filter.js';
import { schemaPipe } from './platform/http/schema.pipe.js';
import { findOffice } from './wings.js';
import type { PlatformOptions } from './platform/platform.module.js';

const oneMegabyte = 1024 * 1024;

/** Creates the whole service, which does not listen yet. A test gives a `root` to set something beside it. */
export async function createApp(
  options: PlatformOptions,
  root?: DynamicModule,
): Promise<NestFastifyApplication> {
  const { config } = options;
  const adapter = new FastifyAdapter({
    genReqId: () => newId(),
    bodyLimit: oneMegabyte,
    trustProxy: config.trustedProxies.length > 0 ? config.trustedProxies : false,
    routerOptions: { querystringParser: (text: string) => ({ ...querystring.parse(text) }) },
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    root ?? AppModule.with(options, await findOffice()),
    adapter,
    {
      bufferLogs: true,
      abortOnError: false,
      // A provider may sign the very bytes of a receipt.
      rawBody: true,
    },
  );
  app.useLogger(app.get(Logger));
  app.setGlobalPrefix('api/v1', {
    exclude: ['health/live', 'health/ready', 'metrics', 'console', 'console/*path', 'genuine'],
  });
  app.useGlobalPipes(schemaPipe());
  app.useGlobalFilters(new ProblemFilter());
  await app.register(helmet, {
    contentSecurityPolicy: {
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
      useDefaults: false,
    },
    referrerPolicy: { policy: 'no-referrer' },
  });
  await app.register(multipart, { limits: { fileSize: 200 * oneMegabyte, files: 1, fields: 10, parts: 12 } });
  adapter.getInstance().addHook('onSend', async (_request, reply) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  });
  if (config.role === 'worker') {
    // A worker answers for its health alone.
    adapter.getInstance().addHook('onRequest', async (request, reply) => {
      if (!/^\/(health|metrics)/.test(request.url)) await reply.status(404).send();
    });
  }
  describeApi(app);
  await app.init();
  return app;
}
