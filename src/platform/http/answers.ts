import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { z } from 'zod';

type OpenApiSchema = NonNullable<
  Parameters<typeof ApiResponse>[0] extends infer R ? (R extends { schema?: infer S } ? S : never) : never
>;

/** What a route answers, for the OpenAPI document; schemas of our own are described once, in zod. */
export function Answers(status: number, schema: z.ZodType, summary: string) {
  return applyDecorators(
    ApiOperation({ summary }),
    ApiResponse({ status, description: summary, schema: openApiOf(schema) }),
  );
}

export function openApiOf(schema: z.ZodType): OpenApiSchema {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, {
    target: 'openapi-3.0',
    io: 'output',
    unrepresentable: 'any',
    reused: 'inline',
  });
  return json as OpenApiSchema;
}
