/** A token as a header carries it: visible ASCII, no spaces. */
const TOKEN = /^[\x21-\x7e]+$/;
/** A shorter token may be in a text by chance; redacting it would garble the text and hide nothing. */
const SHORTEST_SECRET = 8;

/** Whether a text can be sent as a bearer token. */
export function isToken(text: unknown): text is string {
  return typeof text === 'string' && TOKEN.test(text);
}

/** Keeps the token of one call out of everything that the call gives back. */
export function secretGuard(token: string | null): {
  readonly carriesSecret: (text: string) => boolean;
  readonly redact: (text: string) => string;
} {
  if (token === null || token.length < SHORTEST_SECRET)
    return { carriesSecret: () => false, redact: (text) => text };
  return {
    carriesSecret: (text) => text.includes(token),
    redact: (text) => text.replaceAll(token, '[redacted]'),
  };
}
