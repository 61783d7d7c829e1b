import iconv from 'iconv-lite';
import { decodeText } from './text-decoding.js';

async function* chunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let i = 0; i < bytes.length; i += size) yield await Promise.resolve(bytes.subarray(i, i + size));
}

async function decoded(bytes: Buffer, size = 7): Promise<string> {
  let text = '';
  for await (const part of decodeText(chunks(bytes, size))) text += part;
  return text;
}

const korean = '계약번호,업체명\r\nC-1,(주)새솔건설 뷁\r\n';

describe('decodeText', () => {
  it.each([
    ['UTF-8', Buffer.from(korean)],
    ['UTF-8 with BOM', Buffer.from(`\ufeff${korean}`)],
    ['CP949', iconv.encode(korean, 'cp949')],
    ['UTF-16LE with BOM', iconv.encode(korean, 'utf-16le', { addBOM: true })],
    ['UTF-16BE with BOM', iconv.encode(korean, 'utf-16be', { addBOM: true })],
  ])('reads %s, however it is cut into chunks', async (_, bytes) => {
    for (const size of [1, 2, 3, 1000]) expect(await decoded(bytes, size)).toBe(korean);
  });

  it.each(['utf-8', 'cp949'])('reads %s that begins with long stretches of ASCII', async (encoding) => {
    const text = `${'a,b\n'.repeat(60_000)}${korean}${'c,d\n'.repeat(60_000)}`;
    expect(await decoded(iconv.encode(text, encoding), 10_000)).toBe(text);
  });

  it('reads what is ASCII alone, and nothing at all', async () => {
    expect(await decoded(Buffer.from('a,b\n'))).toBe('a,b\n');
    expect(await decoded(Buffer.alloc(0))).toBe('');
  });

  it('stops where UTF-8 turns into something else, after what was good', async () => {
    const good = '가나다\n'.repeat(20_000);
    const bytes = Buffer.concat([Buffer.from(good), iconv.encode(korean, 'cp949')]);
    let text = '';
    const reading = (async () => {
      for await (const part of decodeText(chunks(bytes, 50_000))) text += part;
    })();
    await expect(reading).rejects.toMatchObject({ code: 'mixed-encoding' });
    expect(text).toBe(good);
  });

  it('refuses a file cut off inside a character', async () => {
    await expect(decoded(Buffer.from('가나다').subarray(0, 8), 100)).rejects.toMatchObject({
      code: 'mixed-encoding',
    });
  });

  it('refuses what is no text', async () => {
    await expect(decoded(Buffer.from('PK\x03\x04\x14\0\x06\0'))).rejects.toMatchObject({ code: 'not-text' });
  });
});
