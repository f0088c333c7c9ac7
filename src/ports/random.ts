/** Where unpredictable bytes come from. */
export interface Random {
  /** Returns `count` random bytes. */
  bytes(count: number): Uint8Array;
}

/** Makes the real source of randomness. */
export function createRandom(): Random {
  return { bytes: (count) => crypto.getRandomValues(new Uint8Array(count)) };
}

/** Makes a repeatable source that starts from `seed`. */
export function createTestRandom(seed = 1): Random {
  let state = seed >>> 0 || 1;
  return {
    bytes(count) {
      const out = new Uint8Array(count);
      for (let at = 0; at < count; at++) {
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        out[at] = state & 0xff;
      }
      return out;
    },
  };
}
