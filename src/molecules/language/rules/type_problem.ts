/** What does not fit in an expression, and where in its source; `hint` is said behind the source. */
export interface TypeProblem {
  message: string;
  hint?: string;
  offset: number;
}
