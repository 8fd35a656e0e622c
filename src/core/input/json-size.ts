const QUOTE = 34;
const BACKSLASH = 92;

/** How much there is in a JSON text. */
export interface JsonSize {
  /** How deep lists and objects are nested. */
  readonly depth: number;
  /** Values and keys, counted by what separates and opens them. */
  readonly values: number;
}

/**
 * Measures a JSON text without parsing it, so that a text that would cost too much memory or stack is refused first. One
 * pass, without recursion. Of a text that is not JSON the numbers mean nothing.
 */
export function measureJson(json: string): JsonSize {
  let depth = 0;
  let deepest = 0;
  let values = 0;
  for (let at = 0; at < json.length; at += 1) {
    switch (json.charCodeAt(at)) {
      case QUOTE:
        at = endOfString(json, at);
        break;
      case 91: // [
      case 123: // {
        depth += 1;
        values += 1;
        if (depth > deepest) deepest = depth;
        break;
      case 93: // ]
      case 125: // }
        depth -= 1;
        break;
      case 44: // ,
      case 58: // :
        values += 1;
        break;
    }
  }
  return { depth: deepest, values };
}

/** Where the string ends that begins at `start`; the end of the text if it never does. */
export function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end !== -1; end = json.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (json.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return json.length;
}
