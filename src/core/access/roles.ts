export const roles = ['officer', 'manager', 'admin', 'auditor', 'monitor'] as const;
export type Role = (typeof roles)[number];

/**
 * Who calls: a program by its key, or a person by a session of the account. Officers, managers and monitors see their
 * department and those below it; the others see all.
 */
export interface Caller {
  keyId: string | null;
  accountId: string | null;
  name: string;
  role: Role;
  departmentId: string | null;
  officerId: string | null;
}

/** Sees every department. */
export function seesAll(caller: Caller): boolean {
  return caller.role === 'admin' || caller.role === 'auditor';
}

/** The id of the key or of the account. */
export function callerIdOf(caller: Caller): string {
  const id = caller.accountId ?? caller.keyId;
  if (id === null) throw new Error('a caller has neither a key nor an account');
  return id;
}

/** As a job keeps it that works for the caller later on: a person's name is not written down. */
export function callerToKeep(caller: Caller): Caller {
  return caller.accountId === null ? caller : { ...caller, name: '' };
}

/** What a change keeps of who made it. A person stands in it by the account's id: names are not written into the log. */
export function actorOf(caller: Caller): string {
  return caller.accountId === null ? `${caller.role}:${caller.name}` : `${caller.role}:@${caller.accountId}`;
}
