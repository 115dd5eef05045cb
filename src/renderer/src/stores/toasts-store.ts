import { createStore, type StoreApi } from 'zustand/vanilla';
import { type ErrorReport, toErrorReport } from '../../../shared/errors.js';

export type ToastTone = 'success' | 'info' | 'error';

/** What can be done about it, for example taking it back. */
export interface ToastAction {
  readonly label: string;
  run(): void;
}

export interface Toast {
  readonly id: number;
  readonly tone: ToastTone;
  readonly message: string;
  readonly hint: string | null;
  readonly action: ToastAction | null;
}

export interface ToastsState {
  /** Oldest first, at most {@link toastsKept}. */
  readonly toasts: readonly Toast[];
  show(tone: ToastTone, message: string, hint?: string, action?: ToastAction): void;
  /** Shows anything thrown, with its hint. */
  showError(error: unknown, what?: string): void;
  dismiss(id: number): void;
}

export const toastsKept = 4;

export type ToastsStore = StoreApi<ToastsState>;

export function createToastsStore(): ToastsStore {
  let nextId = 1;
  return createStore<ToastsState>()((set, get) => ({
    toasts: [],
    show(tone, message, hint, action) {
      const toast: Toast = { id: nextId++, tone, message, hint: hint ?? null, action: action ?? null };
      set({ toasts: [...get().toasts, toast].slice(-toastsKept) });
    },
    showError(error, what) {
      const report: ErrorReport = toErrorReport(error);
      get().show('error', what === undefined ? report.message : `${what}: ${report.message}`, report.hint);
    },
    dismiss(id) {
      set({ toasts: get().toasts.filter((toast) => toast.id !== id) });
    },
  }));
}
