import { type ExecutionContext, RequestMethod } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import type { Caller } from './roles.js';
import { Allow, CurrentCaller, Public, ruleKey, ShownOnce, shownOnceKey, Webhook } from './rules.js';

class Routes {
  @Allow('admin', 'auditor')
  allowed(@CurrentCaller() caller: Caller) {
    return caller;
  }

  @Public()
  open() {
    return RequestMethod.GET;
  }

  @Webhook()
  @ShownOnce('key')
  webhook() {
    return RequestMethod.POST;
  }
}
const mark = (key: string, name: 'allowed' | 'open' | 'webhook'): unknown =>
  Reflect.getMetadata(key, Object.getOwnPropertyDescriptor(Routes.prototype, name)?.value as object);

it('a route is marked with who may call it, and with what its answer shows once', () => {
  expect([mark(ruleKey, 'allowed'), mark(ruleKey, 'open'), mark(ruleKey, 'webhook')]).toEqual([
    ['admin', 'auditor'],
    'public',
    'webhook',
  ]);
  expect([mark(shownOnceKey, 'webhook'), mark(shownOnceKey, 'open')]).toEqual(['key', undefined]);
});

it('a handler gets the caller, and where there is none no handler runs', () => {
  const [argument] = Object.values(Reflect.getMetadata(ROUTE_ARGS_METADATA, Routes, 'allowed') as object) as [
    { factory: (data: unknown, context: ExecutionContext) => Caller },
  ];
  const callerOf = (request: object) =>
    argument.factory(undefined, { switchToHttp: () => ({ getRequest: () => request }) } as ExecutionContext);
  const caller = { name: 'ledger' };
  expect(callerOf({ caller })).toBe(caller);
  expect(() => callerOf({})).toThrow('there is no caller');
});
