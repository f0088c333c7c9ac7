import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Call } from "../../../../src/cli/command.ts";
import {
  fieldsOf,
  knownStatus,
  knownType,
  metadataOf,
  parseEdge,
} from "../../../../src/commands/bd_support/fields.ts";
import type { View } from "../../../../src/ledger/ledger.ts";
import { CommandError } from "../../../../src/lib/errors.ts";
import { createTestClock } from "../../../../src/ports/clock.ts";
import { createPorts } from "../../../../src/ports/ports.ts";
import { createTestTerminal } from "../../../../src/ports/terminal.ts";

const settings: Record<string, string> = { "types.custom": "spike, incident", "status.custom": "review" };
const view = { setting: (name: string) => settings[name] } as unknown as View;

function call(flags: Call["flags"], input = "") {
  const ports = {
    ...createPorts(["bd"], "bd"),
    clock: createTestClock(0),
    terminal: createTestTerminal(input),
  };
  return { flags, ports };
}

function codeOf(work: () => unknown): string {
  return assertThrows(work, CommandError).code;
}

describe("the fields that flags name", () => {
  it("are registers, and an empty text removes one", () => {
    assertEquals(
      fieldsOf(
        call({ description: "d", acceptance: "a", assignee: "", priority: "P1", type: "feat", defer: "1h" }),
        view,
      ),
      {
        description: "d",
        acceptance_criteria: "a",
        assignee: null,
        priority: 1,
        issue_type: "feature",
        defer_until: "1970-01-01T01:00:00.000Z",
      },
    );
    assertEquals(fieldsOf(call({ due: "" }), view), { due_at: null });
  });

  it("take the description from standard input", () => {
    assertEquals(fieldsOf(call({ stdin: true }, "text\n"), view), { description: "text" });
    assertEquals(fieldsOf(call({ "body-file": "-" }, "text\n"), view), { description: "text" });
  });

  it("know the types and statuses of the ledger, and say which is near", () => {
    assertEquals([knownType(view, "Incident"), knownType(view, "mr")], ["incident", "merge-request"]);
    assertEquals([knownStatus(view, "review"), knownStatus(view, "In-Progress")], ["review", "in_progress"]);
    const error = assertThrows(() => knownType(view, "taks"), CommandError);
    assertEquals([error.code, error.hints[0]], ["unknown_type", "did you mean task?"]);
    assertEquals(codeOf(() => knownStatus(view, "tombstone")), "unknown_status");
  });
});

describe("metadata in flags", () => {
  it("is set and removed key by key", () => {
    assertEquals(
      metadataOf(call({
        metadata: '{"a": {"deep": 1}}',
        "set-metadata": ["b=x=y, z", "c=3", "d=true", "e=007"],
        "unset-metadata": ["f"],
      })),
      { a: { deep: 1 }, b: "x=y, z", c: 3, d: true, e: "007", f: null },
    );
    assertEquals(metadataOf(call({})), {});
  });

  it("is refused when it cannot be read, or belongs to a program", () => {
    for (const metadata of ["{", "[1]", "3", "null"]) {
      assertEquals(codeOf(() => metadataOf(call({ metadata }))), "bad_metadata");
    }
    assertEquals(codeOf(() => metadataOf(call({ "set-metadata": ["=x"] }))), "bad_metadata");
    assertEquals(codeOf(() => metadataOf(call({ "unset-metadata": ["attempt"] }))), "metadata_owned");
  });
});

describe("a dependency in a flag", () => {
  it("has a type before a colon, or blocks", () => {
    assertEquals(parseEdge("cs-1"), { id: "cs-1", type: "blocks" });
    assertEquals(parseEdge("discovered-from:cs-1"), { id: "cs-1", type: "discovered-from" });
    assertEquals(parseEdge("external:web:login"), { id: "external:web:login", type: "blocks" });
    assertEquals(parseEdge("blocks:external:web:login"), { id: "external:web:login", type: "blocks" });
  });
});
