/** Names of the sessions that every town has. */
export const sessionNames = {
  coordinator: "gt-coordinator",
  steward: "gt-steward",
  /** Followed by the rig's name. */
  witness: "gt-witness-",
  /** Followed by the rig's name. */
  refinery: "gt-refinery-",
  /** Followed by the worker's number. */
  worker: "gt-worker-",
} as const;
