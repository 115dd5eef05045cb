import type { NodeView } from '../../../../shared/feed.js';
import type { Tone } from '../../components/StateMark.js';
import { formatDrift, formatSRoi } from '../../format/numbers.js';

export interface SummaryItem {
  readonly tone: Tone;
  readonly text: string;
}

/** Drift that is worth a second look, millihertz. */
const noticeableDriftMilliHz = 0.1;

/** The mesh in three short statements: who is alive, how well it resonates, how its integrity stands. */
export function summarise(
  nodes: readonly NodeView[],
  targetHz: number,
  sRoiThreshold: number,
): readonly SummaryItem[] {
  if (nodes.length === 0) return [];
  return [aliveItem(nodes), driftItem(nodes, targetHz), integrityItem(nodes, sRoiThreshold)].filter(
    (item) => item !== null,
  );
}

function aliveItem(nodes: readonly NodeView[]): SummaryItem {
  const healthy = nodes.filter((node) => node.health === 'healthy').length;
  if (healthy === nodes.length) {
    return { tone: 'good', text: healthy === 1 ? 'This node is healthy' : `All ${healthy} nodes healthy` };
  }
  const silent = nodes.some((node) => node.health === 'silent');
  return { tone: silent ? 'bad' : 'warning', text: `${healthy} of ${nodes.length} nodes healthy` };
}

function driftItem(nodes: readonly NodeView[], targetHz: number): SummaryItem | null {
  let worst: NodeView | null = null;
  let worstDrift = -1;
  for (const node of nodes) {
    if (node.frequencyHz === null || node.health === 'silent') continue;
    const drift = Math.abs(node.frequencyHz - targetHz);
    if (drift > worstDrift) {
      worst = node;
      worstDrift = drift;
    }
  }
  if (worst === null || worst.frequencyHz === null) return null;
  const tone = worstDrift * 1_000 < noticeableDriftMilliHz ? 'good' : 'warning';
  const drift = formatDrift(worst.frequencyHz, targetHz);
  return { tone, text: drift.startsWith('±') ? 'No drift' : `Largest drift ${drift} (${worst.name})` };
}

function integrityItem(nodes: readonly NodeView[], threshold: number): SummaryItem | null {
  const known = nodes.filter((node) => node.sRoi !== null && node.health !== 'silent');
  if (known.length === 0) return null;
  const below = known.filter((node) => node.sRoi !== null && node.sRoi < threshold);
  if (below.length === 0) return { tone: 'good', text: `S-ROI at or above ${formatSRoi(threshold)}` };
  const names = below.map((node) => node.name);
  const who = names.length <= 2 ? names.join(' and ') : `${names.length} nodes`;
  return { tone: 'warning', text: `S-ROI of ${who} below ${formatSRoi(threshold)}` };
}
