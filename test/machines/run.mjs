// `npm run test:machines`: the service on more than one machine, played by processes. See main.ts.
import { register } from 'node:module';

register('../support/typescript.hooks.mjs', import.meta.url);

const { main } = await import('./main.ts');
await main(process.argv.slice(2));
