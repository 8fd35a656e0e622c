import fc from 'fast-check';

/** Of any code point but halves of pairs, plain ones as often as all others. */
const character = fc.oneof(
  fc.integer({ min: 0, max: 0x7f }),
  fc.integer({ min: 0x80, max: 0x10_f7_ff }).map((at) => (at < 0xd8_00 ? at : at + 0x8_00)),
);

/** Text of any characters. The unit `binary` of fast-check says the same, and takes each process two seconds to set up. */
export const anyText = fc.string({ unit: character.map((at) => String.fromCodePoint(at)) });
