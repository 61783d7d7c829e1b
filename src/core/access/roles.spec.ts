import { actorOf, type Caller, callerIdOf, callerToKeep, type Role, roles, seesAll } from './roles.js';

const key = (role: Role): Caller => ({
  keyId: 'key-1',
  accountId: null,
  name: 'ledger',
  role,
  departmentId: null,
  officerId: null,
});
const person = (role: Role): Caller => ({
  ...key(role),
  keyId: null,
  accountId: 'account-1',
  name: '한여울',
});

describe('a caller', () => {
  it.each(roles)('who is %s sees every department only as an admin or an auditor', (role) => {
    expect(seesAll(key(role))).toBe(role === 'admin' || role === 'auditor');
  });

  it('is known by the account or the key, and is a mistake of ours without either', () => {
    expect(callerIdOf(key('officer'))).toBe('key-1');
    expect(callerIdOf(person('officer'))).toBe('account-1');
    expect(() => callerIdOf({ ...key('officer'), keyId: null })).toThrow(/neither/);
  });

  it('who is a person stands in the log by the account, never by a name', () => {
    expect(actorOf(person('manager'))).toBe('manager:@account-1');
    expect(actorOf(key('admin'))).toBe('admin:ledger');
  });

  it('who is a person is kept in a job without a name', () => {
    expect(callerToKeep(person('officer'))).toEqual({ ...person('officer'), name: '' });
    expect(callerToKeep(key('officer'))).toEqual(key('officer'));
  });
});
