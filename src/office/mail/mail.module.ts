import { Global, Module } from '@nestjs/common';
import { MailServer } from './mail-server.js';
import { Mails } from './mails.service.js';

@Global()
@Module({ providers: [MailServer, Mails], exports: [Mails] })
export class MailModule {}
