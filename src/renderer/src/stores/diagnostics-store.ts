import { createStore, type StoreApi } from 'zustand/vanilla';
import type { LogLevel } from '../../../shared/logger.js';
import type { RejectionReason } from '../../../shared/rejection.js';

export const diagnosticsSections = ['doctor', 'log', 'rejected', 'about'] as const;
export type DiagnosticsSection = (typeof diagnosticsSections)[number];

/** How the operator has set up the Diagnostics view; kept while other views show. */
export interface DiagnosticsState {
  readonly section: DiagnosticsSection;
  /** Log lines of this level and graver ones are shown. */
  readonly shownLevel: LogLevel;
  readonly logText: string;
  /** Null: every reason. */
  readonly rejectionReason: RejectionReason | null;
  /** Sequence of the rejected message that is looked at. */
  readonly selectedRejection: number | null;
  showSection(section: DiagnosticsSection): void;
  setShownLevel(level: LogLevel): void;
  setLogText(text: string): void;
  setRejectionReason(reason: RejectionReason | null): void;
  selectRejection(sequence: number | null): void;
}

export type DiagnosticsStore = StoreApi<DiagnosticsState>;

export function createDiagnosticsStore(): DiagnosticsStore {
  return createStore<DiagnosticsState>()((set) => ({
    section: 'doctor',
    shownLevel: 'debug',
    logText: '',
    rejectionReason: null,
    selectedRejection: null,
    showSection: (section) => set({ section }),
    setShownLevel: (shownLevel) => set({ shownLevel }),
    setLogText: (logText) => set({ logText }),
    setRejectionReason: (rejectionReason) => set({ rejectionReason }),
    selectRejection: (selectedRejection) => set({ selectedRejection }),
  }));
}
