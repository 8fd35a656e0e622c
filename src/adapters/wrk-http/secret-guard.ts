/** A token as a header carries it: visible ASCII, no spaces. */
const TOKEN = /^[\x21-\x7e]+$/;
/** A shorter secret may be in a text by chance; redacting it would garble the text and hide nothing. */
const SHORTEST_SECRET = 8;

/** Whether a text can be sent as a bearer token. */
export function isToken(text: string | null): text is string {
  return text !== null && TOKEN.test(text);
}

/** Keeps what one call sent in secret out of everything that the call gives back. */
export function secretGuard(sent: readonly string[]): {
  readonly carriesSecret: (text: string) => boolean;
  readonly redact: (text: string) => string;
} {
  // The longest first: a secret within another must not leave the rest of it behind.
  const secrets = sent
    .filter((text) => text.length >= SHORTEST_SECRET)
    .toSorted((one, other) => other.length - one.length);
  return {
    carriesSecret: (text) => secrets.some((secret) => text.includes(secret)),
    redact: (text) => secrets.reduce((rest, secret) => rest.replaceAll(secret, '[redacted]'), text),
  };
}
