/**
 * What a probe found.
 *
 * A probe that failed says `unknown`; only `gone` proves absence, so only `gone` may lead to destroying anything.
 */
export type Observation = "alive" | "gone" | "unknown";
