// `npm run test:faults`: the faults as a program of its own, because it kills what it tests. See main.ts.
import { register } from 'node:module';

register('../support/typescript.hooks.mjs', import.meta.url);

const { main } = await import('./main.ts');
await main(process.argv.slice(2));
