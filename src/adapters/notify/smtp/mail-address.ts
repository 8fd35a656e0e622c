/** A single bare address: no list, name, quotes or route, and nothing that could inject a header. */
const ADDRESS =
  /^[^\s\p{Cc}\p{Cf}\p{Cs}"(),:;<>@[\\\]]{1,64}@(?=.{1,255}$)[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]*[\p{L}\p{N}\p{M}])?(?:\.[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]*[\p{L}\p{N}\p{M}])?)*$/u;

/** Whether a text has the form of a mail address. The mail server may still refuse it. */
export function isMailAddress(text: string): boolean {
  return ADDRESS.test(text);
}

/** The domain of a sender such as `Builds <builds@example.com>`, or `null`. */
export function domainOf(from: string): string | null {
  return /@([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)>?\s*$/.exec(from)?.[1]?.toLowerCase() ?? null;
}
