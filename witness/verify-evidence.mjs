// Verifies an evidence pack without the service that made it: node verify-evidence.mjs pack.json --policy policy.txt
// It needs Node 18 alone, and goes by RFC 6962, RFC 8785 and signed-note, tlog-cosignature, tlog-proof and tlog-policy of c2sp.org.
// Take the keys in the policy from whom you trust, not from whoever gave you the pack.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';

const sha256 = (...parts) =>
  parts.reduce((hash, part) => hash.update(Buffer.from(part)), createHash('sha256')).digest();
const demand = (holds, otherwise) => {
  if (!holds) throw new Error(otherwise);
};
const bytesOf = (text, encoding) => {
  const bytes = Buffer.from(String(text), encoding);
  demand(bytes.toString(encoding) === text, `"${text}" is not ${encoding}`);
  return bytes;
};

function keyOf(text, type) {
  const [, name, id, base64] = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text) ?? [];
  const typed = bytesOf(base64, 'base64');
  const isWhole = sha256(`${name}\n`, typed).toString('hex', 0, 4) === id;
  demand(isWhole && typed.length === 33 && typed[0] === type, `${text} is no key of this use`);
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: typed.toString('base64url', 1) };
  return { name, id, key: createPublicKey({ key: jwk, format: 'jwk' }) };
}

function policyOf(text) {
  const policy = { logs: [], witnesses: [], quorum: null };
  const rules = new Map([['none', () => true]]);
  const ruleOf = (name) => rules.get(name) ?? demand(false, `the policy does not define ${name}`);
  for (const line of text.split('\n')) {
    const [word, name, least, ...rest] = line.trim().split(/[ \t]+/);
    if (word === '' || word.startsWith('#')) continue;
    else if (word === 'log') policy.logs.push(keyOf(name, 1));
    else if (word === 'witness') {
      policy.witnesses.push({ ...keyOf(least, 4), alias: name });
      rules.set(name, (signed) => signed.has(name));
    } else if (word === 'group') {
      const members = [...new Set(rest)].map(ruleOf);
      const count = { all: members.length, any: 1 }[least] ?? Number(least);
      demand(count >= 1 && count <= members.length, `nobody can fill the group ${name}`);
      rules.set(name, (signed) => members.filter((isIn) => isIn(signed)).length >= count);
    } else if (word === 'quorum' && !policy.quorum) policy.quorum = ruleOf(name);
    else demand(false, `the policy says "${line}"`);
  }
  demand(policy.quorum, 'the policy has no quorum');
  return policy;
}

/** Returns size and root of a checkpoint that a log and enough witnesses of the policy have signed. */
function checkpointOf(note, policy) {
  const end = note.lastIndexOf('\n\n') + 1;
  const text = note.slice(0, end);
  const [origin, size, root] = text.split('\n');
  const signed = new Set();
  for (const line of note.slice(end + 1, -1).split('\n')) {
    const [dash, name, base64] = line.split(' ');
    demand(dash === '—', 'a signature has another form');
    const bytes = bytesOf(base64, 'base64');
    const isOf = (key) => key.name === name && key.id === bytes.toString('hex', 0, 4);
    for (const { key } of policy.logs.filter((log) => log.name === origin && isOf(log))) {
      demand(verify(null, Buffer.from(text), key, bytes.subarray(4)), 'the signature of the log is wrong');
      signed.add(policy);
    }
    for (const { alias, key } of policy.witnesses.filter(isOf)) {
      const message = Buffer.from(`cosignature/v1\ntime ${bytes.readBigUInt64BE(4)}\n${text}`);
      demand(verify(null, message, key, bytes.subarray(12)), `the cosignature of ${alias} is wrong`);
      signed.add(alias);
    }
  }
  demand(signed.delete(policy), 'no log of the policy has signed the checkpoint');
  demand(policy.quorum(signed), `too few witnesses have signed: ${[...signed].join(', ') || 'none'}`);
  return { size: Number(size), root };
}

/** Requires that an entry stands at its index under a root that is signed (RFC 6962, 2.1.1). */
function requireProof(entry, { index, proof }, policy) {
  demand(proof, 'no signed checkpoint covers it yet: fetch the pack again in a minute');
  const end = proof.indexOf('\n\n');
  const [head, ...lines] = proof.slice(0, end).split('\n');
  demand(head === 'c2sp.org/tlog-proof@v1', 'its proof is none');
  if (lines[0].startsWith('extra ')) lines.shift();
  demand(lines.shift() === `index ${index}`, 'its proof is of another index');
  const { size, root } = checkpointOf(proof.slice(end + 2), policy);
  demand(index >= 0 && index < size, 'it lies outside of the log');
  const rootOf = (at, count) => {
    if (count === 1) return sha256([0], entry);
    const split = 2 ** Math.ceil(Math.log2(count) - 1);
    const sibling = bytesOf(lines.pop(), 'base64');
    return at < split
      ? sha256([1], rootOf(at, split), sibling)
      : sha256([1], sibling, rootOf(at - split, count - split));
  };
  const fits = rootOf(index, size).toString('base64') === root && lines.length === 0;
  demand(fits, 'this does not stand in the log at its index');
}

/** Writes a value as RFC 8785 does. The numbers of leaves are whole. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.keys(value).sort();
  return `{${members.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
}

/** Requires that a leaf is of the contract, and that each value that it changes is the one that was put there last. */
function requireStory({ kind, subject, body }, { contract, named, values }) {
  const isOf = [subject, body.contract_id].includes(contract) || named.has(subject);
  const isApart = kind === 'receipt' || kind === 'setting' || body.subject === 'setting';
  demand(isOf || isApart, 'it is of another contract, or what comes before it is missing');
  if (kind !== 'change' || body.subject !== 'contract') return;
  demand(values.id || body.what === 'registered', 'that the contract was registered is missing');
  const field = body.params.field;
  const isNext = !field || canonical(body.before[field]) === canonical(values[field]);
  demand(isNext, `what changed ${field} before is missing`);
  Object.assign(values, body.after);
}
process.on('uncaughtException', ({ message }) => process.exit(console.log(`REFUSED: ${message}`) ?? 1));
const [file, option, policyFile] = process.argv.slice(2);
demand(option === '--policy' && policyFile, 'node verify-evidence.mjs pack.json --policy policy.txt');
const policy = policyOf(readFileSync(policyFile, 'utf8'));
const { contract, items } = JSON.parse(readFileSync(file, 'utf8'));
const named = new Set(items.flatMap(({ leaf: { body } }) => [body.message, body.templateVersion]));
const story = { contract: contract.id, named, values: {}, last: -1 };
for (const { leaf, salt, openings, ...place } of items) {
  const { id, kind, subject, body } = leaf;
  const at = new Date(parseInt(id.replace('-', '').slice(0, 12), 16)).toISOString();
  const what = [String(place.index), at, body.what ?? kind, body.params?.field, body.actor].filter(Boolean);
  try {
    const said = canonical(salt ? { id, kind, subject, body } : body);
    requireProof(salt ? sha256(bytesOf(salt, 'hex'), said) : sha256([0], said), place, policy);
    for (const { path, salt: own, value } of openings) {
      const commitment = path.split('.').reduce((part, key) => part[key], body);
      const opened = sha256(bytesOf(own, 'hex'), value).toString('hex');
      demand(commitment === opened, `${path} is not what was committed to`);
    }
    demand(place.index > story.last, 'it is not in the order of the log');
    story.last = place.index;
    requireStory(leaf, story);
    console.log([...what, ...openings.map(({ value }) => JSON.stringify(value)), 'fits'].join('  '));
  } catch (error) {
    console.log([...what, `REFUSED: ${error.message}`].join('  '));
    process.exitCode = 1;
  }
}
demand(story.values.id, 'nothing in the pack says that the contract was registered');
console.log(
  process.exitCode ? 'Not all of it fits.' : `${items.length} entries of ${story.values.reference} fit.`,
);
