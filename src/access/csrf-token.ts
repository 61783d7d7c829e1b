import { createHmac } from 'node:crypto';

/** A form's token follows from a secret that only the browser's cookie holds, and does not tell it. */
export function csrfTokenOf(secret: string): string {
  return createHmac('sha256', secret).update('form').digest('base64url');
}
