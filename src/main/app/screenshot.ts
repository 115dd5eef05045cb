import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { WebContents } from 'electron';
import { ResonanceError } from '../../shared/errors.js';
import type { FeedBatch } from '../../shared/feed.js';

const liveWithinMs = 60_000;
/** Seconds of series that make a line rather than a dot. */
const secondsWanted = 8;
/** At least one chart's line is drawn, fonts are in, and two frames have passed since. */
const paintedScript = `(async () => {
  await document.fonts.ready;
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  for (let tries = 0; tries < 300; tries += 1) {
    await frame();
    const lines = [...document.querySelectorAll('.recharts-line path')];
    if (lines.some((line) => line.getTotalLength() > 5)) break;
  }
  await frame();
  await frame();
})()`;

/** Tells from the feed whether the node is alive: enough seconds in which some node reported a value. */
export class LivenessWatch {
  readonly #seconds = new Set<number>();
  #resolve: () => void = () => undefined;
  readonly live = new Promise<void>((resolve) => {
    this.#resolve = resolve;
  });

  observe(batch: FeedBatch): void {
    for (const { atMs, points } of batch.series ?? []) {
      if (points.some(({ frequencyHz, sRoi }) => frequencyHz !== null || sRoi !== null)) {
        this.#seconds.add(atMs);
      }
    }
    if (this.#seconds.size >= secondsWanted) this.#resolve();
  }
}

/** @throws ResonanceError NOT_FOUND when nothing is live within 60 s, or why the picture could not be taken */
export async function saveScreenshot(
  contents: WebContents,
  watch: LivenessWatch,
  file: string,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new ResonanceError('NOT_FOUND', `No live data within ${liveWithinMs / 1_000} s`));
    }, liveWithinMs);
  });
  try {
    await Promise.race([watch.live.then(() => contents.executeJavaScript(paintedScript)), late]);
  } finally {
    clearTimeout(timer);
  }
  const picture = await contents.capturePage();
  if (picture.isEmpty()) throw new ResonanceError('INTERNAL', 'The window gave an empty picture');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, picture.toPNG());
}
