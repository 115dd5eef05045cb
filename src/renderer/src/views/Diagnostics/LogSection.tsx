import { memo, useMemo, useRef } from 'react';
import type { LogLine } from '../../../../shared/feed.js';
import { type LogLevel, logLevels } from '../../../../shared/logger.js';
import { Button } from '../../components/Button.js';
import { CopyTextButton } from '../../components/CopyButton.js';
import { EmptyState } from '../../components/EmptyState.js';
import { SearchBox } from '../../components/SearchBox.js';
import { StateLabel, type Tone } from '../../components/StateMark.js';
import frame from '../../components/view.module.css';
import { formatCount } from '../../format/numbers.js';
import { formatClock } from '../../format/time.js';
import { useStoreState, useStores } from '../../stores/stores-context.js';
import { InlineSelect } from './InlineSelect.js';
import styles from './LogSection.module.css';
import { formatLines, selectLines } from './log-lines.js';
import { RecordedLevel } from './RecordedLevel.js';
import { useFollowTail } from './use-follow-tail.js';

const tones: Readonly<Record<LogLevel, Tone>> = {
  error: 'bad',
  warn: 'warning',
  info: 'good',
  debug: 'idle',
};

const shownWords: Readonly<Record<LogLevel, string>> = {
  error: 'errors',
  warn: 'warnings and errors',
  info: 'all but debug',
  debug: 'everything',
};
const shownOptions = logLevels.map((value) => ({ value, label: shownWords[value] }));

/** The app's own log as it comes. */
export function LogSection() {
  const { commands } = useStores();
  const lines = useStoreState('logs', (state) => state.lines);
  const level = useStoreState('diagnostics', (state) => state.shownLevel);
  const text = useStoreState('diagnostics', (state) => state.logText);
  const { setShownLevel, setLogText } = useStores().diagnostics.getState();
  const shown = useMemo(() => selectLines(lines, level, text), [lines, level, text]);
  const list = useRef<HTMLElement>(null);
  const { following, onScroll, follow } = useFollowTail(list, shown.at(-1)?.sequence);

  return (
    <div className={frame.content}>
      <search className={frame.bar}>
        <SearchBox
          label="Search in the log"
          placeholder="Text in the log"
          text={text}
          onChange={setLogText}
        />
        <InlineSelect label="Show" value={level} options={shownOptions} onChange={setShownLevel} />
        <RecordedLevel />
        <div className={frame.end}>
          <CopyTextButton label="Copy" text={() => formatLines(shown)} disabled={shown.length === 0} />
          <Button icon="folder" onClick={() => void commands.reveal('logs')}>
            Log files
          </Button>
        </div>
      </search>
      <section
        ref={list}
        className={styles.list}
        aria-label="Log"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled with the keyboard.
        tabIndex={0}
        onScroll={onScroll}
      >
        {shown.map((line) => (
          <Line key={line.sequence} line={line} />
        ))}
        {shown.length === 0 && (
          <EmptyState title={lines.length === 0 ? 'Nothing logged yet' : 'No line matches'} />
        )}
      </section>
      <footer className={styles.foot}>
        <span>
          {shown.length === lines.length
            ? `${formatCount(lines.length)} lines`
            : `${formatCount(shown.length)} of ${formatCount(lines.length)} lines`}
          {following ? ', following' : ''}
        </span>
        {!following && (
          <Button icon="bottom" onClick={follow}>
            Newest
          </Button>
        )}
      </footer>
    </div>
  );
}

const Line = memo(function Line({ line }: { readonly line: LogLine }) {
  return (
    <div className={styles.line}>
      <time className={styles.time}>{formatClock(line.atMs)}</time>
      <StateLabel tone={tones[line.level]}>{line.level}</StateLabel>
      <span className={styles.component}>{line.component}</span>
      <span className={styles.message}>
        {line.message} {line.fields !== '' && <span className={styles.fields}>{line.fields}</span>}
      </span>
    </div>
  );
});
