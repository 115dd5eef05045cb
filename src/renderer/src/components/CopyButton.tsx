import { useEffect, useState } from 'react';
import { IconButton } from './Button.js';
import { copyText } from './copy-text.js';

export interface CopyButtonProps {
  /** What is copied, for example `raw text`. */
  readonly what: string;
  /** Called when it is clicked, so that big texts are only made then. */
  readonly text: () => string;
}

const shownMs = 1_500;

export function CopyButton({ what, text }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<'copied' | 'failed' | null>(null);
  useEffect(() => {
    if (outcome === null) return;
    const timer = setTimeout(() => setOutcome(null), shownMs);
    return () => clearTimeout(timer);
  }, [outcome]);
  const label =
    outcome === 'copied'
      ? 'Copied'
      : outcome === 'failed'
        ? 'The desktop did not take the copy'
        : `Copy ${what}`;
  return (
    <IconButton
      icon={outcome === 'copied' ? 'check' : outcome === 'failed' ? 'alert' : 'copy'}
      label={label}
      onClick={() => void copyText(text()).then((copied) => setOutcome(copied ? 'copied' : 'failed'))}
    />
  );
}
