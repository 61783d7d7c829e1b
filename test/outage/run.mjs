// `npm run test:outage`: outages and floods as a program of its own, because it cuts off what it tests. See main.ts.
import { register } from 'node:module';

register('../support/typescript.hooks.mjs', import.meta.url);

const { main } = await import('./main.ts');
await main(process.argv.slice(2));
