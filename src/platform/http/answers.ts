import { applyDecorators, HttpCode } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { z } from 'zod';

type JsonSchema = Record<string, unknown>;

const named = new Map<string, JsonSchema>();

/**
 * Sets the status that a route answers with, and describes the answer for the OpenAPI document. A schema that has an id is
 * described once, under its name.
 */
export function Answers(status: number, schema: z.ZodType, summary: string) {
  return applyDecorators(HttpCode(status), ApiOperation({ summary }), AnswersToo(status, schema, summary));
}

/** Describes a further answer of a route, of another status. */
export function AnswersToo(status: number, schema: z.ZodType, description: string) {
  return ApiResponse({
    status,
    description,
    ...(status === 204 ? {} : { schema: described(schema) }),
  });
}

/** An answer gives a list as a whole. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.null() });
/** An answer gives a page of a list, with the cursor of the next. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

/** Collects the named schemas of all answers. */
export function answerSchemas(): Record<string, JsonSchema> {
  return Object.fromEntries(named);
}

/** OpenAPI 3.1 takes JSON Schema 2020-12 as it is; only the place of shared definitions differs. */
function described(schema: z.ZodType): JsonSchema {
  const {
    $schema: _dialect,
    $defs,
    ...json
  } = z.toJSONSchema(z.object({ root: schema }), {
    io: 'output',
    unrepresentable: 'any',
  }) as JsonSchema & { properties?: { root?: JsonSchema } };
  const moved = (part: unknown) =>
    JSON.parse(JSON.stringify(part).replaceAll('"#/$defs/', '"#/components/schemas/')) as JsonSchema;
  for (const [name, definition] of Object.entries(($defs ?? {}) as Record<string, JsonSchema>)) {
    const { id: _id, ...body } = definition;
    named.set(name, moved(body));
  }
  return moved(json.properties?.root ?? {});
}
