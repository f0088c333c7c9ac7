/** The value of sums, products, quotients and powers of whole numbers, with parentheses; NaN for anything else. */
export function computed(text: string): number {
  const tokens = text.match(/\d+|[-+*/^()]|\S/g) ?? [];
  let at = 0;
  const take = (...wanted: readonly string[]) => wanted.includes(tokens[at] ?? "") ? tokens[at++] : undefined;
  const sum = (): number => {
    let value = product();
    for (let sign = take("+", "-"); sign; sign = take("+", "-")) {
      value = sign === "+" ? value + product() : value - product();
    }
    return value;
  };
  const product = (): number => {
    let value = power();
    for (let sign = take("*", "/"); sign; sign = take("*", "/")) {
      value = sign === "*" ? value * power() : Math.trunc(value / power());
    }
    return value;
  };
  const power = (): number => {
    const base = single();
    return take("^") ? base ** power() : base;
  };
  const single = (): number => {
    if (take("-")) return -single();
    if (take("(")) {
      const value = sum();
      return take(")") ? value : NaN;
    }
    return /^\d+$/.test(tokens[at] ?? "") ? Number(tokens[at++]) : NaN;
  };
  const value = sum();
  return at === tokens.length ? value : NaN;
}
