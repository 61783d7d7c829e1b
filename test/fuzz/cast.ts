import { randomUUID } from 'node:crypto';
import { type Role, roles } from '../../src/core/access/roles.js';
import { csrfTokenOf } from '../../src/office/accounts/csrf.js';
import { ok } from '../support/api-client.js';
import { cookieName, ownOrigin } from '../support/page-client.js';
import type { TestService } from '../support/service.js';
import type { Draft, Pairs } from './wire.js';

export type Caller = Role | 'nobody';
export const callers: Caller[] = [...roles, 'nobody'];

interface Credentials {
  key: string;
  token: string;
}

/** What a browser without a session holds, so that it may send the forms that are open to all. */
const formSecret = 'a-secret-of-forms-that-is-nobodys-in-particular';

/** The Cast is one caller of each role, with a key and a session; who was revoked or disabled meanwhile is replaced. */
export class Cast {
  /** Every key and token that was ever in use: none may stand in the log. */
  readonly secrets: string[] = [formSecret];
  private readonly credentials = new Map<Caller, Credentials>();

  constructor(
    private readonly service: TestService,
    private readonly departmentId: string,
  ) {}

  async renew(role: Role): Promise<void> {
    const departmentId = role === 'admin' || role === 'auditor' ? null : this.departmentId;
    const named = { name: `fuzz ${role} ${randomUUID()}`, role, departmentId };
    const { key } = ok(await this.service.admin.post<{ key: string }>('/api-keys', named));
    const { token } = await this.service.newcomer(role, departmentId);
    this.credentials.set(role, { key, token: token ?? '' });
    this.secrets.push(key, token ?? '');
  }

  /** The token that the caller's forms hold. */
  csrfOf(caller: Caller): string {
    return csrfTokenOf(this.credentials.get(caller)?.token ?? formSecret);
  }

  /** The request as the caller's program or browser sends it; nobody's brings what opens the other surface. */
  sign(draft: Draft, caller: Caller, isPage: boolean): Draft {
    const { key, token } = this.credentials.get(caller) ?? { key: null, token: null };
    if (!isPage) return { ...draft, headers: [...this.keyOf(key), ...draft.headers] };
    const cookie = token ? `${cookieName}=${token}` : `${cookieName}-form=${formSecret}`;
    const headers: Pairs = [
      ['cookie', cookie],
      ...(draft.method === 'GET' ? [] : ([['origin', ownOrigin]] as Pairs)),
      ...draft.headers,
    ];
    const { body } = draft;
    if (body?.is !== 'form' || body.fields.some(([name]) => name === '_csrf')) return { ...draft, headers };
    return { ...draft, headers, body: { ...body, fields: [['_csrf', this.csrfOf(caller)], ...body.fields] } };
  }

  private keyOf(key: string | null): Pairs {
    const session = this.credentials.get('admin')?.token;
    return key ? [['authorization', `Bearer ${key}`]] : [['cookie', `${cookieName}=${session}`]];
  }
}
