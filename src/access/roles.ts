export const roles = ['officer', 'manager', 'admin', 'auditor', 'monitor'] as const;
export type Role = (typeof roles)[number];

/** Who calls. Officers, managers and monitors see their department and those below it; the others see all. */
export interface Caller {
  keyId: string;
  name: string;
  role: Role;
  departmentId: string | null;
  officerId: string | null;
}

/** Sees every department. */
export function seesAll(caller: Caller): boolean {
  return caller.role === 'admin' || caller.role === 'auditor';
}

/** What a change keeps of who made it. */
export function actorOf(caller: Caller): string {
  return `${caller.role}:${caller.name}`;
}
