import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameAssembler } from '../../../../src/main/broker/protocol/frame-assembler.js';

const MAX_FRAME_BYTES = 200_000;

function framed(body: Buffer): Buffer {
  const prefix = Buffer.alloc(4);
  prefix.writeInt32BE(body.length);
  return Buffer.concat([prefix, body]);
}

function collect(assembler: FrameAssembler, chunks: readonly Buffer[]): { frames: Buffer[]; fault?: string } {
  const frames: Buffer[] = [];
  for (const chunk of chunks) {
    const fault = assembler.push(chunk, (frame) => frames.push(Buffer.from(frame)));
    if (fault !== undefined) return { frames, fault };
  }
  return { frames };
}

function cut(stream: Buffer, cuts: readonly number[]): Buffer[] {
  const bounds = [0, ...cuts.map((at) => at % (stream.length + 1)).sort((a, b) => a - b), stream.length];
  return bounds.slice(1).map((end, index) => stream.subarray(bounds[index], end));
}

describe('FrameAssembler', () => {
  it('gives the same frames however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 }),
        fc.array(fc.nat(), { maxLength: 40 }),
        (bodies, cuts) => {
          const expected = bodies.map((body) => Buffer.from(body));
          const assembler = new FrameAssembler(MAX_FRAME_BYTES);
          const { frames, fault } = collect(assembler, cut(Buffer.concat(expected.map(framed)), cuts));
          expect(fault).toBeUndefined();
          expect(frames).toEqual(expected);
          expect(assembler.bufferedBytes).toBe(0);
        },
      ),
    );
  });

  it('gathers a frame larger than its first allocation from many pieces', () => {
    const body = Buffer.alloc(150_000, 7);
    const stream = framed(body);
    const pieces: Buffer[] = [];
    for (let at = 0; at < stream.length; at += 999) pieces.push(stream.subarray(at, at + 999));
    expect(collect(new FrameAssembler(MAX_FRAME_BYTES), pieces).frames).toEqual([body]);
  });

  it('gathers a frame that comes byte by byte', () => {
    const body = Buffer.from('a request');
    const bytes = [...framed(body)].map((byte) => Buffer.from([byte]));
    expect(collect(new FrameAssembler(MAX_FRAME_BYTES), bytes).frames).toEqual([body]);
  });

  it('refuses a negative length, also one that comes in pieces', () => {
    const prefix = Buffer.from([0xff, 0xff, 0xff, 0xff]);
    expect(collect(new FrameAssembler(MAX_FRAME_BYTES), [prefix]).fault).toBe('negative-length');
    const pieces = [prefix.subarray(0, 1), prefix.subarray(1)];
    expect(collect(new FrameAssembler(MAX_FRAME_BYTES), pieces).fault).toBe('negative-length');
  });

  it('refuses a length above the limit before any of its bytes have come', () => {
    const prefix = Buffer.alloc(4);
    prefix.writeInt32BE(MAX_FRAME_BYTES + 1);
    const assembler = new FrameAssembler(MAX_FRAME_BYTES);
    expect(collect(assembler, [prefix]).fault).toBe('too-large');
  });

  it('delivers the frames before a faulty one', () => {
    const body = Buffer.from('good');
    const stream = Buffer.concat([framed(body), Buffer.from([0x80, 0, 0, 0])]);
    const { frames, fault } = collect(new FrameAssembler(MAX_FRAME_BYTES), [stream]);
    expect(frames).toEqual([body]);
    expect(fault).toBe('negative-length');
  });

  it('counts what it holds of an incomplete frame', () => {
    const assembler = new FrameAssembler(MAX_FRAME_BYTES);
    collect(assembler, [framed(Buffer.alloc(100)).subarray(0, 50)]);
    expect(assembler.bufferedBytes).toBe(50);
  });
});
