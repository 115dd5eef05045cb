import { type KeyboardEvent, useEffect, useRef } from 'react';
import type { ProfileView } from '../../../shared/active-profile.js';
import type { Config } from '../../../shared/config.js';
import type { ProfileColor } from '../../../shared/kafka-config.js';
import { Button } from '../components/Button.js';
import { Icon } from '../components/Icon.js';
import { Popover } from '../components/Popover.js';
import { ProfileMark } from '../components/ProfileMark.js';
import { clusterWords } from '../format/words.js';
import { useStoreState, useStores } from '../stores/stores-context.js';
import styles from './ProfileMenu.module.css';

/** Which cluster this window works on, always in sight, and the way to another one. */
export function ProfileMenu({ profile }: { readonly profile: ProfileView }) {
  const config = useStoreState('settings', (state) => state.settings?.config ?? null);
  const shownName = clusterWords(profile.name);
  return (
    <Popover
      label={`Cluster: ${shownName}${profile.readOnly ? ', read-only' : ''}`}
      trigger={
        <>
          <ProfileMark color={profile.color} />
          <span className={styles.name}>{shownName}</span>
          {profile.readOnly && (
            <span className={styles.lock}>
              <Icon name="lock" />
              <span className={styles.lockWord}>Read-only</span>
            </span>
          )}
          <Icon name="down" />
        </>
      }
    >
      {(close) => config !== null && <Choices config={config} active={profile.name} close={close} />}
    </Popover>
  );
}

interface ChoicesProps {
  readonly config: Config;
  readonly active: string;
  readonly close: () => void;
}

function Choices({ config, active, close }: ChoicesProps) {
  const { profiles, ui } = useStores();
  const list = useRef<HTMLUListElement>(null);
  const choose = (name: string): void => {
    close();
    if (name !== active) void profiles.use(name);
  };
  const manage = (): void => {
    close();
    ui.getState().showSetting('profiles');
  };
  const moveWithArrows = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    const entries = [...(list.current?.querySelectorAll('button') ?? [])];
    const at = entries.findIndex((entry) => entry.matches(':focus'));
    const next = at + (event.key === 'ArrowDown' ? 1 : -1);
    entries[(next + entries.length) % entries.length]?.focus();
  };
  useEffect(() => {
    list.current?.querySelector<HTMLElement>('[aria-current="true"]')?.focus();
  }, []);
  return (
    <>
      <ul ref={list} className={styles.menu} aria-label="Clusters" onKeyDown={moveWithArrows}>
        {Object.entries(config.profiles).map(([name, { color, readOnly, brokers }]) => (
          <Choice
            key={name}
            name={name}
            color={color}
            isReadOnly={readOnly}
            isActive={name === active}
            where={brokers.join(', ')}
            onChoose={() => choose(name)}
          />
        ))}
        <Choice
          name={clusterWords('')}
          color="grey"
          isReadOnly={false}
          isActive={active === ''}
          where={`Kafka settings: ${config.kafka.brokers.join(', ')}`}
          onChoose={() => choose('')}
        />
      </ul>
      <div className={styles.actions}>
        <Button icon="settings" onClick={manage}>
          Manage clusters
        </Button>
      </div>
    </>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly color: ProfileColor;
  readonly isReadOnly: boolean;
  readonly isActive: boolean;
  readonly where: string;
  onChoose(): void;
}

function Choice({ name, color, isReadOnly, isActive, where, onChoose }: ChoiceProps) {
  return (
    <li>
      <button type="button" className={styles.entry} aria-current={isActive} onClick={onChoose}>
        <ProfileMark color={color} />
        <strong>{name}</strong>
        {isReadOnly ? (
          <span className={styles.lock}>
            <Icon name="lock" />
            Read-only
          </span>
        ) : (
          <span />
        )}
        <code className={styles.where} title={where}>
          {where}
        </code>
      </button>
    </li>
  );
}
