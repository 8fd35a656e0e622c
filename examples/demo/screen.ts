import { styleText } from 'node:util';

type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow' | 'cyan';

const WIDTH = 80;
const BAR = 20;
/** Where the text of a step begins, after its time. */
const TEXT_AT = 14;

/** The part of a terminal or a pipe that is used. */
export interface Output {
  readonly isTTY?: boolean;
  readonly hasColors?: () => boolean;
  readonly write: (text: string) => unknown;
}

/** Prints for a person, 80 columns wide; in colour only on a terminal that wants it. */
export interface Screen {
  readonly title: (text: string) => void;
  /** A name on the left, its value beside it; more lines of the value below. */
  readonly fact: (name: string, value: string, style?: Style) => void;
  /** Something that happened, with the time since the beginning. */
  readonly step: (atMs: number, text: string, style?: Style) => void;
  readonly blank: () => void;
  /** Prints nothing from now on. */
  readonly mute: () => void;
}

/** A screen on standard output. `NO_COLOR` and output into a file or a pipe leave the colours out. */
export function openScreen(output: Output, environment: { readonly NO_COLOR?: string }): Screen {
  let muted = false;
  const coloured = output.isTTY === true && !environment.NO_COLOR && output.hasColors?.() === true;
  const paint = (style: Style | undefined, text: string) =>
    style !== undefined && coloured ? styleText(style, text, { validateStream: false }) : text;
  const print = (text: string) => {
    if (!muted) output.write(`${text}\n`);
  };
  const besides = (left: string, text: string, style: Style | undefined) => {
    for (const [index, line] of wrap(text, WIDTH - TEXT_AT).entries()) {
      const margin = index === 0 ? left : ' '.repeat(TEXT_AT);
      print(margin + paint(style, line));
    }
  };
  return {
    title: (text) => print(`\n${paint('bold', text)}`),
    fact: (name, value, style) => besides(paint('dim', `  ${name}`.padEnd(TEXT_AT)), value, style),
    step: (atMs, text, style) =>
      besides(paint('dim', `${String(Math.round(atMs)).padStart(8)} ms   `), text, style),
    blank: () => print(''),
    mute: () => {
      muted = true;
    },
  };
}

/** A percentage as a bar of blocks. */
export function bar(percent: number): string {
  const full = Math.floor((percent * BAR) / 100);
  return `${'█'.repeat(full)}${'░'.repeat(BAR - full)} ${String(percent).padStart(3)} %`;
}

/** Breaks between words; a word longer than a line gets a line of its own, unbroken, so that it can be copied. */
function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
