import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KafkaPosition } from '../../../../src/shared/envelope.js';
import { KafkaFixture } from '../../kafka-fixture.js';
import { type BundledProgram, bundleProgram, type RunningProgram } from '../../typescript-process.js';
import type { BrokerProcess } from '../broker-processes.js';
import { History } from '../history.js';
import { Load } from '../load.js';
import { readBack } from '../read-back.js';
import { type RowResult, RowRun } from '../row.js';

const receiver = 'program';
/** The killed consumer's session (6 s) must end before its successor gets the partitions. */
const handlingWithinMs = 10_000;
/** What a handler did within this time before a kill may happen again: ids and offsets become durable once a second. */
const repeatedAtMostMs = 2_000;
const betweenKills = 200;
const partitions = 3;

/** A program with a handler is killed under load; what it had handled and not yet noted it handles again. */
export async function runHandlingRow({ brokers }: BrokerProcess, kills: number): Promise<RowResult> {
  const run = new RowRun(new History([receiver]));
  const { history } = run;
  const fixture = new KafkaFixture(brokers);
  const topic = fixture.topics.inbound;
  const dataDirectory = await mkdtemp(join(tmpdir(), 'resonance-killed-'));
  const program = await bundleProgram('faults/pipeline-program.ts');
  const effects = new Effects(history);
  let load: Load | undefined;
  try {
    await fixture.admin.createTopic(topic, { partitions, replicationFactor: 1 });
    const begin = (): RunningProgram => effects.watch(startProgram(program, dataDirectory, brokers, topic));
    let running = begin();
    load = new Load({ producer: fixture.producer(), topic, partitions, history });
    for (let kill = 0; kill < kills; kill += 1) {
      await effects.untilFurther(betweenKills);
      running.child.kill('SIGKILL');
      await running.ended;
      running = begin();
      const handling = history.next(({ kind }) => kind === 'applied');
      await run.measure('handling after kill -9', handlingWithinMs, handling);
    }
    await load.stop();
    await history.untilApplied();
    await readBack({ brokers, topic, history });
    run.note({
      what: 'age of what was handled again',
      unit: 'ms',
      measured: effects.oldestRepeatedMs,
      bound: repeatedAtMostMs,
    });
    return run.result({ appliedOnce: false });
  } finally {
    await load?.stop();
    await fixture.close();
    await program.close();
    await rm(dataDirectory, { recursive: true, force: true });
  }
}

function startProgram(
  program: BundledProgram,
  dataDirectory: string,
  brokers: readonly string[],
  topic: string,
): RunningProgram {
  return program.start([dataDirectory, brokers.join(','), topic]);
}

/** What a program's handler did, through all its lives. */
class Effects {
  readonly #history: History;
  /** The last time that each message had its effect, and in which life. */
  readonly #last = new Map<string, { readonly atMs: number; readonly life: Life }>();
  #oldestRepeatedMs = 0;

  constructor(history: History) {
    this.#history = history;
  }

  /** How long before it was killed the program had handled what it handled again later, at most. */
  get oldestRepeatedMs(): number {
    return this.#oldestRepeatedMs;
  }

  watch(running: RunningProgram): RunningProgram {
    const life: Life = { endedAtMs: null };
    running.lines.on('line', (text) => {
      const line = JSON.parse(text) as { handled?: string; position?: KafkaPosition | null };
      if (line.handled !== undefined) this.#note(line.handled, line.position ?? null, life);
    });
    void running.ended.then(() => {
      life.endedAtMs = performance.now();
    });
    return running;
  }

  untilFurther(count: number): Promise<void> {
    const enough = this.#last.size + count;
    return this.#history.until(() => this.#last.size >= enough);
  }

  #note(id: string, position: KafkaPosition | null, life: Life): void {
    const last = this.#last.get(id);
    if (last !== undefined) {
      // Handled twice in one life it would be repeated for no reason at all.
      const keptForMs = (last.life.endedAtMs ?? Number.POSITIVE_INFINITY) - last.atMs;
      this.#oldestRepeatedMs = Math.max(this.#oldestRepeatedMs, keptForMs);
    }
    this.#last.set(id, { atMs: performance.now(), life });
    this.#history.record({ kind: 'applied', receiver, id, position });
  }
}

interface Life {
  endedAtMs: number | null;
}
