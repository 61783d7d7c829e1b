// `node deploy/new-environment.mjs > .env` makes the secrets of a new installation, for compose.yaml and for a Secret of Kubernetes.
import { createHash, createPrivateKey, createPublicKey, randomBytes } from 'node:crypto';

const origin = process.argv[2] ?? 'localhost/log';
const password = () => randomBytes(24).toString('hex');
const key = () => randomBytes(32);

/** Makes a UUID of version 7 (RFC 9562). */
function newInstance() {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** Returns the verifier key (C2SP's signed-note) of a log that this seed of Ed25519 signs: a witness is started with it. */
function verifierKey(name, seed) {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const { x } = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })).export({
    format: 'jwk',
  });
  const typed = Buffer.concat([Buffer.from([1]), Buffer.from(x, 'base64url')]);
  const id = createHash('sha256').update(`${name}\n`).update(typed).digest('hex').slice(0, 8);
  return `${name}+${id}+${typed.toString('base64')}`;
}

const logKey = key();
const year = new Date().getUTCFullYear();
const environment = {
  POSTGRES_PASSWORD: password(),
  CHORONG_OWNER_PASSWORD: password(),
  CHORONG_APP_PASSWORD: password(),
  REDIS_PASSWORD: password(),
  CHORONG_INSTANCE: newInstance(),
  CHORONG_SEALING_KEYS: `${year}a:${key().toString('base64')}`,
  CHORONG_INDEX_KEY: key().toString('base64'),
  CHORONG_LOG_ORIGIN: origin,
  CHORONG_LOG_KEY: logKey.toString('base64'),
  LOG_VERIFIER_KEY: verifierKey(origin, logKey),
  BOOTSTRAP_API_KEY: `chr_${randomBytes(4).toString('hex')}_${randomBytes(32).toString('base64url')}`,
};
for (const [name, value] of Object.entries(environment)) process.stdout.write(`${name}=${value}\n`);
