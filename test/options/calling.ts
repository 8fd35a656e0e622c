/** Calls a function as a host without types might. */
export const calling =
  (called: (...given: never[]) => unknown, ...given: readonly unknown[]) =>
  (): unknown =>
    Reflect.apply(called, undefined, given);

/** What a host reads after a mistake, whether it is thrown or rejected with. */
export async function messageOf(mistake: () => unknown): Promise<string> {
  try {
    await mistake();
  } catch (error) {
    if (error instanceof TypeError) return error.message;
    throw error;
  }
  throw new Error('Nothing was refused.');
}

/** What a function says of one option that it cannot use. */
export const said = (name: string, line: string) => `${name} cannot use these options:\n- ${line}`;
