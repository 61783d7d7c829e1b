// `npm run bench -- receipts`: signed receipts, 50 at a time, against the same endpoint without a database.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Agent, request } from 'undici';
import { makeCity, receiptOf } from './city.mjs';
import {
  account,
  atTheEnd,
  cpuUs,
  freePort,
  median,
  must,
  root,
  startPostgres,
  startService,
} from './ground.mjs';

export const options = { receipts: 6000, rounds: 3, wide: 50 };

export async function measure(folder, wish) {
  const postgres = await startPostgres(folder);
  const city = await makeCity(folder, postgres);
  await city.service.stop();
  const service = await startService({
    folder,
    name: 'all',
    environment: { ...city.environment, SMS_RATE: '10000', SMS_CONCURRENCY: '100' },
  });
  const bare = await startBare(service.url);
  let sent = 1;
  const rounds = [];
  for (let n = 0; n <= wish.rounds; n += 1) {
    await city.provider.forget();
    await city.due.copy(wish.receipts, { prefix: 'R', from: sent });
    sent += wish.receipts;
    const isAccepted = async () =>
      (await city.pool.query(`SELECT count(*)::int AS n FROM message WHERE status <> 'sending'`)).rows[0]
        .n === sent;
    await must('all are sent', isAccepted, 120_000);
    const texts = (await city.provider.ledger()).slice(-wish.receipts);
    const receipts = texts.map((text) => receiptOf(text, 'delivered'));
    const toBare = receipts.map((receipt) => ({
      ...receipt,
      url: receipt.url.replace(service.url, bare.url),
    }));
    const without = await post(toBare, wish.wide, () => cpuUs({ processes: [bare.pid] }));
    const full = await post(receipts, wish.wide, () =>
      cpuUs({ processes: [service.pid], servers: [postgres.pid] }),
    );
    const { rows } = await city.pool.query(
      `SELECT count(*)::int AS n FROM message WHERE status = 'delivered'`,
    );
    if (rows[0].n < wish.receipts * (n + 1))
      throw new Error(`${rows[0].n} of ${wish.receipts * (n + 1)} are delivered`);
    // The first round warms up.
    if (n > 0) rounds.push({ service: full, bare: without });
    console.error(
      `round ${n}: ${full.perSecond.toFixed(0)} receipts/s, p50 ${full.p50.toFixed(1)} ms, CPU ${full.cpuUs.toFixed(0)} µs; without a database ${without.perSecond.toFixed(0)}/s, ${without.cpuUs.toFixed(0)} µs; ratio ${(full.perSecond / without.perSecond).toFixed(3)}`,
    );
  }
  const of = (who, what) => median(rounds.map((round) => round[who][what]));
  return {
    perSecond: of('service', 'perSecond'),
    cpuUs: of('service', 'cpuUs'),
    p50: of('service', 'p50'),
    bare: of('bare', 'perSecond'),
    ratio: of('service', 'perSecond') / of('bare', 'perSecond'),
    rounds,
  };
}

async function startBare(publicUrl) {
  const port = await freePort();
  const child = spawn(
    process.execPath,
    [join(root, 'bench/webhook.mjs'), String(port), JSON.stringify({ ...account, publicUrl })],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  await once(createInterface(child.stdout), 'line');
  atTheEnd(async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  return { url: `http://127.0.0.1:${port}`, pid: child.pid };
}

/** Posts all, so many at a time, and throws unless each is taken. */
async function post(receipts, wide, cpu) {
  const agent = new Agent({ connections: wide, pipelining: 1 });
  const times = [];
  let next = 0;
  const before = cpu();
  const began = performance.now();
  const caller = async () => {
    while (next < receipts.length) {
      const { url, headers, body } = receipts[next++];
      const at = performance.now();
      const answer = await request(url, { method: 'POST', headers, body, dispatcher: agent });
      await answer.body.dump();
      if (answer.statusCode !== 204) throw new Error(`a receipt was answered ${answer.statusCode}`);
      times.push(performance.now() - at);
    }
  };
  await Promise.all(Array.from({ length: wide }, caller));
  const seconds = (performance.now() - began) / 1000;
  const used = cpu() - before;
  await agent.close();
  return { perSecond: receipts.length / seconds, cpuUs: used / receipts.length, p50: median(times) };
}
