import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';

/*
 * A verifier of transparency log proofs, written from the pages of C2SP (tlog-proof, tlog-policy, tlog-checkpoint,
 * tlog-cosignature, signed-note) and RFC 6962 alone, before the code that writes our proofs was read. It shares no line with it.
 */

interface Key {
  name: string;
  id: string;
  algorithm: number;
  key: KeyObject;
}

interface Policy {
  logs: Key[];
  witnesses: Map<string, Key>;
  quorum: (cosigned: Set<string>) => boolean;
}

/** Thrown with the first thing about a proof or a policy that a stranger cannot accept. */
export class NotAccepted extends Error {}

/** Verifies that an entry stands in a log as a tlog-proof says, by a tlog-policy; answers the entry's index and who cosigned. */
export function verifyProof(
  proof: string,
  policyText: string,
  entry: Uint8Array,
): { index: number; size: number; cosigned: string[] } {
  const policy = readPolicy(policyText);
  const { index, hashes, checkpoint } = readProof(proof);
  const { origin, size, root, cosigned } = readCheckpoint(checkpoint, policy);
  demand(policy.quorum(cosigned), `the quorum is not met by ${[...cosigned].join(', ') || 'nobody'}`);
  demand(index < size, 'the index lies outside of the tree');
  demand(
    rootOf(sha256([0], entry), index, size, hashes).equals(root),
    `the proof leads to another root than that of ${origin}`,
  );
  return { index, size, cosigned: [...cosigned] };
}

function readProof(text: string) {
  const cut = text.indexOf('\n\n');
  demand(cut > 0, 'no empty line stands before the checkpoint');
  const lines = text.slice(0, cut).split('\n');
  demand(lines.shift() === 'c2sp.org/tlog-proof@v1', 'the first line is not that of a proof');
  if (lines[0]?.startsWith('extra ')) {
    base64(lines.shift()!.slice('extra '.length));
  }
  const index = /^index (0|[1-9]\d*)$/.exec(lines.shift() ?? '');
  demand(index !== null, 'no index');
  const hashes = lines.map(base64);
  demand(
    hashes.every((hash) => hash.length === 32),
    'a hash of the proof is not one of SHA-256',
  );
  return { index: Number(index[1]), hashes, checkpoint: text.slice(cut + 2) };
}

function readCheckpoint(note: string, policy: Policy) {
  demand(!/[\u0000-\u0009\u000b-\u001f]/.test(note), 'control characters in the checkpoint');
  const cut = note.lastIndexOf('\n\n');
  demand(cut > 0 && note.endsWith('\n'), 'the checkpoint is not a signed note');
  const text = note.slice(0, cut + 1);
  const [origin, size, root] = text.split('\n');
  demand(
    origin !== undefined && /^(0|[1-9]\d*)$/.test(size ?? '') && root !== undefined,
    'not the text of a checkpoint',
  );
  let signed = false;
  const cosigned = new Set<string>();
  for (const line of note.slice(cut + 2, -1).split('\n')) {
    const parts = /^— ([^\s+]+) (\S+)$/.exec(line);
    demand(parts !== null, 'not a signature line');
    const signature = base64(parts[2]!);
    const id = signature.subarray(0, 4).toString('hex');
    const isBy = (key: Key) => key.name === parts[1] && key.id === id;
    const log = policy.logs.find((key) => isBy(key) && key.name === origin);
    if (log) {
      demand(
        verify(null, Buffer.from(text), log.key, signature.subarray(4)),
        'the signature of the log is wrong',
      );
      signed = true;
    }
    for (const [name, witness] of policy.witnesses) {
      if (isBy(witness)) {
        demand(signature.length === 4 + 8 + 64, `the cosignature of ${name} has another length`);
        const message = `cosignature/v1\ntime ${signature.readBigUInt64BE(4)}\n${text}`;
        demand(
          verify(null, Buffer.from(message), witness.key, signature.subarray(12)),
          `the cosignature of ${name} is wrong`,
        );
        cosigned.add(name);
      }
    }
  }
  demand(signed, 'no log of the policy has signed the checkpoint');
  return { origin, size: Number(size), root: base64(root), cosigned };
}

/** The root that a proof leads to, by RFC 6962, section 2.1.1: the path is read from the leaf to the root. */
function rootOf(leaf: Buffer, index: number, size: number, path: Buffer[]): Buffer {
  if (size === 1) {
    demand(path.length === 0, 'the proof is too long');
    return leaf;
  }
  const sibling = path.at(-1);
  demand(sibling !== undefined, 'the proof is too short');
  let left = 1;
  while (left * 2 < size) {
    left *= 2;
  }
  const below = path.slice(0, -1);
  return index < left
    ? sha256([1], rootOf(leaf, index, left, below), sibling)
    : sha256([1], sibling, rootOf(leaf, index - left, size - left, below));
}

function readPolicy(text: string): Policy {
  const logs: Key[] = [];
  const witnesses = new Map<string, Key>();
  const names = new Map<string, (cosigned: Set<string>) => boolean>([['none', () => true]]);
  let quorum: Policy['quorum'] | undefined;
  const known = (name: string | undefined) => {
    const rule = names.get(name ?? '');
    demand(rule !== undefined, `the policy does not define ${name}`);
    return rule;
  };
  const define = (name: string, rule: (cosigned: Set<string>) => boolean) => {
    demand(!names.has(name), `the policy defines ${name} twice`);
    names.set(name, rule);
  };
  for (const line of text.split('\n')) {
    const [word, name, ...rest] = line.split(/[ \t]+/).filter((part) => part !== '');
    if (word === undefined || word.startsWith('#')) {
      continue;
    } else if (word === 'log') {
      logs.push(readKey(name!, 1));
    } else if (word === 'witness') {
      witnesses.set(name!, readKey(rest[0]!, 4));
      define(name!, (cosigned) => cosigned.has(name!));
    } else if (word === 'group') {
      const [needed, ...members] = rest;
      demand(
        new Set(members).size === members.length && !members.includes('none'),
        'a group names a member twice, or none',
      );
      const rules = members.map(known);
      const least = needed === 'all' ? rules.length : needed === 'any' ? 1 : Number(needed);
      demand(least >= 1 && least <= rules.length, 'a group that nobody can fill');
      define(name!, (cosigned) => rules.filter((rule) => rule(cosigned)).length >= least);
    } else {
      demand(word === 'quorum' && quorum === undefined, `the policy says ${word}`);
      quorum = known(name);
    }
  }
  demand(quorum !== undefined, 'the policy has no quorum');
  return { logs, witnesses, quorum };
}

function readKey(vkey: string, algorithm: number): Key {
  const [, name, id, encoded] = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(vkey) ?? [];
  demand(name !== undefined && id !== undefined && encoded !== undefined, 'not a verifier key');
  const bytes = base64(encoded);
  demand(bytes[0] === algorithm && bytes.length === 33, 'a verifier key of another kind');
  demand(
    sha256(Buffer.from(`${name}\n`), bytes)
      .subarray(0, 4)
      .toString('hex') === id,
    'a verifier key whose id is another',
  );
  const key = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: bytes.subarray(1).toString('base64url') },
    format: 'jwk',
  });
  return { name, id, algorithm, key };
}

function sha256(...parts: (Uint8Array | number[])[]): Buffer {
  return createHash('sha256')
    .update(Buffer.concat(parts.map((part) => Uint8Array.from(part))))
    .digest();
}

function base64(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  demand(bytes.toString('base64') === text, 'not base64');
  return bytes;
}

function demand(holds: boolean, otherwise: string): asserts holds {
  if (!holds) {
    throw new NotAccepted(otherwise);
  }
}
