// Loaded into a built service (`--import`): its parts then throw where a test asks for it, each in its own way.
import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';

const dist = new URL('../../dist/src/', import.meta.url);
const load = (path) => import(new URL(path, dist).href);

const { PageGuard } = await load('office/accounts/page.guard.js');
const { CsrfInterceptor } = await load('office/accounts/csrf.js');
const { PageWriter, Surroundings } = await load('office/console/console-page.js');
const { ProblemFilter } = await load('platform/http/problem.filter.js');

const wanted = (request) => request?.headers?.['x-throw'];
const fault = (kind) => new Error(`thrown by a ${kind}`);

/** Puts something before a method: it throws when the request asks for this kind. */
function before(prototype, method, kind, requestOf) {
  const own = prototype[method];
  prototype[method] = function (...args) {
    if (!kind.test(wanted(requestOf(...args)) ?? '')) return own.apply(this, args);
    // Both ways of failing, one after the other, where a promise may be answered.
    if (kind.source === '^filter$' || fails++ % 2 === 0) throw fault(kind.source);
    return Promise.reject(fault(kind.source));
  };
}
let fails = 0;
const ofContext = (context) => context.switchToHttp().getRequest();

before(PageGuard.prototype, 'canActivate', /^guard$/, ofContext);
before(CsrfInterceptor.prototype, 'intercept', /^interceptor$/, ofContext);
before(Surroundings.prototype, 'for', /^(page|filter)$/, (request) => request);
before(PageWriter.prototype, 'writeError', /^filter$/, (visit) => visit.request);
before(ProblemFilter.prototype, 'catch', /^last filter$/, (_error, host) => ofContext(host));

/** Without a request: each kind when the process gets this signal. */
process.on('SIGUSR2', () => {
  setTimeout(() => {
    throw fault('timer');
  });
  setTimeout(() => Promise.reject(fault('timer that waits')));
  setImmediate(() =>
    new EventEmitter()
      .on('told', () => {
        throw fault('listener');
      })
      .emit('told'),
  );
  setImmediate(() => new EventEmitter().emit('error', fault('client without a listener')));
  setImmediate(() =>
    new Readable({
      read() {
        this.destroy(fault('stream'));
      },
    }).resume(),
  );
  Promise.reject(fault('promise'));
});
