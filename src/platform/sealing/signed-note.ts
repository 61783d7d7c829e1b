import {
  createHash,
  createPrivateKey,
  createPublicKey,
  hkdfSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { parseSigningKey, type SealingKeys } from './sealing-keys.js';

/** C2SP's signed-note gives signatures by Ed25519 these types: of a note, and of a witness with the time. */
const noteType = 0x01;
const witnessType = 0x04;

/** The DER of a private key of Ed25519 begins so (RFC 8410, 7); its 32 bytes follow. */
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
    const typed = Buffer.concat([Buffer.from([noteType]), Buffer.from(x, 'base64url')]);
    this.keyId = keyIdOf(name, typed);
    this.verifierKey = `${name}+${this.keyId.toString('hex')}+${typed.toString('base64')}`;
  }

  /** Returns the text, whose last line has to end, with a signature below it. */
  sign(text: string): string {
    const signature = sign(null, Buffer.from(text, 'utf8'), this.privateKey);
    return `${text}\n— ${this.name} ${Buffer.concat([this.keyId, signature]).toString('base64')}\n`;
  }
}

/** Makes the signer of the log. Where no key is given it is derived from the index key, which stays the same for as long. */
export function signerOf(log: { origin: string; key: string | null }, keys: SealingKeys): NoteSigner {
  const derived = () => Buffer.from(hkdfSync('sha256', keys.index, '', 'chorong: signing of the log', 32));
  return new NoteSigner(log.origin, log.key ? parseSigningKey(log.key) : derived());
}

/** NoteVerifier checks the signatures of one key, of a log or of a witness. */
export class NoteVerifier {
  readonly name: string;
  private readonly keyId: string;
  private readonly type: number;
  private readonly publicKey: KeyObject;

  /** Reads a verifier key of signed-note. Throws when it is none, or of a kind that is not known. */
  constructor(verifierKey: string) {
    const [, name = '', keyId = '', base64 = ''] =
      /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(verifierKey) ?? [];
    const typed = Buffer.from(base64, 'base64');
    const [type = 0] = typed;
    const isKnown = typed.length === 33 && (type === noteType || type === witnessType);
    if (!isKnown || keyIdOf(name, typed).toString('hex') !== keyId)
      throw new Error(`"${verifierKey}" is no verifier key of Ed25519 such as example.org/log+0123abcd+AW…`);
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: typed.subarray(1).toString('base64url') };
    this.publicKey = createPublicKey({ key: jwk, format: 'jwk' });
    [this.name, this.keyId, this.type] = [name, keyId, type];
  }

  /** Returns the lines of signatures that this key has truly made below a text. */
  signaturesOf(text: string, lines: string): string[] {
    return lines.split('\n').filter((line) => this.isMadeHere(text, line));
  }

  private isMadeHere(text: string, line: string): boolean {
    const [dash, name, base64 = '', ...rest] = line.split(' ');
    const signature = Buffer.from(base64, 'base64');
    if (dash !== '—' || name !== this.name || rest.length > 0) return false;
    if (signature.toString('hex', 0, 4) !== this.keyId) return false;
    if (this.type === noteType)
      return verify(null, Buffer.from(text, 'utf8'), this.publicKey, signature.subarray(4));
    if (signature.length !== 4 + 8 + 64) return false;
    const signed = `cosignature/v1\ntime ${signature.readBigUInt64BE(4)}\n${text}`;
    return verify(null, Buffer.from(signed, 'utf8'), this.publicKey, signature.subarray(12));
  }
}

/** Splits a note into its text and the lines of its signatures. */
export function partsOfNote(note: string): { text: string; signatures: string } {
  const end = note.lastIndexOf('\n\n');
  return { text: note.slice(0, end + 1), signatures: note.slice(end + 2) };
}

function keyIdOf(name: string, typed: Buffer): Buffer {
  return createHash('sha256').update(`${name}\n`).update(typed).digest().subarray(0, 4);
}
