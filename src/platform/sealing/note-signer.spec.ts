import { derivedSeed, NoteSigner } from './note-signer.js';

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

it('derives one key from an index key, and it is another', () => {
  const [one, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  expect(derivedSeed(one)).toEqual(derivedSeed(Buffer.alloc(32, 1)));
  expect(derivedSeed(one)).not.toEqual(derivedSeed(other));
  expect(derivedSeed(one)).not.toEqual(one);
});
