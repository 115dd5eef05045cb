import styles from './RawText.module.css';

/** A message's text as it is, every space of it. */
export function RawText({ text }: { readonly text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: long text is scrolled with the keyboard.
    <pre className={styles.raw} tabIndex={0}>
      {text}
    </pre>
  );
}
