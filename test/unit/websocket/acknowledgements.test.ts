import { describe, expect, it } from 'vitest';
import { Acknowledgements, type AckOutcome } from '../../../src/main/websocket/acknowledgements.js';

function setUp(limit?: number) {
  const acknowledgements = new Acknowledgements(limit);
  const settled: string[] = [];
  const expectAnswer = (type: string, id?: string): void =>
    acknowledgements.expect({
      type,
      id,
      settle: (outcome: AckOutcome) => settled.push(`${id ?? type} ${outcome.kind}`),
    });
  const ack = (original_type: string, id?: string): boolean =>
    acknowledgements.onAck({ type: 'ack', original_type, ...(id === undefined ? {} : { id }) });
  return { acknowledgements, settled, expectAnswer, ack };
}

describe('an answer', () => {
  it('with an id belongs to that message, whatever came before', () => {
    const { settled, expectAnswer, ack } = setUp();
    expectAnswer('state_update', 'a');
    expectAnswer('state_update', 'b');
    ack('state_update', 'b');
    ack('state_update', 'a');
    expect(settled).toEqual(['b acknowledged', 'a acknowledged']);
  });

  it('without one belongs to the oldest message of its type', () => {
    const { settled, expectAnswer, ack } = setUp();
    expectAnswer('state_update', 'a');
    expectAnswer('s_roi_update', 'b');
    expectAnswer('s_roi_update', 'c');
    ack('s_roi_update');
    expect(settled).toEqual(['b acknowledged']);
    expect(ack('repository_event')).toBe(false);
  });

  it('goes to messages that nobody waits for too, so that theirs are not taken for others', () => {
    const { acknowledgements, settled, expectAnswer, ack } = setUp();
    acknowledgements.expect({ type: 'state_update', id: undefined });
    expectAnswer('state_update', 'a');
    ack('state_update');
    expect(settled).toEqual([]);
    ack('state_update');
    expect(settled).toEqual(['a acknowledged']);
  });

  it('that is an error belongs to the oldest message', () => {
    const { acknowledgements, settled, expectAnswer } = setUp();
    expectAnswer('state_update', 'a');
    expectAnswer('state_update', 'b');
    expect(acknowledgements.onError('no')).toBe(true);
    expect(settled).toEqual(['a refused']);
    acknowledgements.onLost();
    expect(settled).toEqual(['a refused', 'b lost']);
    expect(acknowledgements.onError('no')).toBe(false);
  });

  it('that is a heartbeat belongs to the oldest heartbeat', () => {
    const { acknowledgements, settled, expectAnswer } = setUp();
    expectAnswer('state_update');
    expectAnswer('heartbeat');
    expect(acknowledgements.onHeartbeat()).toBe(true);
    expect(acknowledgements.onHeartbeat()).toBe(false);
    expect(settled).toEqual(['heartbeat acknowledged']);
  });

  it('is expected for so many messages at most', () => {
    const { acknowledgements, settled, expectAnswer, ack } = setUp(2);
    for (const id of ['a', 'b', 'c']) expectAnswer('state_update', id);
    expect(acknowledgements.size).toBe(2);
    ack('state_update');
    expect(settled).toEqual(['b acknowledged']);
  });
});
