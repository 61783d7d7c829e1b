import { newKeySchema } from './api-keys.controller.js';
import { makeKey, secretHash } from './api-keys.service.js';

describe('an API key', () => {
  it('has a public prefix to find it by, and 256 random bits', () => {
    const keys = Array.from({ length: 200 }, () => makeKey());
    for (const key of keys) expect(key).toMatch(/^chr_[A-Za-z0-9]{8}_[A-Za-z0-9_-]{43}$/);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('is kept as its SHA-256', () => {
    // FIPS 180-4's example of one block.
    expect(secretHash('abc').toString('hex')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });

  it.each([
    ['officer', false],
    ['manager', false],
    ['monitor', false],
    ['admin', true],
    ['auditor', true],
  ])('of a %s may do without a department: %s', (role, allowed) => {
    expect(newKeySchema.safeParse({ name: 'ledger', role }).success).toBe(allowed);
    const departmentId = '01996f3e-0000-7000-8000-000000000001';
    expect(newKeySchema.safeParse({ name: 'ledger', role, departmentId }).success).toBe(true);
  });

  it('takes nothing that it does not know, and no blank name', () => {
    expect(newKeySchema.safeParse({ name: 'ledger', role: 'admin', scope: 'all' }).success).toBe(false);
    expect(newKeySchema.safeParse({ name: '  ', role: 'admin' }).success).toBe(false);
    expect(newKeySchema.safeParse({ name: 'x'.repeat(101), role: 'admin' }).success).toBe(false);
    expect(newKeySchema.safeParse({ name: 'x'.repeat(100), role: 'admin' }).success).toBe(true);
  });
});
