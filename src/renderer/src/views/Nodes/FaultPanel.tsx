import type { SimulatedNodeView, SimulationFault } from '../../../../shared/feed.js';
import { Checkbox } from '../../components/Field.js';
import { Panel } from '../../components/Panel.js';
import { ReadOnlyNotice } from '../../components/ReadOnlyNotice.js';
import { useReadOnlyReason } from '../../components/use-read-only.js';
import { faultWords } from '../../format/words.js';
import { useStores } from '../../stores/stores-context.js';
import styles from './FaultPanel.module.css';

const explanations: Readonly<Record<SimulationFault, string>> = {
  silence: 'says nothing at all',
  drift: 'leaves the target frequency',
  malformed: 'sends what must be rejected',
  burst: '500 messages with every beat',
  lag: 'arrives 5 s late',
};
const faults = Object.keys(faultWords) as readonly SimulationFault[];

/** What can go wrong with a demo node, to be switched on. */
export function FaultPanel({ node }: { readonly node: SimulatedNodeView }) {
  const { commands } = useStores();
  const isLocked = useReadOnlyReason() !== null;
  return (
    <Panel title="Demo faults" aside={<code>{node.url}</code>}>
      <fieldset className={styles.faults} aria-label={`Faults of ${node.name}`}>
        <ReadOnlyNotice />
        {faults.map((fault) => (
          <div key={fault}>
            <Checkbox
              label={faultWords[fault]}
              checked={node.faults.includes(fault)}
              disabled={isLocked}
              onChange={(event) => void commands.setFault(node.name, fault, event.target.checked)}
            />
            <p className={styles.words}>{explanations[fault]}</p>
          </div>
        ))}
      </fieldset>
    </Panel>
  );
}
