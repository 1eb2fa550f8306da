/** Begins work when it is first asked for, and after a failure anew. */
export interface Lazily<T> {
  (): Promise<T>;
  /** Where it was asked for. */
  readonly begun: Promise<T> | undefined;
}

export function lazily<T>(begin: () => Promise<T>): Lazily<T> {
  let begun: Promise<T> | undefined;
  const ask = () =>
    (begun ??= begin().catch((error: unknown) => {
      begun = undefined;
      throw error;
    }));
  return Object.defineProperty(ask, 'begun', { get: () => begun }) as unknown as Lazily<T>;
}
