/** Said of a value that holds what begins the value of a key. */
export const COLON = 'a value with ": " in it must stand in quotes';

/** Said of a value that begins with braces and has no quotes around it. */
export const UNQUOTED = "a value that begins with {{ must stand in quotes";
