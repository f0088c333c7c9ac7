import { present } from "../../lib/present.ts";
import type { AgentChoice } from "../definition.ts";
import { child, type Field } from "./field.ts";
import type { WrittenAgent } from "./schema.ts";
import type { Uses } from "./uses.ts";

/** Who works a prompt. */
export function readAgent(field: Field<WrittenAgent>, uses: Uses): AgentChoice {
  return {
    role: uses.text(child(field, "role"), { key: "role" }) ?? { text: "worker" },
    ...present({
      rig: uses.text(child(field, "rig"), { key: "rig" }),
      agent: uses.text(child(field, "agent"), { key: "agent" }),
    }),
  };
}
