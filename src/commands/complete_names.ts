import type { CompletionSource } from "../cli/command.ts";
import type { Candidate } from "../cli/complete.ts";
import type { Ports } from "../ports/ports.ts";

/** Names for the shell to complete with; finds nothing, rather than failing, where there is nothing to read. */
export function lookUpNames(
  _ports: Ports,
  _asked: { source: CompletionSource; prefix: string },
): Promise<Candidate[]> {
  return Promise.resolve([]);
}
