import type { RejectedMessage } from '../../../../shared/feed.js';
import { Button } from '../../components/Button.js';
import { ColumnHead } from '../../components/ColumnHead.js';
import { CopyButton } from '../../components/CopyButton.js';
import { classNames } from '../../components/class-names.js';
import { EmptyState } from '../../components/EmptyState.js';
import { Fact, Facts } from '../../components/Facts.js';
import { RawText } from '../../components/RawText.js';
import { RowButton } from '../../components/RowButton.js';
import { SidePane } from '../../components/SidePane.js';
import layout from '../../components/split.module.css';
import table from '../../components/table.module.css';
import frame from '../../components/view.module.css';
import { formatBytes, formatCount } from '../../format/numbers.js';
import { formatClock, formatDateTime } from '../../format/time.js';
import { originOf } from '../../format/words.js';
import { useStoreState, useStores } from '../../stores/stores-context.js';
import styles from './RejectedSection.module.css';
import { rejectionReasonList, rejectionWords } from './rejection-words.js';

/** What was refused and why: counters by reason since the start, and the last ones in full. */
export function RejectedSection() {
  const rejections = useStoreState('rejections', (state) => state.rejections);
  const reason = useStoreState('diagnostics', (state) => state.rejectionReason);
  const selected = useStoreState('diagnostics', (state) => state.selectedRejection);
  const shown = rejections.filter((rejected) => reason === null || rejected.reason === reason).reverse();
  const detail = rejections.find((rejected) => rejected.sequence === selected);

  return (
    <div className={frame.content}>
      <ReasonBar />
      <div className={layout.split}>
        <section
          className={styles.list}
          aria-label="Rejected messages"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled with the keyboard.
          tabIndex={0}
        >
          {shown.length === 0 ? (
            <EmptyState
              title={rejections.length === 0 ? 'Nothing was rejected' : 'None of this kind is kept'}
            >
              <p>
                Messages that are broken, too big or not what they claim to be never reach the node. They are
                counted, and the last 200 are kept here to be read.
              </p>
            </EmptyState>
          ) : (
            <RejectedTable rejections={shown} selected={selected} />
          )}
        </section>
        {detail !== undefined && <RejectedDetail rejected={detail} />}
      </div>
    </div>
  );
}

/** The counters, which are a filter too. */
function ReasonBar() {
  const byReason = useStoreState('status', (state) => state.status?.rejections.byReason);
  const total = useStoreState('status', (state) => state.status?.rejections.total ?? 0);
  const reason = useStoreState('diagnostics', (state) => state.rejectionReason);
  const { setRejectionReason } = useStores().diagnostics.getState();
  const counted = rejectionReasonList.filter((candidate) => (byReason?.[candidate] ?? 0) > 0);
  if (total === 0) return null;
  return (
    <fieldset className={classNames(frame.bar, styles.reasons)} aria-label="Reasons">
      <Button aria-pressed={reason === null} onClick={() => setRejectionReason(null)}>
        All {formatCount(total)}
      </Button>
      {counted.map((candidate) => (
        <Button
          key={candidate}
          aria-pressed={reason === candidate}
          onClick={() => setRejectionReason(reason === candidate ? null : candidate)}
        >
          {rejectionWords[candidate]} {formatCount(byReason?.[candidate] ?? 0)}
        </Button>
      ))}
    </fieldset>
  );
}

interface RejectedTableProps {
  readonly rejections: readonly RejectedMessage[];
  readonly selected: number | null;
}

function RejectedTable({ rejections, selected }: RejectedTableProps) {
  const { selectRejection } = useStores().diagnostics.getState();
  return (
    <table className={classNames(table.table, table.fixed, styles.table)} aria-label="Rejected messages">
      <thead>
        <tr>
          <ColumnHead>Time</ColumnHead>
          <ColumnHead>Reason</ColumnHead>
          <ColumnHead>From</ColumnHead>
          <ColumnHead isNumeric>Size</ColumnHead>
          <ColumnHead>What was wrong</ColumnHead>
        </tr>
      </thead>
      <tbody>
        {rejections.map((rejected) => (
          <tr
            key={rejected.sequence}
            aria-current={rejected.sequence === selected ? 'true' : undefined}
            className={table.row}
            onClick={() => selectRejection(rejected.sequence)}
          >
            <td className={table.mono}>
              <RowButton title="Show what was sent" onClick={() => selectRejection(rejected.sequence)}>
                {formatClock(rejected.atMs)}
              </RowButton>
            </td>
            <td>{rejectionWords[rejected.reason]}</td>
            <td className={table.soft} title={rejected.origin}>
              {originOf(rejected)}
            </td>
            <td className={table.numeric}>{formatBytes(rejected.byteLength)}</td>
            <td className={table.soft} title={rejected.detail}>
              {rejected.detail}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function RejectedDetail({ rejected }: { readonly rejected: RejectedMessage }) {
  const { selectRejection } = useStores().diagnostics.getState();
  return (
    <SidePane
      label="Rejected message"
      title={rejectionWords[rejected.reason]}
      onClose={() => selectRejection(null)}
    >
      <Facts>
        <Fact name="What was wrong">{rejected.detail}</Fact>
        <Fact name="Received">
          {formatDateTime(rejected.atMs).slice(0, 10)} {formatClock(rejected.atMs)}
        </Fact>
        <Fact name="From">{originOf(rejected)}</Fact>
        <Fact name="Size">{formatCount(rejected.byteLength)} bytes</Fact>
      </Facts>
      <div className={styles.rawHead}>
        <h3>As it came{rejected.byteLength > rejected.preview.length ? ', the beginning' : ''}</h3>
        <CopyButton what="raw text" text={() => rejected.preview} />
      </div>
      <RawText text={rejected.preview === '' ? '(nothing)' : rejected.preview} />
    </SidePane>
  );
}
