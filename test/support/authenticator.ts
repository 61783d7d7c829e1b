import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest();
const fromHex = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');

/** What a browser's script is given to ask an authenticator. */
export interface Wanted {
  challenge: string;
  user?: { id: string };
}

/** An Authenticator holds one passkey of ES256, and answers as a browser writes it: rightly, or in what a test has it do otherwise. */
export class Authenticator {
  readonly id = randomBytes(16);
  private readonly keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  counter = 0;
  userHandle = '';
  /** Present and verified; 0x01 is present alone (WebAuthn, 6.1). */
  flags = 0x05;

  constructor(
    public origin: string,
    public rpId = new URL(origin).hostname,
  ) {}

  create({ challenge, user }: Wanted): string {
    this.userHandle = user?.id ?? '';
    const { x = '', y = '' } = this.keys.publicKey.export({ format: 'jwk' });
    const point = (name: string, value: string) =>
      Buffer.concat([fromHex(`${name} 58 20`), Buffer.from(value, 'base64url')]);
    const cose = Buffer.concat([fromHex('a5 01 02 03 26 20 01'), point('21', x), point('22', y)]);
    const lengthOfId = Buffer.from([0, this.id.length]);
    const data = this.data(0x40, Buffer.concat([Buffer.alloc(16), lengthOfId, this.id, cose]));
    const text = (value: string) => Buffer.concat([Buffer.from([0x60 + value.length]), Buffer.from(value)]);
    const attestation = Buffer.concat([
      fromHex('a3'),
      text('fmt'),
      text('none'),
      text('attStmt'),
      fromHex('a0'),
      text('authData'),
      Buffer.from([0x58, data.length]),
      data,
    ]);
    return this.answer({
      clientDataJSON: this.clientData('webauthn.create', challenge),
      attestationObject: attestation.toString('base64url'),
    });
  }

  get({ challenge }: Wanted): string {
    const data = this.data(0);
    const clientDataJSON = this.clientData('webauthn.get', challenge);
    const signed = Buffer.concat([data, sha256(Buffer.from(clientDataJSON, 'base64url'))]);
    return this.answer({
      clientDataJSON,
      userHandle: this.userHandle,
      authenticatorData: data.toString('base64url'),
      signature: sign('sha256', signed, this.keys.privateKey).toString('base64url'),
    });
  }

  private data(more: number, rest = Buffer.alloc(0)): Buffer {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(this.counter);
    return Buffer.concat([sha256(this.rpId), Buffer.from([this.flags | more]), counter, rest]);
  }

  private clientData(type: string, challenge: string): string {
    return Buffer.from(JSON.stringify({ type, challenge, origin: this.origin })).toString('base64url');
  }

  private answer(response: object): string {
    const id = this.id.toString('base64url');
    return JSON.stringify({ id, rawId: id, type: 'public-key', clientExtensionResults: {}, response });
  }
}
