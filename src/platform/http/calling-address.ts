import { AsyncLocalStorage } from 'node:async_hooks';

const addresses = new AsyncLocalStorage<string>();

/** Runs a request's work so that `callingAddress` knows where it came from, as far as trusted proxies tell. */
export function underAddress(address: string, work: () => void): void {
  addresses.run(address, work);
}

/** Returns the address from which the request came that is being answered; null for what nobody called from outside. */
export function callingAddress(): string | null {
  return addresses.getStore() ?? null;
}
