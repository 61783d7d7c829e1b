import { createHash } from 'node:crypto';
import { takeRandomBytes } from './random.js';

let lastTime = 0;
let sequence = 0;

/** Makes a UUID version 7 (RFC 9562), monotonic within the process, so that ids sort by when they were made. */
export function newId(): string {
  const bytes = takeRandomBytes(16);
  const time = Math.max(Date.now(), lastTime);
  sequence = time === lastTime ? sequence + 1 : 0;
  if (sequence > 0xfff) {
    lastTime = time + 1;
    sequence = 0;
  } else {
    lastTime = time;
  }
  bytes.writeUIntBE(lastTime, 0, 6);
  bytes.writeUInt16BE(0x7000 | sequence, 6);
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return withHyphens(bytes);
}

/** Makes a UUID of version 8 (RFC 9562) that is always the same for the same text. */
export function idOfText(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return withHyphens(bytes);
}

function withHyphens(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/**
 * Returns the lowest UUID of version 7 of a moment, where the ids made then begin. Times before 1970 count as 1970.
 */
export function firstIdAt(moment: Date): string {
  const time = Math.max(0, moment.getTime()).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8, 12)}-7000-8000-000000000000`;
}

/** Returns when an id of version 7 was made, in milliseconds since 1970. */
export function timeOfId(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}
