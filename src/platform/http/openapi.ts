import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { answerSchemas } from './answers.js';

const problem = {
  type: 'object',
  description: 'RFC 9457. `code` is stable; `fields` name what is wrong, by path.',
  required: ['type', 'title', 'status', 'code', 'detail', 'requestId'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string' },
    detail: { type: 'string' },
    fields: {
      type: 'array',
      items: {
        type: 'object',
        properties: { path: { type: 'string' }, code: { type: 'string' }, message: { type: 'string' } },
      },
    },
    requestId: { type: 'string' },
  },
  example: {
    type: 'urn:chorong:problem:number-unusable',
    title: 'number unusable',
    status: 422,
    code: 'number-unusable',
    detail: 'It is a landline, which gets no text messages. Give a mobile number.',
    fields: [
      {
        path: 'counterparties[0].contacts[0].phone',
        code: 'number-landline',
        message: 'It is a landline, which gets no text messages. Give a mobile number.',
      },
    ],
    requestId: '01996f3e-0000-7000-8000-000000000001',
  },
};

/**
 * Serves OpenAPI 3.1 at /openapi.json and a readable page at /docs, both made from the code alone, with nothing from
 * outside.
 */
export function describeApi(app: NestFastifyApplication): void {
  const config = new DocumentBuilder()
    .setTitle('Chorong')
    .setDescription(
      'Integrity alerts for public bodies: contracts in, texts at every milestone, and the proof of them.',
    )
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key: chr_…' })
    .addSecurityRequirements('bearer')
    .build();
  // Not when somebody first asks for it: half a second at a stretch belongs to the start, when nobody else waits.
  const document = completed(SwaggerModule.createDocument(app, config));
  app
    .getHttpAdapter()
    .getInstance()
    .get('/', (_request, reply) => reply.redirect('/console'));
  SwaggerModule.setup('docs', app, document, { jsonDocumentUrl: 'openapi.json', raw: ['json'] });
  const styled =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onSend', async (request, reply) => {
      // The page's own library styles itself inline; nothing of anyone's data is on it.
      if (request.url.startsWith('/docs')) reply.header('content-security-policy', styled);
    });
}

function completed(document: OpenAPIObject): OpenAPIObject {
  const schemas = { ...document.components?.schemas, ...answerSchemas(), Problem: problem };
  for (const [route, path] of Object.entries(document.paths)) {
    for (const operation of Object.values(path) as {
      responses?: Record<string, unknown>;
      parameters?: { in: string; name: string }[];
      security?: unknown[];
    }[]) {
      if (!operation.responses) continue;
      // A handler that reads its path as a whole names no part of it.
      for (const [, name = ''] of route.matchAll(/\{(\w+)\}/g))
        if (!operation.parameters?.some((one) => one.in === 'path' && one.name === name))
          (operation.parameters ??= []).push(pathParameter(name));
      if (/^\/(health|metrics|log|api\/v1\/webhooks)/.test(route)) operation.security = [];
      operation.responses['default'] = {
        description: 'What went wrong',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      };
    }
  }
  return { ...document, components: { ...document.components, schemas: schemas } };
}

function pathParameter(name: string) {
  return { in: 'path', name, required: true, schema: { type: 'string' } };
}
