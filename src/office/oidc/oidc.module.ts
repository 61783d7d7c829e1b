import { Module } from '@nestjs/common';
import { Issuer } from './issuer.js';

/**
 * OidcModule lets people sign in by the agency's OpenID Connect issuer. It comes off with this folder, its pages and what the
 * configuration says of it.
 */
@Module({ providers: [Issuer], exports: [Issuer] })
export class OidcModule {}
