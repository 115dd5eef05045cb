import { useCallback, useEffect, useState } from 'react';
import type { ResetPlan, ResetRequest } from '../../../../shared/consumer-groups.js';
import { type ErrorReport, toErrorReport } from '../../../../shared/errors.js';
import { useStores } from '../../stores/stores-context.js';

export interface PlanState {
  /** Of what is asked for now; null until it is there. */
  readonly plan: ResetPlan | null;
  readonly failure: ErrorReport | null;
  /** Asks once more: the group has moved on. */
  again(): void;
}

/** The brokers are asked once the typing rests. */
const restMs = 250;

/** Keeps a preview of what is asked for. @param wanted a reset, a snapshot's id to undo, or null for nothing yet */
export function usePlan(wanted: ResetRequest | string | null): PlanState {
  const { groups } = useStores();
  const [state, setState] = useState<Pick<PlanState, 'plan' | 'failure'>>({ plan: null, failure: null });
  const [round, setRound] = useState(0);
  // The request is a new object with every rendering.
  const key = JSON.stringify(wanted);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round asks the same again.
  useEffect(() => {
    setState({ plan: null, failure: null });
    const now = JSON.parse(key) as ResetRequest | string | null;
    if (now === null) return;
    let isCurrent = true;
    const preview = async (): Promise<void> => {
      const { previewReset, previewUndo } = groups.getState();
      try {
        const plan = await (typeof now === 'string' ? previewUndo(now) : previewReset(now));
        if (isCurrent) setState({ plan, failure: null });
      } catch (error) {
        if (isCurrent) setState({ plan: null, failure: toErrorReport(error) });
      }
    };
    const timer = setTimeout(() => void preview(), restMs);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [key, round, groups]);

  const again = useCallback(() => setRound((count) => count + 1), []);
  return { ...state, again };
}
