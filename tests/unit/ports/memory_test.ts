import { assertEquals } from "@std/assert";
import { it } from "@std/testing/bdd";
import { tidyHeap } from "../../../src/ports/memory.ts";

it("a large heap is looked through after the first change and then now and then, where the runtime lets it", () => {
  const runtime = globalThis as { gc?: () => void };
  const own = runtime.gc;
  const large = Array.from({ length: 1_000_000 }, (_, n) => ({ n }));
  try {
    delete runtime.gc;
    tidyHeap();
    let looked = 0;
    runtime.gc = () => void looked++;
    for (let change = 0; change < 1_000; change++) tidyHeap();
    assertEquals([looked, large.length], [4, 1_000_000]);
  } finally {
    if (own) runtime.gc = own;
    else delete runtime.gc;
  }
});
