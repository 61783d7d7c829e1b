import { SaxesParser } from 'saxes';
import { FileProblem } from './raw-row.js';
import { sheetLimits } from './sheet-limits.js';
import { sheetFinding } from './sheet.words.js';
import { asMalformed, malformed } from './workbook-zip.js';

export interface XmlEvents {
  /** `name` comes without its prefix. */
  open?(name: string, attributes: Record<string, string>): void;
  close?(name: string): void;
  text?(text: string): void;
}

/** Bytes that are parsed at once: a longer piece would hold a whole crowd of rows. */
const pieceBytes = 64 * 1024;

/**
 * Reads a part of a workbook piece by piece, and hands out control after each, so that the caller takes what has gathered.
 * A document type is refused before an entity could be declared; depth, and how much may come without anything ending,
 * are limited. Throws FileProblem.
 */
export async function* readXml(bytes: AsyncIterable<Buffer>, events: XmlEvents): AsyncGenerator<void> {
  const parser = guardedParser(events);
  let decoder: InstanceType<typeof TextDecoder> | null = null;
  try {
    for await (const chunk of bytes) {
      decoder ??= new TextDecoder(encodingOf(chunk), { fatal: true });
      for (let at = 0; at < chunk.length; at += pieceBytes) {
        parser.write(decoder.decode(chunk.subarray(at, at + pieceBytes), { stream: true }));
        yield;
      }
    }
    parser.close();
  } catch (error) {
    throw asMalformed(error);
  }
  yield;
}

/** Reads a small part to its end. */
export async function readWholeXml(bytes: AsyncIterable<Buffer>, events: XmlEvents): Promise<void> {
  for await (const _ of readXml(bytes, events));
}

function guardedParser(events: XmlEvents) {
  const parser = new SaxesParser({ position: false, xmlns: false as const });
  let depth = 0;
  let charactersSinceTag = 0;
  parser.on('error', (error) => {
    throw malformed(error);
  });
  parser.on('doctype', () => {
    throw new FileProblem(1, sheetFinding('workbook-doctype'));
  });
  parser.on('opentag', ({ name, attributes }) => {
    charactersSinceTag = 0;
    if (++depth > sheetLimits.xmlDepth) throw malformed();
    events.open?.(local(name), attributes);
  });
  parser.on('closetag', ({ name }) => {
    charactersSinceTag = 0;
    depth -= 1;
    events.close?.(local(name));
  });
  if (events.text) {
    const text = events.text.bind(events);
    parser.on('text', text);
    parser.on('cdata', text);
  }
  return {
    write(text: string): void {
      charactersSinceTag += text.length;
      parser.write(text);
      if (charactersSinceTag > sheetLimits.xmlGap)
        throw new FileProblem(1, sheetFinding('cell-too-long', { characters: sheetLimits.cellLength }));
    },
    close: () => parser.close(),
  };
}

/** UTF-8, or UTF-16 with its mark (ECMA-376, part 2, 6.2.5 allows no other). */
function encodingOf(first: Buffer): string {
  if (first[0] === 0xff && first[1] === 0xfe) return 'utf-16le';
  return first[0] === 0xfe && first[1] === 0xff ? 'utf-16be' : 'utf-8';
}

function local(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}

/** Reads an attribute of the type xsd:boolean. */
export function isTrue(value: string | undefined): boolean {
  return value === '1' || value === 'true';
}
