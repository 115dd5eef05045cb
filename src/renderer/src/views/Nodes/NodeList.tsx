import type { NodeView } from '../../../../shared/feed.js';
import { Badge } from '../../components/Badge.js';
import { ChoiceList } from '../../components/ChoiceList.js';
import { LinkLabel } from '../../components/LinkLabel.js';
import { NodeName } from '../../components/NodeName.js';
import { healthTone, StateLabel } from '../../components/StateMark.js';
import { healthWords } from '../../format/words.js';
import { useStores } from '../../stores/stores-context.js';

export interface NodeListProps {
  readonly nodes: readonly NodeView[];
  readonly selected: string;
}

export function NodeList({ nodes, selected }: NodeListProps) {
  const { nodeDetail } = useStores();
  return (
    <ChoiceList
      label="Nodes"
      selected={selected}
      onSelect={(name) => nodeDetail.getState().select(name)}
      choices={nodes.map((node) => ({
        key: node.name,
        head: (
          <>
            <NodeName name={node.name} />
            <Standing node={node} />
          </>
        ),
        facts: (
          <>
            <StateLabel tone={healthTone(node.health)}>{healthWords[node.health]}</StateLabel>
            {node.websocket !== null && <LinkLabel link={node.websocket} />}
          </>
        ),
      }))}
    />
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
