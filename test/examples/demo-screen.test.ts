import { describe, expect, it } from 'vitest';
import { bar, openScreen } from '../../examples/demo/screen.js';

const shown = (isTTY: boolean, environment: { readonly NO_COLOR?: string } = {}): string => {
  let text = '';
  const write = (more: string) => {
    text += more;
  };
  openScreen({ isTTY, hasColors: () => true, write }, environment).fact('name', 'value', 'red');
  return text;
};

describe('the screen of the demo', () => {
  it('has colours on a terminal', () => {
    expect(shown(true)).toContain('\u001b[31mvalue');
  });

  it('has none where NO_COLOR is set', () => {
    expect(shown(true, { NO_COLOR: '1' })).toBe('  name        value\n');
  });

  it('has none in a pipe', () => {
    expect(shown(false)).toBe('  name        value\n');
  });

  it('breaks long lines between words and keeps the margin', () => {
    let text = '';
    const screen = openScreen({ write: (more) => (text += more) }, {});
    screen.step(7, `${'word '.repeat(13)}last`);
    expect(text).toBe(`       7 ms   ${'word '.repeat(13).trim()}\n              last\n`);
  });

  it.each([
    [0, '░░░░░░░░░░░░░░░░░░░░   0 %'],
    [58, '███████████░░░░░░░░░  58 %'],
    [100, '████████████████████ 100 %'],
  ])('draws %i percent as a bar', (percent, drawn) => {
    expect(bar(percent)).toBe(drawn);
  });
});
