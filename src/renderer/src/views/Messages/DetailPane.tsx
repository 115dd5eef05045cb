import { useMemo, useState } from 'react';
import type { MessageDetail } from '../../../../shared/feed.js';
import { Button, IconButton } from '../../components/Button.js';
import { CopyButton } from '../../components/CopyButton.js';
import { ErrorNotice } from '../../components/ErrorNotice.js';
import { JsonTree } from '../../components/JsonTree.js';
import { NodeName } from '../../components/NodeName.js';
import { Segmented } from '../../components/Segmented.js';
import layout from '../../components/split.module.css';
import { formatCount, noValue } from '../../format/numbers.js';
import { formatClock, formatDateTime, formatMilliseconds } from '../../format/time.js';
import { messageTypeWords, repeatWords, transportWords } from '../../format/words.js';
import { readJsonObject } from '../../stores/compose-draft.js';
import { useStoreState, useStores } from '../../stores/stores-context.js';
import styles from './DetailPane.module.css';

/** The selected message in full. */
export function DetailPane() {
  const detail = useStoreState('messages', (state) => state.detail);
  const error = useStoreState('messages', (state) => state.detailError);
  const selected = useStoreState('messages', (state) => state.selected);
  const select = useStoreState('messages', (state) => state.select);
  const isCurrent = detail !== null && detail.row.sequence === selected;
  return (
    <aside className={layout.detail} aria-label="Message detail">
      <header className={styles.header}>
        <h2>{detail === null ? 'Message' : messageTypeWords[detail.row.type]}</h2>
        <div className={styles.actions}>
          {detail !== null && <ReuseButton detail={detail} />}
          <IconButton icon="close" label="Close (Esc)" onClick={() => void select(null)} />
        </div>
      </header>
      {error !== null && <ErrorNotice error={error} />}
      {detail !== null && <Detail detail={detail} />}
      {detail === null && error === null && (
        <p className={styles.gone}>
          {isCurrent ? '' : 'Not in the history any more: it keeps a bounded number of messages.'}
        </p>
      )}
    </aside>
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
  const value = useMemo(() => {
    const reading = readJsonObject(text);
    return reading.ok ? reading.value : null;
  }, [text]);
  const incoming = row.direction === 'in';
  return (
    <div className={styles.content}>
      <dl className={styles.facts}>
        <Fact name={incoming ? 'From' : 'Sent by'}>
          {row.node === null ? 'unknown' : <NodeName name={row.node} />}
        </Fact>
        <Fact name={incoming ? 'Received' : 'Sent'}>
          <time dateTime={new Date(row.atMs).toISOString()}>
            {formatDateTime(row.atMs).slice(0, 10)} {formatClock(row.atMs)}
          </time>
        </Fact>
        <Fact name="Latency">{row.latencyMs === null ? noValue : formatMilliseconds(row.latencyMs)}</Fact>
        <Fact name="Via">
          {transportWords[row.transport]}
          {detail.connection !== null && (
            <>
              {' '}
              <code>{detail.connection}</code>
            </>
          )}
        </Fact>
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
      </dl>

      {Object.keys(headers).length > 0 && (
        <section>
          <h3 className={styles.title}>Headers</h3>
          <dl className={styles.facts}>
            {Object.entries(headers).map(([name, header]) => (
              <Fact key={name} name={name}>
                <code>{header}</code>
              </Fact>
            ))}
          </dl>
        </section>
      )}

      <section className={styles.body}>
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
          // biome-ignore lint/a11y/noNoninteractiveTabindex: long text is scrolled with the keyboard.
          <pre className={styles.raw} tabIndex={0}>
            {text}
          </pre>
        )}
      </section>
    </div>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
