import type { SourcePlace } from "../definition.ts";

/** Says at a place of a file what is not as it should be. */
export type Complain = (place: SourcePlace, message: string) => void;
