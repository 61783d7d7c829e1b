import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Sealer } from '../../platform/sealing/sealer.js';
import { type Carried, openCarried, sealCarried } from './carried.js';

/** Whoever has not signed in again after so many milliseconds types anew. */
const longestKept = 30 * 60_000;

/** Characters of what was typed, as JSON. No form of the pages comes near it. */
const mostTyped = 100_000;

/** Names of fields that hold a secret, or belong to the form and not to whoever fills it in. */
const neverKept = new Set(['password', 'old', 'present', 'otp', 'ticket', 'passkey', '_csrf']);

const place = { table: 'form', column: 'typed', rowId: '' };

interface Typed extends Carried {
  url: string;
  fields: Record<string, string>;
}

/** Returns what was typed into a form that was sent: no secrets, and no files. */
export function typedInto({ body }: Pick<FastifyRequest, 'body'>): Record<string, string> {
  const fields = Object.entries(typeof body === 'object' && body !== null ? body : {});
  return Object.fromEntries(
    fields.filter(
      (field): field is [string, string] => typeof field[1] === 'string' && !neverKept.has(field[0]),
    ),
  );
}

/**
 * TypedWork keeps what was sent by a form whose session had ended. It travels sealed, through the page on which its writer
 * signs in, and is kept nowhere else: not in an address, and not on the server. It opens for the address it was sent to.
 */
@Injectable()
export class TypedWork {
  constructor(private readonly sealer: Sealer) {}

  /** Returns null where there is nothing to keep. */
  seal(request: Pick<FastifyRequest, 'body' | 'url'>): string | null {
    const fields = typedInto(request);
    const typed: Typed = { url: request.url, at: Date.now(), fields };
    const isBlank = Object.values(fields).every((value) => value.trim() === '');
    if (isBlank || JSON.stringify(typed).length > mostTyped) return null;
    return sealCarried(this.sealer, place, typed);
  }

  /** Returns null for what was not sealed here, and for what is too old. */
  open(sealed: unknown): Typed | null {
    if (typeof sealed !== 'string' || sealed === '') return null;
    return openCarried<Typed>(this.sealer, place, sealed, longestKept);
  }
}
