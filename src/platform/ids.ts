import { randomFillSync } from 'node:crypto';

let lastTime = 0;
let sequence = 0;

/** A UUID version 7 (RFC 9562), monotonic within the process, so that ids sort by when they were made. */
export function newId(): string {
  const bytes = randomFillSync(Buffer.alloc(16));
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
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
