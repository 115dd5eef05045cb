import type { ResetPlan } from '../../../../shared/consumer-groups.js';
import { Notice } from '../../components/Notice.js';
import styles from './BlockedNotice.module.css';
import { memberName } from './group-words.js';

/** Who is in the group, and what to do about it: offsets can be changed from outside alone. */
export function BlockedNotice({ plan }: { readonly plan: ResetPlan }) {
  const { blockedBy, canPauseOwn } = plan;
  if (blockedBy.length === 0) return null;
  return (
    <Notice tone="warning" icon={canPauseOwn ? 'pause' : 'alert'} role="note">
      {canPauseOwn ? (
        <>
          <p>
            This node itself reads in the group. It leaves it for the change and goes on reading from the new
            offsets at once. Until then it reads on, so the values are worked out anew at that moment.
          </p>
          <p className={styles.soft}>
            Messages that it reads a second time are shown as repeats and have no second effect, as far as
            they have an id and are not older than seven days.
          </p>
        </>
      ) : (
        <>
          <p>
            The group is active, and only an empty one can be changed. Stop{' '}
            {blockedBy.length === 1 ? 'its member' : 'its members'} first:
          </p>
          <ul className={styles.members}>
            {blockedBy.map((member) => (
              <li key={member.memberId}>{memberName(member)}</li>
            ))}
          </ul>
        </>
      )}
    </Notice>
  );
}
