// Cuts a process off from everything but one port of this machine, the database's: loaded by `node --import` into the copy that a drill
// starts. What it wanted to reach is written to a file, a line each.
import { appendFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';

const { CUT_OFF_BUT_PORT: allowed, CUT_OFF_REFUSED: refused } = process.env;
// That the file is there says that the process was cut off.
writeFileSync(refused, '');

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  const to = addressOf(args);
  if (['127.0.0.1', 'localhost'].includes(to.host) && String(to.port) === allowed)
    return connect.apply(this, args);
  appendFileSync(refused, `${to.path ?? `${to.host}:${to.port}`}\n`);
  const error = Object.assign(new Error('the drill has cut this process off'), { code: 'ECONNREFUSED' });
  process.nextTick(() => this.destroy(error));
  return this;
};

/** Node itself calls with its arguments in an array; others give a path, a port with a host, or options. */
function addressOf([first, second]) {
  const given = Array.isArray(first) ? first[0] : first;
  if (given !== null && typeof given === 'object') return { host: 'localhost', ...given };
  if (Number.isNaN(Number(given))) return { path: given };
  return { port: given, host: typeof second === 'string' ? second : 'localhost' };
}
