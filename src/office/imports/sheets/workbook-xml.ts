import { SaxesParser } from 'saxes';
import { sheetFinding } from '../../../platform/sheets/sheet.words.js';
import { FileProblem } from './raw-row.js';
import { sheetLimits } from './sheet-limits.js';
import { malformed } from './workbook-zip.js';

type Utf = InstanceType<typeof TextDecoder>;

export interface XmlEvents {
  /** `name` without its prefix. */
  open?(name: string, attributes: Record<string, string>): void;
  close?(name: string): void;
  text?(text: string): void;
}

/**
 * Reads a part of a workbook piece by piece, and hands out control after each, so that the caller takes what has
 * gathered. A document type is refused before an entity could be declared; depth, and how much may come
 * without anything ending, are limited. Throws FileProblem.
 */
export async function* readXml(bytes: AsyncIterable<Buffer>, events: XmlEvents): AsyncGenerator<void> {
  const guard = new XmlGuard(events);
  let decoder: Utf | null = null;
  for await (const chunk of bytes) {
    decoder ??= decoderFor(chunk);
    // Small pieces: a long one would hold a whole crowd of rows at once.
    for (let at = 0; at < chunk.length; at += pieceBytes) {
      guard.write(decode(decoder, chunk.subarray(at, at + pieceBytes)));
      yield;
    }
  }
  guard.end();
  yield;
}

/** For a small part: read to its end. */
export async function readWholeXml(bytes: AsyncIterable<Buffer>, events: XmlEvents): Promise<void> {
  for await (const _ of readXml(bytes, events));
}

const pieceBytes = 64 * 1024;

class XmlGuard {
  private readonly parser = new SaxesParser({ position: false, xmlns: false as const });
  private depth = 0;
  /** Characters since something last ended. */
  private pending = 0;

  constructor(events: XmlEvents) {
    const { parser } = this;
    parser.on('error', (error) => {
      throw malformed(error);
    });
    parser.on('doctype', () => {
      throw new FileProblem(1, sheetFinding('workbook-doctype'));
    });
    parser.on('opentag', ({ name, attributes }) => {
      this.pending = 0;
      if (++this.depth > sheetLimits.xmlDepth) throw malformed();
      events.open?.(local(name), attributes);
    });
    parser.on('closetag', ({ name }) => {
      this.pending = 0;
      this.depth -= 1;
      events.close?.(local(name));
    });
    if (events.text) {
      const text = events.text.bind(events);
      parser.on('text', text);
      parser.on('cdata', text);
    }
  }

  write(text: string): void {
    this.pending += text.length;
    try {
      this.parser.write(text);
    } catch (error) {
      throw error instanceof FileProblem ? error : malformed(error);
    }
    if (this.pending > sheetLimits.xmlGap)
      throw new FileProblem(1, sheetFinding('cell-too-long', { characters: sheetLimits.cellLength }));
  }

  end(): void {
    try {
      this.parser.close();
    } catch (error) {
      throw error instanceof FileProblem ? error : malformed(error);
    }
  }
}

/** UTF-8, or UTF-16 with its mark (ECMA-376, part 2, 6.2.5 allows no other). */
function decoderFor(first: Buffer): Utf {
  const encoding =
    first[0] === 0xff && first[1] === 0xfe
      ? 'utf-16le'
      : first[0] === 0xfe && first[1] === 0xff
        ? 'utf-16be'
        : 'utf-8';
  return new TextDecoder(encoding, { fatal: true });
}

function decode(decoder: Utf, bytes: Buffer): string {
  try {
    return decoder.decode(bytes, { stream: true });
  } catch (error) {
    throw malformed(error);
  }
}

function local(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}
