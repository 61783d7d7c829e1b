import { Form, ownAddress } from './form.js';

describe('where a form leads', () => {
  it.each([
    ['/console/contracts?q=a+b&state=', '/console/contracts?q=a+b&state='],
    ["/console/contracts?q=(주)'~*!@", '/console/contracts?q=(%EC%A3%BC)%27~*!@'],
    ['/genuine', '/genuine'],
    ['/console', '/console'],
  ])('keeps its own addresses: %s', (wanted, kept) => {
    expect(ownAddress(wanted)).toBe(kept);
  });

  it.each([
    'https://elsewhere.example/console',
    '//elsewhere.example/console',
    '/\\elsewhere.example/console',
    '/console/../docs',
    '/consoles',
    'javascript:alert(1)',
    '/\t/elsewhere.example',
    undefined,
    7,
  ])('goes home rather than to %p', (wanted) => {
    expect(ownAddress(wanted)).toBe('/console');
  });
});

it('takes a blank field for one that was not sent, and leaves passwords as they are typed', () => {
  const form = new Form({ a: '  ', b: ' x ', password: ' spaced ' });
  expect([form.text('a'), form.text('b'), form.raw('password')]).toEqual([undefined, 'x', ' spaced ']);
});
