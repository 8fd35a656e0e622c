/** All that a caller sees of an answer, but for when it was made. */
export async function everythingOf(response: Response) {
  const headers = [...response.headers].filter(([name]) => name !== 'date');
  return { status: response.status, headers, text: await response.text() };
}

/** The `error_code` of an answer; `null` where it is none of an error. */
export function errorCodeOf(text: string): unknown {
  const body: unknown = JSON.parse(text);
  return typeof body === 'object' && body !== null && 'error_code' in body ? body.error_code : null;
}
