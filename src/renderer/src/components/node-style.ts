import { useStoreState } from '../stores/stores-context.js';

/** How one node is drawn everywhere: colour, marker shape and dash each tell it apart alone. */
export interface NodeStyle {
  /** CSS colour, follows the theme. */
  readonly color: string;
  /** Marker outline in a 12-unit square. */
  readonly marker: string;
  /** SVG `stroke-dasharray` of its line; empty for a solid one. */
  readonly dash: string;
}

/** Colours, marker shapes and dash patterns there are. */
const nodeColors = 8;

const markers = [
  'M6 1.500a4.500 4.500 0 1 1 0 9 4.500 4.500 0 0 1 0-9Z',
  'M2 2h8v8H2z',
  'M6 1 11.300 10.300H.700z',
  'M6 .500 11.500 6 6 11.500.500 6z',
  'M4.500 1h3v3.500H11v3H7.500V11h-3V7.500H1v-3h3.500z',
  'M6 11 .700 1.700h10.600z',
  'M6 .800 10.900 4.400 9 10.300H3L1.100 4.400z',
  'M1 4.500h10v3H1z',
] as const;

const dashes = ['', '9 4', '4 3', '12 3 3 3', '6 3', '16 5', '3 2 8 2', '2 3'] as const;

export function nodeStyle(index: number): NodeStyle {
  const color = index % nodeColors;
  // When the colours start over, shapes and dashes are shifted: the pair stays the node's own up to 64 nodes.
  const shape = (index + 3 * Math.floor(index / nodeColors)) % nodeColors;
  return { color: `var(--node-${color})`, marker: markers[shape] ?? markers[0], dash: dashes[shape] ?? '' };
}

/** The style of a node by name; nodes that were never seen share the first one. */
export function useNodeStyle(name: string): NodeStyle {
  return nodeStyle(useStoreState('nodes', (state) => state.styleByNode[name] ?? 0));
}
