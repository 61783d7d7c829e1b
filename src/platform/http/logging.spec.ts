import { loggedPath } from './logging.module.js';

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

  it('keeps ids', () =>
    expect(loggedPath('/api/v1/contracts/01996f3e-0000-7000-8000-000000000001/changes')).toBe(
      '/api/v1/contracts/01996f3e-0000-7000-8000-000000000001/changes',
    ));
});
