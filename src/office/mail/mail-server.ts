import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { createTransport, type Transporter } from 'nodemailer';
import { CONFIG } from '../../platform/platform.tokens.js';

export interface Letter {
  /** It becomes the Message-ID, by which a reader drops a mail that a crash between sending and noting sent twice. */
  id: string;
  to: string;
  subject: string;
  text: string;
}

/** A server gets so many milliseconds to answer each step. */
const patienceMs = 20_000;

/** MailServer hands letters to the configured SMTP server. In a sandbox without one, letters are taken and go nowhere. */
@Injectable()
export class MailServer implements OnModuleDestroy {
  /** Whether there is anybody to take mail. */
  readonly isOn: boolean;
  /** Whether a letter comes to its reader alone. */
  readonly isPrivate: boolean;
  /** Whether letters stay in the sandbox, where they can be read. */
  readonly keepsLetters: boolean;
  private readonly transport: Transporter | null;

  constructor(
    @Inject(CONFIG)
    private readonly config: { provider: string; mail: { url: string; from: string } | null },
  ) {
    const { mail, provider } = config;
    this.keepsLetters = mail === null && provider === 'sandbox';
    this.isPrivate = mail !== null;
    this.isOn = mail !== null || this.keepsLetters;
    this.transport =
      mail &&
      createTransport({
        url: mail.url,
        connectionTimeout: patienceMs,
        greetingTimeout: patienceMs,
        socketTimeout: patienceMs,
      });
  }

  onModuleDestroy(): void {
    this.transport?.close();
  }

  /** Throws what the server answered; `isPermanent` tells whether trying again is of use. */
  async take({ id, to, subject, text }: Letter): Promise<void> {
    const { mail } = this.config;
    if (!this.transport || !mail) return;
    const host = mail.from.slice(mail.from.lastIndexOf('@') + 1).replace(/>$/, '');
    await this.transport.sendMail({
      from: mail.from,
      to,
      subject,
      text,
      messageId: `<${id}@${host}>`,
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
  }
}

/** Tells whether a server refused a letter for good: its answer begins with 5. */
export function isPermanent(error: unknown): boolean {
  const { responseCode } = error as { responseCode?: unknown };
  return typeof responseCode === 'number' && responseCode >= 500;
}
