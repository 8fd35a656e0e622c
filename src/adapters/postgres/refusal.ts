/** Whether the server itself refused a statement: it has a five-character SQLSTATE, and the connection lives on. */
export function isRefusal(problem: unknown): problem is { readonly code: string } {
  if (typeof problem !== 'object' || problem === null || !('code' in problem)) return false;
  const { code } = problem;
  // Every SQLSTATE has a digit, which no code of the operating system has.
  // Classes 08 and 57P mean that the connection or the server is going away; after 40003 the server cannot tell either.
  return typeof code === 'string' && /^(?=.*\d)[0-9A-Z]{5}$/.test(code) && !/^(08|57P|40003)/.test(code);
}
