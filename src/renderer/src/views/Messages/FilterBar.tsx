import { useEffect, useState } from 'react';
import { emptyMessageFilter, type MessageFilter } from '../../../../shared/feed.js';
import { Button } from '../../components/Button.js';
import { CheckMenu } from '../../components/CheckMenu.js';
import { ClusterName } from '../../components/ClusterName.js';
import { Checkbox } from '../../components/Field.js';
import { shortcutText } from '../../components/Kbd.js';
import { NodeName } from '../../components/NodeName.js';
import { SearchBox } from '../../components/SearchBox.js';
import { useTellsClusters } from '../../components/use-tells-clusters.js';
import frame from '../../components/view.module.css';
import { byName } from '../../format/by-name.js';
import { messageTypeList, messageTypeWords, transportList, transportWords } from '../../format/words.js';
import { useStoreState } from '../../stores/stores-context.js';
import { isNarrowed } from './is-narrowed.js';

/** A pause in typing after which the text is searched for. */
const typingPauseMs = 200;

const typeOptions = messageTypeList.map((value) => ({ value, label: messageTypeWords[value] }));
const transportOptions = transportList.map((value) => ({ value, label: transportWords[value] }));

export function FilterBar() {
  const filter = useStoreState('messages', (state) => state.filter);
  const setFilter = useStoreState('messages', (state) => state.setFilter);
  const paused = useStoreState('messages', (state) => state.mode === 'paused');
  const togglePause = useStoreState('messages', (state) => state.togglePause);
  const nodes = useStoreState('nodes', (state) => state.nodes);
  const topics = useStoreState('traffic', (state) => state.topics);
  const [text, setText] = useState(filter.text);

  const change = (part: Partial<MessageFilter>): void => void setFilter({ ...filter, ...part });

  useEffect(() => {
    if (text === filter.text) return;
    const timer = setTimeout(() => void setFilter({ ...filter, text }), typingPauseMs);
    return () => clearTimeout(timer);
  }, [text, filter, setFilter]);

  const clear = (): void => {
    setText('');
    void setFilter(emptyMessageFilter);
  };
  const isFiltered = isNarrowed({ ...filter, text });

  return (
    <search className={frame.bar}>
      <SearchBox
        label="Search in the messages"
        placeholder="Text in the message"
        text={text}
        onChange={setText}
      />
      <CheckMenu
        label="Type"
        options={typeOptions}
        selected={filter.types}
        onChange={(types) => change({ types })}
      />
      <CheckMenu
        label="Node"
        options={nodes.map(({ name }) => ({ value: name, label: <NodeName name={name} /> }))}
        selected={filter.nodes}
        onChange={(names) => change({ nodes: names })}
      />
      <CheckMenu
        label="Topic"
        options={union(topics, filter.topics)
          .sort(byName)
          .map((value) => ({ value, label: value }))}
        selected={filter.topics}
        onChange={(chosen) => change({ topics: chosen })}
      />
      <CheckMenu
        label="Transport"
        options={transportOptions}
        selected={filter.transports}
        onChange={(transports) => change({ transports })}
      />
      <ClusterMenu selected={filter.profiles} onChange={(profiles) => change({ profiles })} />
      <Checkbox
        label="Mute heartbeats"
        checked={filter.muteHeartbeats}
        onChange={(event) => change({ muteHeartbeats: event.target.checked })}
      />
      {isFiltered && (
        <Button tone="quiet" icon="close" onClick={clear}>
          Clear
        </Button>
      )}
      <div className={frame.end}>
        <Button
          icon={paused ? 'play' : 'pause'}
          aria-pressed={paused}
          title={`${paused ? 'Go on' : 'Pause'} (${shortcutText('P')})`}
          onClick={() => void togglePause()}
        >
          {paused ? 'Go on' : 'Pause'}
        </Button>
      </div>
    </search>
  );
}

interface ClusterMenuProps {
  readonly selected: readonly string[];
  onChange(profiles: readonly string[]): void;
}

/** There as long as messages of several clusters are kept, or some are chosen. */
function ClusterMenu({ selected, onChange }: ClusterMenuProps) {
  const kept = useStoreState('status', (state) => state.status?.history.profiles);
  const tellsClusters = useTellsClusters();
  if (!tellsClusters && selected.length === 0) return null;
  return (
    <CheckMenu
      label="Cluster"
      options={union(kept ?? [], selected).map((value) => ({
        value,
        label: <ClusterName profile={value} />,
      }))}
      selected={selected}
      onChange={onChange}
    />
  );
}

/** What is chosen can be taken away again, whether there still is any of it or not. */
function union(there: readonly string[], chosen: readonly string[]): string[] {
  return [...new Set([...there, ...chosen])];
}
