import { createStore, type StoreApi } from 'zustand/vanilla';
import type { FeedBatch, NodeView } from '../../../shared/feed.js';

export interface NodesState {
  /** This node first, then the configured peers, then others that were heard of. */
  readonly nodes: readonly NodeView[];
  /** Each node's number for its colour, shape and dash; never changes within a session, also when the node goes away. */
  readonly styleByNode: Readonly<Record<string, number>>;
  apply(batch: FeedBatch): void;
}

export type NodesStore = StoreApi<NodesState>;

export function createNodesStore(): NodesStore {
  return createStore<NodesState>()((set, get) => ({
    nodes: [],
    styleByNode: {},
    apply(batch) {
      if (batch.nodes === undefined) return;
      const nodes = [...batch.nodes].sort(byStanding);
      set({ nodes, styleByNode: assignStyles(get().styleByNode, nodes) });
    },
  }));
}

function byStanding(a: NodeView, b: NodeView): number {
  return standing(a) - standing(b) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}

function standing(node: NodeView): number {
  if (node.isSelf) return 0;
  return node.isConfigured ? 1 : 2;
}

function assignStyles(
  known: Readonly<Record<string, number>>,
  nodes: readonly NodeView[],
): Readonly<Record<string, number>> {
  const newcomers = nodes.filter((node) => !Object.hasOwn(known, node.name));
  if (newcomers.length === 0) return known;
  const styles: Record<string, number> = { ...known };
  let next = Object.keys(known).length;
  for (const node of newcomers) {
    styles[node.name] = next;
    next += 1;
  }
  return styles;
}
