import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const read = (path: string) => readFileSync(join(process.cwd(), path), 'utf8');

describe('the image', () => {
  const stages = [...read('Dockerfile').matchAll(/^FROM (\S+)(?: AS (\S+))?$/gm)];

  it('is built on what a digest names, and on nothing that a tag may move', () => {
    const own = stages.map(([, , name]) => name);
    const bases = stages.map(([, base = '']) => base).filter((base) => !own.includes(base));
    expect(bases).toEqual([expect.stringMatching(/^node:\d+\.\d+\.\d+-bookworm-slim@sha256:[0-9a-f]{64}$/)]);
  });

  it('runs as an ordinary user', () => {
    const last = read('Dockerfile').slice(stages.at(-1)?.index);
    expect(/^USER (\S+)$/m.exec(last)?.[1]).toBe('node');
  });
});

describe('the file that Renovate reads', () => {
  const { packageRules } = JSON.parse(read('renovate.json')) as {
    packageRules: { description: string; matchPackageNames?: string[]; allowedVersions?: string }[];
  };
  const { dependencies, devDependencies, overrides } = JSON.parse(read('package.json')) as Record<
    string,
    Record<string, string>
  >;

  it('has a rule, with its reason, for each version that is pinned to the digit', () => {
    const pinned = Object.entries({ ...dependencies, ...devDependencies, ...overrides })
      .filter(([, version]) => /^\d/.test(version))
      .map(([name]) => name);
    expect(pinned.length).toBeGreaterThan(0);
    for (const name of pinned) {
      const rule = packageRules.find(({ matchPackageNames }) => matchPackageNames?.includes(name));
      expect([name, rule?.description]).toEqual([name, expect.any(String)]);
    }
  });

  it('names packages that there are', () => {
    const known = { ...dependencies, ...devDependencies, ...overrides, node: '' };
    const named = packageRules.flatMap(({ matchPackageNames = [] }) => matchPackageNames);
    for (const name of named.filter((one) => !one.includes('*'))) expect(Object.keys(known)).toContain(name);
  });
});
