import { createHash, createPrivateKey, createPublicKey, hkdfSync, type KeyObject, sign } from 'node:crypto';

/** What C2SP's signed-note calls the signature type of Ed25519. */
const ed25519 = 0x01;

/** The DER of a private key of Ed25519 (RFC 8410, 7) up to its 32 bytes. */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

/** NoteSigner signs notes (C2SP's signed-note) with Ed25519, so that strangers' tools can check them. */
export class NoteSigner {
  /** The public half in the form that verifiers are given. */
  readonly verifierKey: string;
  private readonly privateKey: KeyObject;
  private readonly keyId: Buffer;

  /** `seed` has 32 bytes, and is the whole secret. */
  constructor(
    readonly name: string,
    seed: Buffer,
  ) {
    const der = Buffer.concat([pkcs8Prefix, seed]);
    this.privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    const { x = '' } = createPublicKey(this.privateKey).export({ format: 'jwk' });
    const typed = Buffer.concat([Buffer.from([ed25519]), Buffer.from(x, 'base64url')]);
    this.keyId = createHash('sha256').update(`${name}\n`).update(typed).digest().subarray(0, 4);
    this.verifierKey = `${name}+${this.keyId.toString('hex')}+${typed.toString('base64')}`;
  }

  /** Returns the text, whose last line has to end, with a signature below it. */
  sign(text: string): string {
    const signature = sign(null, Buffer.from(text, 'utf8'), this.privateKey);
    return `${text}\n— ${this.name} ${Buffer.concat([this.keyId, signature]).toString('base64')}\n`;
  }
}

/** Derives the seed of a signing key from the index key, for a service that was given no key of its own to sign by. */
export function derivedSeed(indexKey: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', indexKey, '', 'chorong: signing of the log', 32));
}
