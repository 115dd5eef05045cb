import { useEffect, useState } from 'react';
import { Button, IconButton } from './Button.js';
import { copyText } from './copy-text.js';
import type { IconName } from './Icon.js';

export interface CopyButtonProps {
  /** What is copied, for example `raw text`. */
  readonly what: string;
  /** Called when it is clicked, so that big texts are only made then. */
  readonly text: () => string;
}

const shownMs = 1_500;

export function CopyButton({ what, text }: CopyButtonProps) {
  const { outcome, copy } = useCopy(text);
  return (
    <IconButton icon={outcomeIcons[outcome]} label={outcomeWords[outcome] ?? `Copy ${what}`} onClick={copy} />
  );
}

export interface CopyTextButtonProps {
  readonly label: string;
  /** Called when it is clicked. */
  readonly text: () => string;
  readonly disabled?: boolean;
}

/** Copies something that is worth a word of its own, for example a report. */
export function CopyTextButton({ label, text, disabled = false }: CopyTextButtonProps) {
  const { outcome, copy } = useCopy(text);
  return (
    <Button icon={outcomeIcons[outcome]} disabled={disabled} onClick={copy}>
      {outcomeWords[outcome] ?? label}
    </Button>
  );
}

type Outcome = 'ready' | 'copied' | 'failed';

const outcomeIcons: Readonly<Record<Outcome, IconName>> = { ready: 'copy', copied: 'check', failed: 'alert' };
const outcomeWords: Readonly<Partial<Record<Outcome, string>>> = {
  copied: 'Copied',
  failed: 'The desktop did not take the copy',
};

/** Copying on a click, and what became of it for a moment. */
function useCopy(text: () => string): { readonly outcome: Outcome; readonly copy: () => void } {
  const [outcome, setOutcome] = useState<Outcome>('ready');
  useEffect(() => {
    if (outcome === 'ready') return;
    const timer = setTimeout(() => setOutcome('ready'), shownMs);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = (): void => {
    void copyText(text()).then((copied) => setOutcome(copied ? 'copied' : 'failed'));
  };
  return { outcome, copy };
}
