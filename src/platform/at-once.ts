/**
 * Works on values, so many of them at once, and begins no more of them after the signal. One that fails keeps nobody from
 * being worked on; the first failure is thrown in the end.
 */
export async function workAtOnce<T>(
  most: number,
  values: readonly T[],
  work: (value: T) => Promise<unknown>,
  signal?: AbortSignal,
): Promise<void> {
  const left = values.values();
  const failures: unknown[] = [];
  const lane = async () => {
    for (const value of left) {
      if (signal?.aborted) return;
      await work(value).catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: most }, lane));
  if (failures.length > 0) throw failures[0];
}

/** Waits for all of these, also when one has failed. Returns their results, or throws the first failure. */
export async function settleAll<T>(runs: readonly Promise<T>[]): Promise<T[]> {
  return (await Promise.allSettled(runs)).map((run) => {
    if (run.status === 'rejected') throw run.reason;
    return run.value;
  });
}
