import { isAscii } from 'node:buffer';
import iconv from 'iconv-lite';
import { FileProblem } from './raw-row.js';
import { sheetFinding } from './sheet.words.js';

/** Bytes that are decoded together at least, so that they show the encoding. */
const sampleSize = 64 * 1024;

interface Decoder {
  write(bytes: Buffer): string;
  end(): string | undefined;
}

/**
 * Reads UTF-8 (with or without BOM), UTF-16 with BOM, or CP949, whichever the file turns out to be. Without a BOM it is
 * CP949 when the first stretch that is not ASCII is no valid UTF-8: Korean text in CP949 is practically never valid
 * UTF-8. Bytes that CP949 cannot read come as U+FFFD. Throws FileProblem, whose line is not known here, for what is no
 * text, or UTF-8 only at first.
 */
export async function* decodeText(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let decoder: Decoder | null = null;
  let atStart = true;
  for await (const bytes of inSamples(chunks)) {
    if (decoder || !isAscii(bytes)) {
      decoder ??= chooseDecoder(bytes, atStart);
      yield* decodeChunk(decoder, bytes);
    } else {
      // While everything is ASCII both encodings read alike, and the question stays open.
      refuseBinary(bytes);
      yield bytes.toString('latin1');
    }
    atStart = false;
  }
  if (decoder) yield* decodeChunk(decoder, null);
}

async function* inSamples(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held = Buffer.alloc(0);
  for await (const chunk of chunks) {
    held = Buffer.concat([held, chunk]);
    if (held.length < sampleSize) continue;
    yield held;
    held = Buffer.alloc(0);
  }
  yield held;
}

function chooseDecoder(sample: Buffer, atStart: boolean): Decoder {
  if (atStart && sample[0] === 0xff && sample[1] === 0xfe) return iconv.getDecoder('utf-16le');
  if (atStart && sample[0] === 0xfe && sample[1] === 0xff) return iconv.getDecoder('utf-16be');
  refuseBinary(sample);
  return isUtf8Start(sample) ? strictUtf8() : iconv.getDecoder('cp949');
}

function isUtf8Start(sample: Buffer): boolean {
  try {
    strictUtf8().write(sample);
    return true;
  } catch {
    return false;
  }
}

function strictUtf8(): Decoder {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  return {
    write: (bytes) => decoder.decode(bytes, { stream: true }),
    end: () => decoder.decode(),
  };
}

function* decodeChunk(decoder: Decoder, chunk: Buffer | null): Generator<string> {
  let text: string | undefined;
  try {
    text = chunk ? decoder.write(chunk) : decoder.end();
  } catch {
    // What comes before the bad bytes is passed on, so that the caller can name their line.
    const [good = ''] = new TextDecoder('utf-8').decode(chunk ?? Buffer.alloc(0)).split('\ufffd', 1);
    yield good;
    throw new FileProblem(1, sheetFinding('mixed-encoding'));
  }
  if (text) yield text;
}

function refuseBinary(bytes: Buffer): void {
  if (bytes.includes(0)) throw new FileProblem(1, sheetFinding('not-text'));
}
