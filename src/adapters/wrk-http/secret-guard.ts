/** A token that a header can carry: visible ASCII, no spaces. */
const TOKEN = /^[\x21-\x7e]+$/;
/** A shorter secret may occur in a text by chance; redacting it would garble the text and hide nothing. */
const SHORTEST_SECRET = 8;

/** Whether a text can be sent as a bearer token. */
export function isToken(text: string | null): text is string {
  return text !== null && TOKEN.test(text);
}

/** Keeps the secrets that one call sent out of everything the call returns. */
export function secretGuard(sent: readonly string[]): {
  readonly carriesSecret: (text: string) => boolean;
  readonly redact: (text: string) => string;
} {
  // Longest first: if one secret contains another, redacting the inner one first would leave the rest visible.
  const secrets = sent
    .filter((text) => text.length >= SHORTEST_SECRET)
    .toSorted((one, other) => other.length - one.length);
  return {
    carriesSecret: (text) => secrets.some((secret) => text.includes(secret)),
    redact: (text) => secrets.reduce((rest, secret) => rest.replaceAll(secret, '[redacted]'), text),
  };
}
