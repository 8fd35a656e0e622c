const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** The whole numbers of a JSON text that JavaScript could not keep: parsing them would change their digits. */
export function largeNumbers(json: string): readonly string[] {
  const tokens = json.match(TOKENS) ?? [];
  const large = tokens.filter((token) => /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token)));
  return [...new Set(large)];
}
