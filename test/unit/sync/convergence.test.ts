import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Envelope } from '../../../src/shared/envelope.js';
import type { StateData } from '../../../src/shared/message.js';
import { ManualClock } from '../../support/manual-clock.js';
import { createNode, envelopeOf, meshStartMs, type TestNode } from './mesh.js';

const nodeNames = ['resonance', 'lexamoris', 'nexus'] as const;

const patch: fc.Arbitrary<StateData> = fc.oneof(
  fc.record({ frequency: fc.nat(9).map((value) => value / 100) }),
  fc.record({ s_roi: fc.nat(9).map((value) => value / 10) }),
  fc.record({ status: fc.constantFrom('a', 'b', 'c') }),
  fc.record({ mood: fc.constantFrom('calm', null, { level: 3 }) }),
  fc.record({ frequency: fc.nat(9), mood: fc.constantFrom('bright', 'dim') }),
);

/** What may happen in a mesh; delivery picks any message sent so far, as often and as late as it likes. */
const event = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('change' as const),
      node: fc.nat(2),
      patch,
      type: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('deliver' as const), node: fc.nat(2), which: fc.nat(10_000) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('broadcast' as const), node: fc.nat(2) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), node: fc.nat(2), ms: fc.nat(5_000) }),
  },
);

const tenYearsMs = 315_576_000_000;
const clockError = fc.constantFrom(0, 0, 40, -3_600_000, tenYearsMs, -tenYearsMs);

function sharedState(node: TestNode): unknown {
  const { anchor: _anchor, connected_nodes: _nodes, ...fields } = node.synchronizer.getState();
  return { fields, stamps: node.synchronizer.getStamps() };
}

describe('a mesh of synchronizers', () => {
  test('ends in one state after any order, duplicate and loss of messages, once each node was heard again', () => {
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 60 }),
        fc.tuple(clockError, clockError, clockError),
        fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6, maxLength: 6 }),
        (events, clockErrors, resyncOrder) => {
          const nodes = nodeNames.map((name, index) =>
            createNode(name, { clock: new ManualClock(meshStartMs + (clockErrors[index] ?? 0)) }),
          );
          const wire: Envelope[] = [];
          const at = (index: number): TestNode => nodes[index] as TestNode;
          for (const step of events) {
            const node = at(step.node);
            if (step.kind === 'wait') node.clock.advance(step.ms);
            if (step.kind === 'broadcast') wire.push(envelopeOf(node.synchronizer.stateUpdate()));
            if (step.kind === 'change') {
              const isSRoiAlone = Object.keys(step.patch).join() === 's_roi';
              const type = step.type && isSRoiAlone ? 's_roi_update' : 'state_update';
              wire.push(envelopeOf(node.synchronizer.updateState(step.patch, { type }).message));
            }
            const envelope =
              step.kind === 'deliver' ? wire[step.which % Math.max(1, wire.length)] : undefined;
            if (envelope !== undefined) node.synchronizer.receive(envelope);
          }
          // A resync: each node hears every other one once more, in any order; twice, as news travels through others.
          const pairs = [
            [0, 1],
            [0, 2],
            [1, 0],
            [1, 2],
            [2, 0],
            [2, 1],
          ] as const;
          for (const index of [...resyncOrder, ...resyncOrder]) {
            const [from, to] = pairs[index] ?? [0, 1];
            at(to).synchronizer.receive(envelopeOf(at(from).synchronizer.stateUpdate()));
          }
          const expected = sharedState(at(0));
          expect(sharedState(at(1))).toEqual(expected);
          expect(sharedState(at(2))).toEqual(expected);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('lets the change win that was made after seeing the other, though its clock is an hour behind', () => {
    const ahead = createNode('nexus', { clock: new ManualClock(meshStartMs + 3_600_000) });
    const behind = createNode('resonance');
    behind.synchronizer.receive(envelopeOf(ahead.synchronizer.updateState({ frequency: 1 }).message));
    ahead.synchronizer.receive(envelopeOf(behind.synchronizer.updateState({ frequency: 2 }).message));
    expect(ahead.synchronizer.getState().frequency).toBe(2);
    expect(behind.synchronizer.getState().frequency).toBe(2);
  });

  test('keeps changes of different fields, made at once on two nodes', () => {
    const [left, right] = [createNode('resonance'), createNode('nexus')];
    const fromLeft = envelopeOf(left.synchronizer.updateState({ frequency: 0.05 }).message);
    const fromRight = envelopeOf(right.synchronizer.updateState({ status: 'warm' }).message);
    left.synchronizer.receive(fromRight);
    right.synchronizer.receive(fromLeft);
    for (const node of [left, right]) {
      expect(node.synchronizer.getState()).toMatchObject({ frequency: 0.05, status: 'warm', s_roi: 0.502 });
    }
  });

  test('agrees on one of two values with the same stamp, from two instances under one name', () => {
    const instances = [createNode('resonance'), createNode('resonance')] as const;
    const told = instances.map(({ synchronizer }, index) =>
      envelopeOf(synchronizer.updateState({ status: `of instance ${index}` }).message),
    );
    for (const { synchronizer } of instances) for (const envelope of told) synchronizer.receive(envelope);
    expect(instances.map(({ synchronizer }) => synchronizer.getState().status)).toEqual([
      'of instance 1',
      'of instance 1',
    ]);
  });

  test('gives a node back its own changes after it restarted without a store', () => {
    const peer = createNode('nexus');
    const before = createNode('resonance');
    peer.synchronizer.receive(envelopeOf(before.synchronizer.updateState({ frequency: 0.07 }).message));
    const after = createNode('resonance');
    after.synchronizer.receive(envelopeOf(peer.synchronizer.stateUpdate()));
    expect(after.synchronizer.getState().frequency).toBe(0.07);
  });
});
