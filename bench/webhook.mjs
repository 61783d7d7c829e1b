// The service's own endpoint for receipts in a process without a database: the same framework, the same controller, the same
// signature, and nothing that is stored.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Providers } from '../dist/src/core/providers/providers.module.js';
import { ReceiptDesk } from '../dist/src/core/providers/sms-provider.js';
import { twilio, TwilioProvider } from '../dist/src/core/providers/twilio/twilio.provider.js';

const [port, json] = process.argv.slice(2);
const { sid, token, from, publicUrl } = JSON.parse(json);
const settings = {
  accountSid: sid,
  authToken: token,
  from,
  publicUrl,
  baseUrl: 'http://127.0.0.1:1',
  timeoutMs: 1000,
  connections: 1,
};
const provider = new TwilioProvider(settings);

class Bare {}
Module({
  controllers: twilio.controllers,
  providers: [
    { provide: Providers, useValue: { for: () => provider } },
    { provide: ReceiptDesk, useValue: { receive: async () => undefined } },
  ],
})(Bare);

const app = await NestFactory.create(Bare, new FastifyAdapter(), { logger: false, rawBody: true });
app.setGlobalPrefix('api/v1');
await app.listen(Number(port), '127.0.0.1');
process.stdout.write('ready\n');
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
