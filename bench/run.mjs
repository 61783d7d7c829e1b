// `npm run bench`: what the service costs beside its peers. The first word names a part; without one all are measured.
const parts = { sending: './sending.mjs', sheets: './sheets.mjs' };

const [part = 'sheets', ...args] = process.argv.slice(2);
if (!parts[part]) {
  console.error(`There is no part ${part}: it is one of ${Object.keys(parts).join(', ')}.`);
  process.exit(1);
}
const { main } = await import(parts[part]);
await main(args);
