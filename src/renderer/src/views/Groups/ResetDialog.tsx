import { useState } from 'react';
import type { GroupSnapshotView, ResetOutcome, ResetPlan } from '../../../../shared/consumer-groups.js';
import { type ErrorReport, toErrorReport } from '../../../../shared/errors.js';
import { Button } from '../../components/Button.js';
import { Dialog } from '../../components/Dialog.js';
import { ErrorNotice } from '../../components/ErrorNotice.js';
import { useNow } from '../../components/use-now.js';
import { useStoreState, useStores } from '../../stores/stores-context.js';
import { BlockedNotice } from './BlockedNotice.js';
import { PlanTable } from './PlanTable.js';
import styles from './ResetDialog.module.css';
import { ResetForm } from './ResetForm.js';
import { localTimeText, type ResetDraft, readResetDraft } from './reset-draft.js';
import { usePlan } from './use-plan.js';

export interface ResetDialogProps {
  readonly groupId: string;
  /** The change to undo; null for a reset. */
  readonly undo: GroupSnapshotView | null;
  onClose(): void;
}

const hourMs = 3_600_000;

/** A reset of a group's offsets, or the undo of one: what it would change, then, when the operator says so, the change. */
export function ResetDialog({ groupId, undo: initialUndo, onClose }: ResetDialogProps) {
  const { groups } = useStores();
  const nowMs = useNow();
  const [undo, setUndo] = useState(initialUndo);
  const [draft, setDraft] = useState<ResetDraft>(() => ({
    kind: 'earliest',
    time: localTimeText(nowMs - hourMs),
    by: '',
    offset: '',
    topic: '',
    partitions: '',
  }));
  const { request, problems } = readResetDraft(groupId, draft);
  const { plan, failure, again } = usePlan(undo === null ? request : undo.id);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<ErrorReport | null>(null);
  const [outcome, setOutcome] = useState<ResetOutcome | null>(null);
  const isReadOnly = useStoreState('status', (state) => state.status?.profile.readOnly ?? false);

  const changes = plan === null ? 0 : plan.rows.filter(({ before, after }) => before !== after).length;
  const pauseOwn = plan?.canPauseOwn ?? false;
  const isBlocked = plan !== null && plan.blockedBy.length > 0 && !pauseOwn;
  const canApply = plan !== null && !busy && !isBlocked && !isReadOnly && (changes > 0 || pauseOwn);

  const apply = async (): Promise<void> => {
    if (plan === null || !canApply) return;
    setBusy(true);
    setRefusal(null);
    try {
      setOutcome(await groups.getState().apply(plan.id, pauseOwn));
    } catch (error) {
      setRefusal(toErrorReport(error));
      again();
    } finally {
      setBusy(false);
    }
  };

  if (outcome !== null) {
    const { snapshot } = outcome;
    return (
      <Dialog key="outcome" title={`Offsets of ${groupId}`} placement="drawer" onClose={onClose}>
        <div className={styles.form}>
          <p className={styles.done} role="status">
            {outcomeWords(outcome)}
          </p>
          <PlanTable rows={outcome.rows} />
          <div className={styles.actions}>
            {snapshot !== null && (
              <Button
                icon="repeat"
                onClick={() => {
                  setUndo(snapshot);
                  setOutcome(null);
                }}
              >
                Undo
              </Button>
            )}
            <Button tone="primary" data-autofocus onClick={onClose}>
              Close
            </Button>
          </div>
        </div>
      </Dialog>
    );
  }

  const title = undo === null ? `Reset the offsets of ${groupId}` : `Undo “${undo.change}” of ${groupId}`;
  return (
    <Dialog key={undo?.id ?? 'reset'} title={title} placement="drawer" onClose={onClose}>
      <div className={styles.form}>
        {undo === null ? (
          <ResetForm
            draft={draft}
            problems={problems}
            onChange={(changed) => {
              setDraft(changed);
              setRefusal(null);
            }}
          />
        ) : (
          <p className={styles.soft}>
            Gives the group back what it had before that change, as far as its partitions still hold it.
          </p>
        )}
        {plan !== null && <BlockedNotice plan={plan} />}
        {isReadOnly && (
          <p className={styles.soft}>
            The active profile is read-only: this is a preview, and cannot be applied.
          </p>
        )}
        {refusal !== null && <ErrorNotice error={refusal} what="Not applied" />}
        {failure !== null && <ErrorNotice error={failure} what="No preview" />}
        <Preview plan={plan} isWaiting={failure === null && (undo !== null || request !== null)} />
        <div className={styles.actions}>
          <span className={styles.summary} role="status">
            {plan !== null && summaryWords(changes, plan.rows.length)}
          </span>
          <Button data-autofocus={undo === null ? undefined : ''} onClick={onClose}>
            Cancel
          </Button>
          <Button tone="primary" disabled={!canApply} onClick={() => void apply()}>
            {busy ? 'Changing …' : pauseOwn ? 'Pause reading and apply' : 'Apply'}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function Preview({ plan, isWaiting }: { readonly plan: ResetPlan | null; readonly isWaiting: boolean }) {
  if (plan !== null) return <PlanTable rows={plan.rows} />;
  return isWaiting ? <p className={styles.soft}>Working out what would change …</p> : null;
}

function summaryWords(changes: number, partitions: number): string {
  const of = `of ${partitions} partition${partitions === 1 ? '' : 's'} would change`;
  return `${changes === 0 ? 'None' : changes} ${of}`;
}

function outcomeWords({ groupId, changed }: ResetOutcome): string {
  if (changed === 0) return `${groupId} was there already: nothing had to be changed`;
  return `${changed} partition${changed === 1 ? '' : 's'} of ${groupId} changed`;
}
