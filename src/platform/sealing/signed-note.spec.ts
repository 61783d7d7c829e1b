import { NoteSigner, NoteVerifier, partsOfNote, signerOf } from './signed-note.js';

/** The key, and the note it signs, of the documentation of golang.org/x/mod/sumdb/note. */
const known = {
  seed: Buffer.from('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz', 'base64').subarray(1),
  verifierKey: 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  text: "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n",
  signature:
    '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n',
};

it('signs a note as others do', () => {
  const signer = new NoteSigner('PeterNeumann', known.seed);
  expect(signer.verifierKey).toBe(known.verifierKey);
  expect(signer.sign(known.text)).toBe(`${known.text}\n${known.signature}`);
});

it('derives one key from an index key, unless one is given', () => {
  const keyOf = (index: number, key: string | null = null) =>
    signerOf({ origin: 'a', key }, { sealing: [], index: Buffer.alloc(32, index) }).verifierKey;
  const given = Buffer.alloc(32, 1).toString('base64');
  expect(keyOf(1)).toBe(keyOf(1));
  expect(new Set([keyOf(1), keyOf(2), keyOf(1, given)]).size).toBe(3);
  expect(keyOf(1, given)).toBe(keyOf(2, given));
});

describe('a verifier', () => {
  const { text, signature } = known;
  const verifier = new NoteVerifier(known.verifierKey);

  it('knows its own signatures among others', () => {
    const note = `${text}\n— somebody AAAA\n${signature}`;
    const { text: read, signatures } = partsOfNote(note);
    expect(read).toBe(text);
    expect(verifier.signaturesOf(read, signatures)).toEqual([signature.trim()]);
  });

  it.each([
    ['another text', `${text}.\n`, signature],
    ['another name', text, signature.replace('Peter', 'Paul')],
    ['its own under another id', text, signature.replace('x08go', 'y08go')],
    ['another signature', text, signature.replace('ZJkuB', 'ZJkuC')],
    [
      'a signature of another key',
      text,
      new NoteSigner('PeterNeumann', Buffer.alloc(32)).sign(text).split('\n\n')[1],
    ],
  ])('does not take %s', (_, said, line = '') => {
    expect(verifier.signaturesOf(said, line)).toEqual([]);
  });

  it.each(['', 'a', 'PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW', 'a+00000000+AA=='])(
    'is not made of "%s"',
    (key) => {
      expect(() => new NoteVerifier(key)).toThrow('verifier key');
    },
  );
});
