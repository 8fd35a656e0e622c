/** One address and nothing else: no list, no name, no quotes, no route, nothing that a header could be made of. */
const ADDRESS =
  /^[^\s\p{Cc}\p{Cf}\p{Cs}"(),:;<>@[\\\]]{1,64}@(?=.{1,255}$)[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]*[\p{L}\p{N}\p{M}])?(?:\.[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]*[\p{L}\p{N}\p{M}])?)*$/u;

/** Whether a mail can go there. What a server says of it later is another matter. */
export function isMailAddress(text: string): boolean {
  return ADDRESS.test(text);
}

/** The domain of a sender such as `Builds <builds@example.com>`; `null`: it has none. */
export function domainOf(from: string): string | null {
  return /@([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)>?\s*$/.exec(from)?.[1]?.toLowerCase() ?? null;
}
