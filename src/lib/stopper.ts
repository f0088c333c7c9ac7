/** Tells that something is over: what an `AbortSignal` has of it that waiting needs. */
export interface StopSignal {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** Ends what listens to its signal; an `AbortController` for places that make thousands. */
export interface Stopper {
  readonly signal: StopSignal;
  abort(): void;
}

/** Makes one that has not been called. */
export function createStopper(): Stopper {
  const listeners = new Set<() => void>();
  let aborted = false;
  return {
    signal: {
      get aborted() {
        return aborted;
      },
      addEventListener: (_type, listener) => void listeners.add(listener),
      removeEventListener: (_type, listener) => void listeners.delete(listener),
    },
    abort() {
      if (aborted) return;
      aborted = true;
      for (const listener of listeners) listener();
      listeners.clear();
    },
  };
}
