import { expect, it } from 'vitest';
import { readCapped } from '../../src/runtime/read-capped.js';

const text = async (read: ReturnType<typeof readCapped>) => {
  const { end, bytes } = await read;
  return [end, new TextDecoder().decode(bytes)];
};

/** A stream that gives these, and then ends, fails or hangs. */
const streamOf = (chunks: readonly string[], then: 'ends' | 'fails' | 'hangs' = 'ends') => {
  const cancelled: string[] = [];
  const rest = [...chunks];
  const stream = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        const chunk = rest.shift();
        if (chunk !== undefined) return controller.enqueue(new TextEncoder().encode(chunk));
        if (then === 'ends') return controller.close();
        if (then === 'fails') return controller.error(new Error('reset'));
        return new Promise(() => {});
      },
      cancel: () => {
        cancelled.push('cancelled');
        return new Promise(() => {});
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, cancelled };
};

it('reads a stream to its end, up to and with the last byte that is wanted', async () => {
  expect(await text(readCapped(streamOf([]).stream, 4))).toEqual(['whole', '']);
  expect(await text(readCapped(streamOf(['ab', 'cd']).stream, 4))).toEqual(['whole', 'abcd']);
});

it('gives up at the first byte too many, keeps what was wanted, and waits for nobody', async () => {
  const { stream, cancelled } = streamOf(['ab', 'cde'], 'hangs');
  expect(await text(readCapped(stream, 4))).toEqual(['more', 'abcd']);
  expect(cancelled).toEqual(['cancelled']);
});

it('says that a stream broke off, and what came until then', async () => {
  expect(await text(readCapped(streamOf(['ab'], 'fails').stream, 4))).toEqual(['broken', 'ab']);
});

it('ends with its signal, before and while it reads, and listens no more afterwards', async () => {
  const before = streamOf(['ab']);
  expect(await text(readCapped(before.stream, 4, AbortSignal.abort()))).toEqual(['broken', '']);
  expect(before.cancelled).toEqual(['cancelled']);

  const { stream, cancelled } = streamOf(['ab'], 'hangs');
  const controller = new AbortController();
  const read = text(readCapped(stream, 4, controller.signal));
  await new Promise(setImmediate);
  controller.abort();
  expect(await read).toEqual(['broken', 'ab']);
  expect(cancelled).toEqual(['cancelled']);

  const over = streamOf(['ab']);
  const late = new AbortController();
  expect(await text(readCapped(over.stream, 1, late.signal))).toEqual(['more', 'a']);
  late.abort();
  expect(over.cancelled).toEqual(['cancelled']);
});
