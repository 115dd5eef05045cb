import type { DoctorStep } from '../../shared/feed.js';
import { createDoctorWalks } from '../pipeline/doctor-walks.js';
import { type Command, loadSettings, parseOptions } from './command-context.js';

const marks = { passed: 'ok  ', failed: 'FAIL', skipped: 'skip' } as const;

/** `resonance doctor`: the way to Kafka, to the running node and to every peer; exit 1 when a step fails. */
export const runDoctor: Command = async (context) => {
  parseOptions(context, {});
  const { config } = await loadSettings(context);
  const { host, port } = config.websocket;
  const ownHost = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  const walks = createDoctorWalks({
    config,
    brokers: null,
    secrets: context.secrets,
    ownUrl: port === 0 ? null : `ws://${ownHost.includes(':') ? `[${ownHost}]` : ownHost}:${port}`,
    peerUrls: Object.fromEntries(
      Object.entries(config.peers).map(([name, { websocket }]) => [name, websocket]),
    ),
    clock: context.clock,
    logger: context.log.logger,
  });
  let failures = 0;
  for (const walk of walks) {
    for await (const step of walk(context.signal)) {
      if (step.state === 'running') continue;
      if (step.state === 'failed') failures += 1;
      context.print(context.json ? JSON.stringify(step) : readableStep(step));
    }
  }
  return failures === 0 ? 0 : 1;
};

function readableStep({ state, title, detail, durationMs, hint }: DoctorStep): string {
  if (state === 'running') return title;
  const duration = durationMs === null ? '' : ` (${Math.round(durationMs)} ms)`;
  const advice = state === 'failed' && hint !== null ? `\n       ${hint}` : '';
  return `${marks[state]}   ${title}: ${detail}${duration}${advice}`;
}
