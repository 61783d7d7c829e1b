export const roles = ['officer', 'manager', 'admin', 'auditor', 'monitor'] as const;
export type Role = (typeof roles)[number];

/**
 * A Caller is a program that came by its key, or a person who came by a session of their account. Officers, managers
 * and monitors see their department and those below it; the others see all.
 */
export interface Caller {
  keyId: string | null;
  accountId: string | null;
  name: string;
  role: Role;
  departmentId: string | null;
  officerId: string | null;
}

/** Whether the caller sees every department. */
export function seesAll(caller: Caller): boolean {
  return caller.role === 'admin' || caller.role === 'auditor';
}

/** Returns the id of the caller's account or key. Throws when a caller has neither. */
export function callerIdOf(caller: Caller): string {
  const id = caller.accountId ?? caller.keyId;
  if (id === null) throw new Error('a caller has neither a key nor an account');
  return id;
}

/** Returns the caller as a job keeps them that works for them later: a person's name is not written down. */
export function callerToKeep(caller: Caller): Caller {
  return caller.accountId === null ? caller : { ...caller, name: '' };
}

/**
 * Writes whom a change names as its actor. A person is named by the id of their account, because names are not
 * written into the log.
 */
export function actorOf(caller: Caller): string {
  return caller.accountId === null ? `${caller.role}:${caller.name}` : `${caller.role}:@${caller.accountId}`;
}

/** Tells whether a system calls: with a key that is no officer's. */
export function isSystem({ keyId, officerId }: Caller): boolean {
  return keyId !== null && officerId === null;
}
