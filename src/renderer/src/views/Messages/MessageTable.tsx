import { useVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef } from 'react';
import { Button } from '../../components/Button.js';
import { classNames } from '../../components/class-names.js';
import { EmptyState } from '../../components/EmptyState.js';
import { MeshButton } from '../../components/MeshButton.js';
import { useRem } from '../../components/use-rem.js';
import { useTellsClusters } from '../../components/use-tells-clusters.js';
import { useStoreState, useStores } from '../../stores/stores-context.js';
import { isNarrowed } from './is-narrowed.js';
import { MessageLine } from './MessageLine.js';
import styles from './MessageTable.module.css';

/** Row height in rem; the same number is in the style sheet. */
const rowRem = 1.75;
/** How near to an end of the loaded rows, in rows, more are fetched. */
const fetchAhead = 40;

export interface MessageTableProps {
  readonly table: RefObject<HTMLDivElement | null>;
}

/** Only the rows in sight exist in the page; the store holds some pages around them. */
export function MessageTable({ table }: MessageTableProps) {
  const { messages } = useStores();
  const rows = useStoreState('messages', (state) => state.rows);
  const mode = useStoreState('messages', (state) => state.mode);
  const selected = useStoreState('messages', (state) => state.selected);
  const loading = useStoreState('messages', (state) => state.loading);
  const tellsClusters = useTellsClusters();
  const rem = useRem();
  const rowHeight = Math.round(rowRem * rem);

  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => table.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => rows[index]?.sequence ?? index,
    overscan: 12,
    // The header above the rows takes about one row's height of what is in sight.
    scrollPaddingEnd: rowHeight,
    useFlushSync: false,
  });

  const first = rows[0]?.sequence ?? null;

  // Rows that come or go above must not move what the operator looks at.
  const firstBefore = useRef<number | null>(null);
  useLayoutEffect(() => {
    const before = firstBefore.current;
    firstBefore.current = first;
    const element = table.current;
    if (element === null || mode === 'following' || first === null || before === first) return;
    if (before === null) {
      // All rows are new: the newest are what is wanted first.
      element.scrollTop = element.scrollHeight;
      return;
    }
    const added = rows.findIndex((row) => row.sequence === before);
    if (added > 0) element.scrollTop += added * rowHeight;
  }, [first, mode, rows, rowHeight, table]);

  /** What the last scroll event, or we ourselves, left: only a position above it is the operator's doing. */
  const lastScroll = useRef({ top: 0, height: 0, rowHeight });
  const scrollToEnd = useCallback((): void => {
    const element = table.current;
    if (element === null) return;
    element.scrollTop = element.scrollHeight;
    lastScroll.current.top = element.scrollTop;
  }, [table]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever the rows are now, also when older ones came in above, the end is elsewhere.
  useLayoutEffect(() => {
    if (mode === 'following') scrollToEnd();
  }, [mode, rows, scrollToEnd]);

  useEffect(() => {
    const element = table.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      if (messages.getState().mode === 'following') scrollToEnd();
    });
    // The rows too: a larger window has larger letters.
    for (const part of [element, ...element.children]) observer.observe(part);
    return () => observer.disconnect();
  }, [messages, table, scrollToEnd]);

  useEffect(() => {
    if (selected === null) return;
    const { rows: present } = messages.getState();
    const index = present.findIndex((row) => row.sequence === selected);
    if (index >= 0) virtualizer.scrollToIndex(index, { align: 'auto' });
  }, [selected, messages, virtualizer]);

  const onScroll = (): void => {
    const element = table.current;
    if (element === null) return;
    const { mode: now, hasOlder, detach, loadOlder, loadNewer } = messages.getState();
    const above = element.scrollTop / rowHeight;
    const below = (element.scrollHeight - element.scrollTop - element.clientHeight) / rowHeight;
    const { top, height, rowHeight: lastRowHeight } = lastScroll.current;
    const isSameSize = height === element.clientHeight && lastRowHeight === rowHeight;
    const movedUp = element.scrollTop < top;
    lastScroll.current = { top: element.scrollTop, height: element.clientHeight, rowHeight };
    if (now === 'following') {
      // Fewer rows than before move the position up too, but leave it at the end; so does a window that changes size.
      if (movedUp && isSameSize && below > 1.5) detach();
      return;
    }
    if (above < fetchAhead && hasOlder) void loadOlder();
    else if (below < 1) void loadNewer();
  };

  return (
    <section
      ref={table}
      className={styles.scroll}
      aria-label="Message stream"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the rows are moved through with the arrow keys from here.
      tabIndex={0}
      onScroll={onScroll}
      onWheel={(event) => {
        // At once: rows that come before the next scroll event would take the operator back to the end.
        if (event.deltaY < 0) messages.getState().detach();
      }}
    >
      <table
        className={classNames(styles.table, tellsClusters && styles.clusters)}
        aria-label="Messages"
        aria-rowcount={-1}
      >
        <thead className={styles.head}>
          <tr className={styles.row}>
            <th>Time</th>
            <th>Node</th>
            <th>Type</th>
            {tellsClusters && (
              <th className={styles.cluster}>
                <span>Cluster</span>
              </th>
            )}
            <th>Via</th>
            <th className={styles.numeric}>Size</th>
            <th className={styles.numeric}>Latency</th>
            <th>Content</th>
          </tr>
        </thead>
        <tbody className={styles.body} style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            return (
              <MessageLine
                key={row.sequence}
                row={row}
                top={item.start}
                isSelected={row.sequence === selected}
                tellsCluster={tellsClusters}
              />
            );
          })}
        </tbody>
      </table>
      {rows.length === 0 && !loading && (
        <div className={styles.none}>
          <NoMessages />
        </div>
      )}
    </section>
  );
}

function NoMessages() {
  const { ui, commands } = useStores();
  const filter = useStoreState('messages', (state) => state.filter);
  const simulationRuns = useStoreState('status', (state) => state.status?.simulation.running ?? false);
  if (isNarrowed(filter)) {
    return (
      <EmptyState title="No message matches">
        <p>New ones that match appear here as they come. Clear the filter to see all of them.</p>
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title="No messages yet"
      actions={
        <>
          <Button tone="primary" icon="compose" onClick={() => ui.getState().openCompose()}>
            Compose one
          </Button>
          {!simulationRuns && (
            <MeshButton icon="flask" onClick={() => void commands.startSimulation()}>
              Start the demo mesh
            </MeshButton>
          )}
        </>
      }
    >
      <p>Everything this node sends and receives, over Kafka and WebSocket, appears here.</p>
    </EmptyState>
  );
}
