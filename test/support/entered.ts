import type { Entered } from '../../src/office/accounts/sessions.service.js';

/** Returns the session of somebody of whom no second factor is asked. */
export async function signedIn(entering: Promise<Entered>): Promise<{ token: string }> {
  const entered = await entering;
  if (!('token' in entered)) throw new Error('a second factor was asked for');
  return entered;
}
