import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Config } from './config/config.js';
import type { Role } from './core/access/roles.js';

/** Passwords of the sandbox's people, by role, as the data folder keeps them. */
export type Passwords = Partial<Record<Role, string>>;

export interface PersonToWelcome {
  role: string;
  email: string;
  password: string;
}

/** Office is what the whole service asks of the wing that people use, which may be missing. */
export interface Office {
  with(config: Config): DynamicModule;
  welcomePeople(app: NestFastifyApplication, passwords: Passwords): Promise<PersonToWelcome[]>;
  /** `report` is called with the share that is done, between 0 and 1. */
  fillSandbox(app: NestFastifyApplication, report: (share: number) => void): Promise<void>;
}

/** Finds the wing that people use. It is null when its folder was removed: the core then runs alone. */
export async function findOffice(): Promise<Office | null> {
  if (!existsSync(fileURLToPath(new URL('./office', import.meta.url)))) return null;
  // The compiler must not follow this path, so that the core builds without the office.
  const path = './office/office.module.js';
  const { OfficeModule } = (await import(path)) as { OfficeModule: Office };
  return OfficeModule;
}
