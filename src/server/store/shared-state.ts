/** Small facts that every server of a store sees: whether a circuit is open, what an operator changed. */

export interface SharedState {
  read(name: string): Promise<string | undefined>;
  /**
   * Puts what `change` makes of the present value in its place, for `keptMs`; `change` is called again where another server was
   * faster, so it must only compute. Resolves to what is there afterwards; undefined removes it. Both reject where the store is away.
   */
  update(
    name: string,
    change: (value: string | undefined) => string | undefined,
    keptMs: number,
  ): Promise<string | undefined>;
}

/** For one server: in its memory, until it ends. */
export function createMemoryState({ now }: { readonly now: () => number }): SharedState {
  const facts = new Map<string, { readonly value: string; readonly endsAtMs: number }>();

  function valueOf(name: string): string | undefined {
    const fact = facts.get(name);
    return fact && fact.endsAtMs > now() ? fact.value : undefined;
  }
  function forgetExpired(): void {
    for (const [name, { endsAtMs }] of facts) if (endsAtMs <= now()) facts.delete(name);
  }

  return {
    read: async (name) => valueOf(name),
    async update(name, change, keptMs) {
      const value = change(valueOf(name));
      forgetExpired();
      if (value === undefined) facts.delete(name);
      else facts.set(name, { value, endsAtMs: now() + keptMs });
      return value;
    },
  };
}
