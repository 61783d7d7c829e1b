import type { RequestListener } from 'node:http';
import querystring from 'node:querystring';
import multipart from '@fastify/multipart';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Logger } from 'nestjs-pino';
import { AppModule } from './app.module.js';
import { giveTurns, Turns } from './core/access/turns.js';
import { newId } from './platform/ids.js';
import { underAddress } from './platform/http/calling-address.js';
import { answerClientError, answerFrameworkError, makeServer } from './platform/http/http-server.js';
import { describeApi } from './platform/http/openapi.js';
import { ProblemFilter } from './platform/http/problem.filter.js';
import { httpProblems } from './platform/http/http.words.js';
import { schemaPipe } from './platform/http/schema.pipe.js';
import { secure } from './platform/http/security-headers.js';
import { traceRequests } from './platform/tracing.js';
import { findOffice } from './wings.js';
import type { PlatformOptions } from './platform/platform.module.js';

const oneMegabyte = 1024 * 1024;

/**
 * Creates the whole service, which does not listen yet. `setUp` is done before anything of it runs by itself, such as the
 * sending, which needs settings. A test gives a `root` to set something beside it.
 */
export async function createApp(
  options: PlatformOptions,
  root?: DynamicModule,
  setUp?: (app: NestFastifyApplication) => Promise<void>,
): Promise<NestFastifyApplication> {
  const { config } = options;
  const adapter = new FastifyAdapter({
    genReqId: () => newId(),
    bodyLimit: oneMegabyte,
    trustProxy: config.trustedProxies.length > 0 ? config.trustedProxies : false,
    serverFactory: (handle: RequestListener) => makeServer(handle, config.limits),
    clientErrorHandler: answerClientError,
    frameworkErrors: answerFrameworkError,
    // An address with a slash behind it is what people paste.
    routerOptions: {
      ignoreTrailingSlash: true,
      querystringParser: (text: string) => ({ ...querystring.parse(text) }),
    },
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
    exclude: [
      'health/live',
      'health/ready',
      'metrics',
      'log*below',
      'console',
      'console*below',
      'genuine',
      'register',
      'performance',
    ],
  });
  app.useGlobalPipes(schemaPipe());
  app.useGlobalFilters(new ProblemFilter());
  const fastify = adapter.getInstance();
  fastify.addHook('onRequest', (request, reply, done) => {
    secure(request.raw, reply.raw);
    done();
  });
  // Not before the body is read, whose reading would lose it.
  fastify.addHook('preHandler', (request, _reply, done) => underAddress(request.ip, done));
  if (config.tracing) traceRequests(fastify);
  await app.register(multipart, {
    limits: { fileSize: 200 * oneMegabyte, files: 1, fields: 10, parts: 12 },
    // Whoever takes a file in says how large it may be, in words that a person can do something with.
    throwFileSizeLimit: false,
  });
  giveTurns(fastify, app.get(Turns));
  if (config.role === 'worker') {
    // A worker answers for its health alone.
    fastify.addHook('onRequest', (request, _reply, done) => {
      if (/^\/(health|metrics)/.test(request.url)) done();
      else done(httpProblems.error('not-found.route'));
    });
  }
  describeApi(app);
  await setUp?.(app);
  await app.init();
  return app;
}
