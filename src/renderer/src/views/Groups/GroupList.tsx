import type { GroupSummary } from '../../../../shared/consumer-groups.js';
import { Badge } from '../../components/Badge.js';
import { ChoiceList } from '../../components/ChoiceList.js';
import { StateLabel } from '../../components/StateMark.js';
import { useStores } from '../../stores/stores-context.js';
import styles from './GroupList.module.css';
import { stateWords } from './group-words.js';
import { LagBar } from './LagBar.js';

export interface GroupListProps {
  readonly groups: readonly GroupSummary[];
  readonly selected: string | undefined;
}

export function GroupList({ groups, selected }: GroupListProps) {
  const { groups: store } = useStores();
  const scale = Math.max(1, ...groups.map(({ lag }) => lag ?? 0));
  return (
    <ChoiceList
      label="Consumer groups"
      selected={selected}
      onSelect={(groupId) => void store.getState().select(groupId)}
      choices={groups.map((group) => ({
        key: group.groupId,
        head: (
          <>
            {group.isTap ? (
              <span className={styles.tap} title={group.groupId}>
                {group.groupId}
              </span>
            ) : (
              group.groupId
            )}
            {group.isOwn && <Badge tone="strong">this node</Badge>}
            {group.isTap && (
              <Badge tone="quiet" title="A throw-away group of a look into topics">
                viewing
              </Badge>
            )}
          </>
        ),
        facts: (
          <>
            <StateLabel tone={stateWords(group.state).tone}>{standing(group)}</StateLabel>
            <span className={styles.lag}>
              lag <LagBar lag={group.lag} unknown={group.unknown} scale={scale} />
            </span>
          </>
        ),
      }))}
    />
  );
}

function standing({ state, memberCount }: GroupSummary): string {
  const { words } = stateWords(state);
  if (memberCount === 0) return words;
  return `${words}, ${memberCount} member${memberCount === 1 ? '' : 's'}`;
}
