import { loggedPath } from './logging.module.js';

describe('the path that is logged', () => {
  it('has no query', () =>
    expect(loggedPath('/api/v1/contracts?reference=010-0000-2345')).toBe('/api/v1/contracts'));

  it.each([
    '/console/welcome/secret',
    '/console/welcome/secret?x=1',
    '//console//welcome//secret',
    '/Console/Welcome/secret/',
  ])('%s keeps the link to itself', (url) => expect(loggedPath(url)).not.toContain('secret'));

  it('keeps ids', () => expect(loggedPath('/console/contracts/0199')).toBe('/console/contracts/0199'));
});
