import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FanOut, type FanOutMember, type StreamEdit } from '../../../src/main/websocket/fan-out.js';

class Member implements FanOutMember {
  streamStart = 0;
  streamEdits: StreamEdit[] = [];
  written = '';
  writes = 0;

  write(chunks: readonly Buffer[], byteLength: number): void {
    const bytes = Buffer.concat(chunks);
    expect(bytes.length).toBe(byteLength);
    this.written += bytes.toString();
    this.writes += 1;
  }
}

function createFanOut(now = { ms: 0 }): FanOut<Member> {
  return new FanOut<Member>({ monotonicMs: () => now.ms });
}

/** One thing that can happen between two turns. */
type Action =
  | {
      readonly kind: 'sendToAll' | 'relay' | 'sendTo' | 'flushMember' | 'join' | 'leave';
      readonly member: number;
    }
  | { readonly kind: 'flush' };

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('sendToAll', 'relay', 'relay', 'sendTo', 'flushMember', 'join', 'leave'),
    member: fc.nat(4),
  }) as fc.Arbitrary<Action>,
  fc.constant<Action>({ kind: 'flush' }),
);

describe('the fan-out', () => {
  it('gives each client the same frames in the same order as writing them at once would', () => {
    fc.assert(
      fc.property(
        fc.array(action, { maxLength: 60 }),
        fc.array(fc.boolean(), { maxLength: 60 }),
        (actions, large) => {
          const fanOut = createFanOut();
          const members = Array.from({ length: 5 }, () => new Member());
          const expected = members.map(() => '');
          const joined = new Set<number>();
          actions.forEach((step, index) => {
            // Some frames are as long as those that are written on their own.
            const text = `<${index}${(large[index] ?? false) ? '#'.repeat(70_000) : ''}>`;
            const answer = `[${index}]`;
            if (step.kind === 'flush') {
              fanOut.flush();
              return;
            }
            const member = members[step.member] as Member;
            switch (step.kind) {
              case 'join':
                if (joined.has(step.member)) return;
                fanOut.add(member);
                joined.add(step.member);
                break;
              case 'leave':
                if (!joined.has(step.member)) return;
                fanOut.flushMember(member);
                fanOut.remove(member);
                joined.delete(step.member);
                break;
              case 'flushMember':
                fanOut.flushMember(member);
                if (joined.has(step.member)) expect(member.written).toBe(expected[step.member]);
                break;
              case 'sendTo':
                fanOut.sendTo(member, Buffer.from(answer));
                if (joined.has(step.member)) expected[step.member] += answer;
                break;
              case 'sendToAll':
                fanOut.sendToAll(Buffer.from(text));
                for (const other of joined) expected[other] += text;
                break;
              case 'relay':
                if (!joined.has(step.member)) return;
                fanOut.relay(Buffer.from(text), member, Buffer.from(answer));
                for (const other of joined) expected[other] += other === step.member ? answer : text;
                break;
            }
          });
          fanOut.flush();
          expect(members.map(({ written }) => written)).toEqual(expected);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('writes once for each client what one turn brought', async () => {
    const fanOut = createFanOut();
    const members = [new Member(), new Member(), new Member()] as const;
    for (const member of members) fanOut.add(member);
    for (let i = 0; i < 10; i += 1) fanOut.relay(Buffer.from(`<${i}>`), members[0], Buffer.from('[ack]'));
    fanOut.sendTo(members[1], Buffer.from('[only]'));
    expect(members.map(({ writes }) => writes)).toEqual([0, 0, 0]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(members.map(({ writes }) => writes)).toEqual([1, 1, 1]);
    expect(members[0].written).toBe('[ack]'.repeat(10));
    expect(members[2].written).toBe('<0><1><2><3><4><5><6><7><8><9>');
  });

  it('does not let a frame wait longer than its limit in a turn that does not end', () => {
    const now = { ms: 0 };
    const fanOut = createFanOut(now);
    const member = new Member();
    fanOut.add(member);
    fanOut.sendToAll(Buffer.from('<1>'));
    now.ms = 5;
    fanOut.sendToAll(Buffer.from('<2>'));
    expect(member.written).toBe('<1><2>');
  });

  it('does not gather more than its limit in one turn', () => {
    const fanOut = createFanOut();
    const member = new Member();
    fanOut.add(member);
    const frame = Buffer.alloc(1_000, 'x');
    for (let i = 0; i < 262; i += 1) fanOut.sendTo(member, frame);
    expect(member.written.length).toBe(0);
    fanOut.sendTo(member, frame);
    expect(member.written.length).toBe(263_000);
  });

  it('shares one buffer among all clients, and does not copy a lone frame', () => {
    const fanOut = createFanOut();
    const seen: Buffer[] = [];
    const members = Array.from({ length: 3 }, () => {
      const member = new Member();
      member.write = (chunks) => {
        seen.push(...chunks);
      };
      fanOut.add(member);
      return member;
    });
    const frame = Buffer.alloc(100_000, 'x');
    fanOut.sendToAll(frame);
    expect(seen).toHaveLength(members.length);
    expect(seen.every((chunk) => chunk === frame)).toBe(true);
  });
});
