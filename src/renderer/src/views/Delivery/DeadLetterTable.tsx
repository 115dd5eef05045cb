import type { DeadLetterView } from '../../../../shared/dead-letter.js';
import { Age } from '../../components/Age.js';
import { Badge } from '../../components/Badge.js';
import { ColumnHead } from '../../components/ColumnHead.js';
import { classNames } from '../../components/class-names.js';
import { NodeName } from '../../components/NodeName.js';
import { RowButton } from '../../components/RowButton.js';
import table from '../../components/table.module.css';
import { formatCount } from '../../format/numbers.js';
import { formatDateTime } from '../../format/time.js';
import { messageTypeWords } from '../../format/words.js';
import { useStoreState, useStores } from '../../stores/stores-context.js';
import styles from './DeadLetterTable.module.css';
import { failureWords, placeWords } from './letter-words.js';

export function DeadLetterTable({ letters }: { readonly letters: readonly DeadLetterView[] }) {
  const { deadLetters } = useStores();
  const selected = useStoreState('deadLetters', (state) => state.selected);
  const checked = useStoreState('deadLetters', (state) => state.checked);
  const drafts = useStoreState('deadLetters', (state) => state.drafts);
  const areAllChecked = letters.every(({ id }) => checked.has(id));
  return (
    <table className={classNames(table.table, table.fixed, styles.table)} aria-label="Dead letters">
      <thead>
        <tr>
          <ColumnHead>
            <input
              type="checkbox"
              aria-label="Choose all"
              checked={areAllChecked}
              ref={(box) => {
                if (box !== null) box.indeterminate = !areAllChecked && checked.size > 0;
              }}
              onChange={(event) =>
                deadLetters.getState().check(
                  letters.map(({ id }) => id),
                  event.target.checked,
                )
              }
            />
          </ColumnHead>
          <ColumnHead>Age</ColumnHead>
          <ColumnHead>What happened</ColumnHead>
          <ColumnHead>Type</ColumnHead>
          <ColumnHead>Sender</ColumnHead>
          <ColumnHead isNumeric>Tries</ColumnHead>
          <ColumnHead>Cause</ColumnHead>
        </tr>
      </thead>
      <tbody>
        {letters.map((letter) => (
          <LetterRow
            key={letter.id}
            letter={letter}
            isSelected={letter.id === selected}
            isChecked={checked.has(letter.id)}
            isChanged={drafts.has(letter.id)}
          />
        ))}
      </tbody>
    </table>
  );
}

interface LetterRowProps {
  readonly letter: DeadLetterView;
  readonly isSelected: boolean;
  readonly isChecked: boolean;
  readonly isChanged: boolean;
}

function LetterRow({ letter, isSelected, isChecked, isChanged }: LetterRowProps) {
  const { deadLetters } = useStores();
  const { id, atMs, type, node, tries, cause, isWaiting } = letter;
  const open = (): void => deadLetters.getState().select(id);
  return (
    <tr aria-current={isSelected ? 'true' : undefined} className={table.row} onClick={open}>
      <td>
        <input
          type="checkbox"
          aria-label={`Choose ${messageTypeWords[type]} of ${formatDateTime(atMs)}`}
          checked={isChecked}
          onClick={(event) => event.stopPropagation()}
          onChange={(event) => deadLetters.getState().check([id], event.target.checked)}
        />
      </td>
      <td>
        <RowButton title="Show it in full" onClick={open}>
          <Age atMs={atMs} />
        </RowButton>
      </td>
      <td title={placeWords(letter)}>
        {failureWords(letter)} <span className={table.soft}>{placeWords(letter)}</span>
      </td>
      <td>
        {messageTypeWords[type]} {isChanged && <Badge tone="strong">changed</Badge>}
      </td>
      <td>{node === null ? <span className={table.soft}>unknown</span> : <NodeName name={node} />}</td>
      <td className={table.numeric}>{formatCount(tries)}</td>
      <td className={table.soft} title={cause}>
        {isWaiting && (
          <Badge title="On this node’s disk; it goes to its topic once the broker takes it">waiting</Badge>
        )}{' '}
        {cause}
      </td>
    </tr>
  );
}
