import { loggedError, loggedPath } from './logging.module.js';

describe('the path that is logged', () => {
  it('has no query', () =>
    expect(loggedPath('/api/v1/contracts?reference=010-0000-2345')).toBe('/api/v1/contracts'));

  it.each([
    '/console/welcome/secret',
    '/console/welcome/secret?x=1',
    '//console//welcome//secret',
    '/Console/Welcome/secret/',
    '/console/%77elcome/secret',
    '/%63onsole%2fwelcome%2Fsecret',
    '/console/%2577elcome/secret',
    '/console/%ff%77elcome/welcome/secret',
    'http://chorong.example/console/welcome/secret',
    '/console/welcome/secret#top',
    '/console/welcome/%73ecret/%',
    '/console/welcome//secret',
  ])('%s keeps the link to itself', (url) => expect(loggedPath(url)).not.toContain('secret'));

  it('keeps a token to itself wherever it was mistyped to', () => {
    const token = 'abcdefghijklmnopqrstuvwxyz-0123456789_ABCDE';
    for (const path of [`/console/welcom/${token}`, `/welcome${token}`, `/%2fconsole/${token}/`])
      expect(loggedPath(path)).not.toContain('0123456789');
  });

  it.each(['/%', '/%zz/%f', '/console/%E0%A4%A', '%', ''])(
    'of %j, which cannot be decoded, is as it came',
    (url) => expect(loggedPath(url)).toBe(url),
  );

  it('stays encoded where there is nothing to keep back', () =>
    expect(loggedPath('/api/v1/%EA%B3%84%EC%95%BD/a%20b')).toBe('/api/v1/%EA%B3%84%EC%95%BD/a%20b'));

  it('keeps ids', () =>
    expect(loggedPath('/api/v1/contracts/01996f3e-0000-7000-8000-000000000001/changes')).toBe(
      '/api/v1/contracts/01996f3e-0000-7000-8000-000000000001/changes',
    ));
});

describe('an error that is logged', () => {
  it('keeps what it is, where it came from and its code', () => {
    const error = Object.assign(new TypeError('the port is taken'), {
      code: 'EADDRINUSE',
      syscall: 'listen',
    });
    expect(loggedError(error)).toEqual({
      type: 'TypeError',
      message: 'the port is taken',
      stack: error.stack,
      code: 'EADDRINUSE',
      syscall: 'listen',
    });
  });

  it.each(['code', 'status', 'constraint', 'table', 'column', 'syscall'])('keeps its %s', (member) => {
    expect(loggedError(Object.assign(new Error('failed'), { [member]: 'kept' }))).toMatchObject({
      [member]: 'kept',
    });
  });

  it('keeps no other member, which may be a statement’s parameters or a call’s credentials', () => {
    const error = Object.assign(new Error('failed'), {
      parameters: ['secret'],
      detail: 'secret',
      where: 'secret',
      hint: 'secret',
      query: 'secret',
      config: { headers: { Authorization: 'secret' } },
      driverError: Object.assign(new Error('failed'), { detail: 'secret' }),
    });
    expect(JSON.stringify(loggedError(error))).not.toContain('secret');
  });

  it('keeps its causes and, of several errors, each', () => {
    const cause = Object.assign(new Error('the disk is full'), { code: '53100' });
    expect(loggedError(new Error('not saved', { cause }))).toMatchObject({
      message: 'not saved: the disk is full',
      stack: expect.stringContaining('caused by: Error: the disk is full') as string,
    });
    expect(loggedError(new AggregateError([cause, new Error('late')], 'both failed'))).toMatchObject({
      message: 'both failed',
      errors: [{ message: 'the disk is full', code: '53100' }, { message: 'late' }],
    });
  });

  it('keeps no message that quotes a value, at whichever depth', () => {
    const refused = Object.assign(new Error('invalid input syntax for type uuid: "secret"'), {
      code: '22P02',
    });
    const error = new Error('a step failed', { cause: new Error('and why', { cause: refused }) });
    const logged = loggedError(new AggregateError([refused, error], 'failed'));
    expect(JSON.stringify(logged)).not.toContain('secret');
    expect(logged).toMatchObject({
      errors: [{ code: '22P02' }, { message: 'a step failed: and why: a value cannot be read' }],
    });
  });

  it.each([[null], [undefined], ['text'], [42], [{}], [{ message: 42 }], [() => undefined]])(
    'that is %p is none',
    (thrown) => expect(loggedError(thrown)).toBeNull(),
  );
});
