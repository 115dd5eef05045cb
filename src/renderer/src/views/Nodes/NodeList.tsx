import { type KeyboardEvent, useRef } from 'react';
import type { NodeView } from '../../../../shared/feed.js';
import { Badge } from '../../components/Badge.js';
import { LinkLabel } from '../../components/LinkLabel.js';
import { NodeName } from '../../components/NodeName.js';
import { healthTone, StateLabel } from '../../components/StateMark.js';
import { healthWords } from '../../format/words.js';
import { useStores } from '../../stores/stores-context.js';
import styles from './NodeList.module.css';

export interface NodeListProps {
  readonly nodes: readonly NodeView[];
  readonly selected: string;
}

/** The nodes to choose from; arrow keys move through them. */
export function NodeList({ nodes, selected }: NodeListProps) {
  const { nodeDetail } = useStores();
  const list = useRef<HTMLUListElement>(null);

  const move = (event: KeyboardEvent): void => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const index = nodes.findIndex((node) => node.name === selected) + by;
    const target = nodes[index];
    if (target === undefined) return;
    nodeDetail.getState().select(target.name);
    list.current?.querySelectorAll('button')[index]?.focus();
  };

  return (
    <nav className={styles.list} aria-label="Nodes">
      <ul ref={list} onKeyDown={move}>
        {nodes.map((node) => (
          <li key={node.name}>
            <button
              type="button"
              className={styles.entry}
              aria-current={node.name === selected ? 'true' : undefined}
              onClick={() => nodeDetail.getState().select(node.name)}
            >
              <span className={styles.head}>
                <span className={styles.name}>
                  <NodeName name={node.name} />
                </span>
                <Standing node={node} />
              </span>
              <span className={styles.states}>
                <StateLabel tone={healthTone(node.health)}>{healthWords[node.health]}</StateLabel>
                {node.websocket !== null && <LinkLabel link={node.websocket} />}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** What the settings know of the node. */
export function Standing({ node }: { readonly node: NodeView }) {
  if (node.isSelf) return <Badge tone="strong">this node</Badge>;
  if (node.isConfigured) return <Badge>peer</Badge>;
  return (
    <Badge tone="quiet" title="Not in the settings: it was heard over a topic or connected to this node">
      heard of
    </Badge>
  );
}
