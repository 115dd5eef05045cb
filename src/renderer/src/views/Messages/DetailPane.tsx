import { useMemo, useState } from 'react';
import type { MessageDetail } from '../../../../shared/feed.js';
import { Button } from '../../components/Button.js';
import { ClusterName } from '../../components/ClusterName.js';
import { CopyButton } from '../../components/CopyButton.js';
import { ErrorNotice } from '../../components/ErrorNotice.js';
import { Fact, Facts } from '../../components/Facts.js';
import { JsonTree } from '../../components/JsonTree.js';
import { NodeName } from '../../components/NodeName.js';
import { RawText } from '../../components/RawText.js';
import { Segmented } from '../../components/Segmented.js';
import { SidePane } from '../../components/SidePane.js';
import { useTellsClusters } from '../../components/use-tells-clusters.js';
import { formatCount, noValue } from '../../format/numbers.js';
import { formatClock, formatDateTime, formatMilliseconds } from '../../format/time.js';
import { messageTypeWords, repeatWords, wayOf } from '../../format/words.js';
import { readJsonObject } from '../../stores/compose-draft.js';
import { useStoreState, useStores } from '../../stores/stores-context.js';
import styles from './DetailPane.module.css';

/** The selected message in full. */
export function DetailPane() {
  const detail = useStoreState('messages', (state) => state.detail);
  const error = useStoreState('messages', (state) => state.detailError);
  const loading = useStoreState('messages', (state) => state.detailLoading);
  const select = useStoreState('messages', (state) => state.select);
  return (
    <SidePane
      label="Message detail"
      title={detail === null ? 'Message' : messageTypeWords[detail.row.type]}
      actions={detail !== null && <ReuseButton detail={detail} />}
      closeLabel="Close (Esc)"
      onClose={() => void select(null)}
    >
      {error !== null && <ErrorNotice error={error} />}
      {detail !== null && <Detail detail={detail} />}
      {detail === null && error === null && !loading && (
        <p className={styles.gone}>Not in the history any more: it keeps a bounded number of messages.</p>
      )}
    </SidePane>
  );
}

function ReuseButton({ detail }: { readonly detail: MessageDetail }) {
  const { compose, ui } = useStores();
  const reading = useMemo(() => readJsonObject(detail.text), [detail]);
  if (!reading.ok) return null;
  const reuse = (): void => {
    // What the node adds to every message is left out: the copy gets its own.
    const {
      type: _type,
      timestamp: _timestamp,
      id: _id,
      source: _source,
      stamps: _stamps,
      ...fields
    } = reading.value;
    compose.getState().reuse({ type: detail.row.type, fields, target: null, via: 'both' });
    ui.getState().openCompose();
  };
  return (
    <Button tone="quiet" icon="compose" onClick={reuse} title="Put a copy into Compose">
      Compose copy
    </Button>
  );
}

const forms = [
  { value: 'tree', label: 'Tree' },
  { value: 'text', label: 'Raw text' },
] as const;

function Detail({ detail }: { readonly detail: MessageDetail }) {
  const [form, setForm] = useState<'tree' | 'text'>('tree');
  const { row, text, headers } = detail;
  const tellsClusters = useTellsClusters();
  const value = useMemo(() => {
    const reading = readJsonObject(text);
    return reading.ok ? reading.value : null;
  }, [text]);
  const incoming = row.direction === 'in';
  return (
    <>
      <Facts>
        <Fact name={incoming ? 'From' : 'Sent by'}>
          {row.node === null ? 'unknown' : <NodeName name={row.node} />}
        </Fact>
        <Fact name={incoming ? 'Received' : 'Sent'}>
          <time dateTime={new Date(row.atMs).toISOString()}>
            {formatDateTime(row.atMs).slice(0, 10)} {formatClock(row.atMs)}
          </time>
        </Fact>
        <Fact name="Latency">{row.latencyMs === null ? noValue : formatMilliseconds(row.latencyMs)}</Fact>
        <Fact name="Via">{wayOf({ ...row, topic: null })}</Fact>
        {tellsClusters && row.profile !== undefined && (
          <Fact name="Cluster">
            <ClusterName profile={row.profile} />
          </Fact>
        )}
        {row.topic !== null && (
          <Fact name="Topic">
            <code>{row.topic}</code>
          </Fact>
        )}
        {row.partition !== null && (
          <Fact name="Partition, offset">
            {row.partition}, {row.offset ?? noValue}
          </Fact>
        )}
        {row.transport === 'kafka' && (
          <Fact name="Key">{detail.key === null ? 'none' : <code>{detail.key}</code>}</Fact>
        )}
        {row.isRepeat === true && <Fact name="Effect">{repeatWords}</Fact>}
        <Fact name="Size">{formatCount(row.byteLength)} bytes</Fact>
      </Facts>

      {Object.keys(headers).length > 0 && (
        <section>
          <h3 className={styles.title}>Headers</h3>
          <Facts>
            {Object.entries(headers).map(([name, header]) => (
              <Fact key={name} name={name}>
                <code>{header}</code>
              </Fact>
            ))}
          </Facts>
        </section>
      )}

      <section>
        <div className={styles.bodyHead}>
          <Segmented
            label="Form of the content"
            value={form}
            options={forms}
            onChange={(value) => setForm(value)}
          />
          <CopyButton what="raw text" text={() => text} />
        </div>
        {form === 'tree' && value !== null ? (
          <JsonTree key={row.sequence} value={value} />
        ) : (
          <RawText text={text} />
        )}
      </section>
    </>
  );
}
