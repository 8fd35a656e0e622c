import { endOfString } from './json-size.js';

/** Characters that are parsed at once: at most about a millisecond, even for the dearest text. */
const SLICE_CHARACTERS = 8_192;

type Parsed = unknown[] | Record<string, unknown>;

/** A list or an object that is open where the text is being read. */
interface Frame {
  readonly isList: boolean;
  readonly opensAt: number;
  /** What of it was parsed; `null` as long as it may be short enough to be parsed in one piece with its neighbours. */
  parsed: Parsed | null;
  /** Where the text begins that was not parsed yet. */
  unparsedFrom: number;
  /** Where its newest entry begins. */
  entryFrom: number;
  /** The key of the entry that is being parsed piece by piece, and where that entry's value opens. */
  key: string;
  pieceOpensAt: number | null;
  /** Whether its newest entry was parsed piece by piece and has ended. */
  isAfterEntry: boolean;
}

/**
 * Parses a JSON text as `JSON.parse` does, and pauses after each slice of it, so that whoever drives it can let others have
 * their turn. Throws a `SyntaxError` for a text that is not JSON, without a position that means anything.
 */
export function* parseInSlices(json: string, sliceCharacters = SLICE_CHARACTERS): Generator<void, unknown> {
  const frames: Frame[] = [];
  for (let at = 0; at < json.length; at += 1) {
    const frame = frames.at(-1);
    switch (json[at]) {
      case '"':
        at = endOfString(json, at);
        break;
      case '[':
      case '{':
        frames.push(openFrame(json[at] === '[', at));
        break;
      case ',':
        if (!frame) break;
        if (frame.isAfterEntry) skipTo(json, frame, at);
        frame.entryFrom = at + 1;
        if (at - frame.unparsedFrom < sliceCharacters) break;
        for (const [index, each] of frames.entries())
          beginPieces(json, each, frames[index + 1]?.opensAt ?? null);
        yield;
        break;
      case ']':
      case '}': {
        frames.pop();
        if (!frame || frame.isList !== (json[at] === ']')) throw notJson();
        const { parsed } = frame;
        if (!parsed) break;
        if (frame.isAfterEntry) mustBeBlank(json, frame.unparsedFrom, at);
        else parseEntries(json, frame, parsed, at);
        const parent = frames.at(-1);
        if (!parent?.parsed) {
          mustBeBlank(json, 0, frame.opensAt);
          mustBeBlank(json, at + 1, json.length);
          return parsed;
        }
        addEntry(parent.parsed, parent.key, parsed);
        parent.unparsedFrom = at + 1;
        parent.isAfterEntry = true;
        yield;
        break;
      }
    }
  }
  return JSON.parse(json);
}

function openFrame(isList: boolean, opensAt: number): Frame {
  const first = opensAt + 1;
  return {
    isList,
    opensAt,
    parsed: null,
    unparsedFrom: first,
    entryFrom: first,
    key: '',
    pieceOpensAt: null,
    isAfterEntry: false,
  };
}

/** Parses the entries that have ended; of the one that `opensAt` begins, if there is one, the key. */
function beginPieces(json: string, frame: Frame, opensAt: number | null): void {
  const parsed = frame.parsed ?? (frame.isList ? [] : {});
  frame.parsed = parsed;
  if (frame.entryFrom > frame.unparsedFrom) {
    parseEntries(json, frame, parsed, frame.entryFrom - 1);
    frame.unparsedFrom = frame.entryFrom;
  }
  if (opensAt === null || opensAt === frame.pieceOpensAt) return;
  frame.pieceOpensAt = opensAt;
  if (frame.isList) mustBeBlank(json, frame.entryFrom, opensAt);
  else frame.key = keyOf(json.slice(frame.entryFrom, opensAt));
}

function parseEntries(json: string, frame: Frame, parsed: Parsed, to: number): void {
  const text = json.slice(frame.unparsedFrom, to);
  const entries = Object.entries<unknown>(JSON.parse(frame.isList ? `[${text}]` : `{${text}}`));
  if (entries.length === 0) throw notJson();
  for (const [key, value] of entries) addEntry(parsed, key, value);
}

function addEntry(parsed: Parsed, key: string, value: unknown): void {
  if (Array.isArray(parsed)) parsed.push(value);
  // An assignment to this one would set the prototype.
  else if (key === '__proto__')
    Object.defineProperty(parsed, key, { value, configurable: true, enumerable: true, writable: true });
  else parsed[key] = value;
}

/** The key in `"key":`. */
function keyOf(text: string): string {
  const [key, ...others] = Object.keys(JSON.parse(`{${text}0}`));
  if (key === undefined || others.length > 0 || !text.trimEnd().endsWith(':')) throw notJson();
  return key;
}

function skipTo(json: string, frame: Frame, comma: number): void {
  mustBeBlank(json, frame.unparsedFrom, comma);
  frame.unparsedFrom = comma + 1;
  frame.isAfterEntry = false;
}

function mustBeBlank(json: string, from: number, to: number): void {
  if (/[^ \t\n\r]/.test(json.slice(from, to))) throw notJson();
}

function notJson(): SyntaxError {
  return new SyntaxError('This is not JSON.');
}
