import styles from './Icon.module.css';

/** 16-unit outlines, drawn with the text's colour. */
const paths = {
  overview: 'M1.5 9h2.2l1.6-5 2.4 9 2.2-6.5 1.1 2.5h3.5',
  messages: 'M2 3.5h12M2 8h12M2 12.5h8',
  nodes:
    'M8 5.2V8m0 0-3.6 2.6M8 8l3.6 2.6M8 5.2a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6ZM3 13.6a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6Zm10 0a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6Z',
  topics: 'M2 4.5 8 2l6 2.5L8 7 2 4.5Zm0 3.5 6 2.5L14 8M2 11.5 8 14l6-2.5',
  delivery: 'M2 9.5v4h12v-4M2 9.5h3l1 1.600h4l1-1.600h3M8 8.200V2m0 0L5.500 4.500M8 2l2.500 2.500',
  diagnostics:
    'M5 2v3.5a3 3 0 0 0 6 0V2M8 8.5V11a3 3 0 0 0 5.5 1.7M13.5 11a1.2 1.2 0 1 0 0-2.4 1.2 1.2 0 0 0 0 2.4Z',
  settings:
    'M2 4.5h7m3 0h2M2 11.5h2m3 0h7M10.5 6a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3Zm-5 7a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3Z',
  compose: 'M14 2 7.2 8.8M14 2 9.6 14l-2.4-5.2L2 6.4 14 2Z',
  alert: 'M8 2.2 14.4 13.5H1.6L8 2.2Zm0 4.3v3.2m0 1.9v.2',
  bell: 'M4 11.5V7a4 4 0 0 1 8 0v4.5l1.2 1H2.8l1.2-1Zm2.7 1.2a1.4 1.4 0 0 0 2.6 0',
  close: 'm3.5 3.5 9 9m0-9-9 9',
  check: 'm3 8.5 3.2 3.2L13 4.8',
  pause: 'M5.5 3.5v9m5-9v9',
  play: 'M5 3.2v9.6L12.5 8 5 3.2Z',
  down: 'm3.5 6 4.5 4.5L12.5 6',
  right: 'm6 3.5 4.5 4.5L6 12.5',
  bottom: 'M8 2v9m0 0 3.5-3.5M8 11 4.5 7.5M3 14h10',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9Zm3.4-1.1L14 14',
  copy: 'M5.5 5.5v-3h8v8h-3m-8-5h8v8h-8v-8Z',
  repeat: 'M3 7V5.500a2 2 0 0 1 2-2h8m0 0-2-2m2 2-2 2M13 9v1.500a2 2 0 0 1-2 2H3m0 0 2 2m-2-2 2-2',
  retry: 'M13.5 8A5.5 5.5 0 1 1 11.6 3.8L13.5 5.5M13.5 2v3.5H10',
  plus: 'M8 3v10M3 8h10',
  trash: 'M2.5 4.5h11m-8.5 0V2.8h6v1.7m-7 0 .7 9h6.6l.7-9',
  folder: 'M2 12.5v-9h4l1.5 2H14v7H2Z',
  incoming: 'M12.5 3.5 4 12m0 0h5.5M4 12V6.5',
  outgoing: 'M3.5 12.5 12 4m0 0H6.5M12 4v5.5',
  sun: 'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6Zm0-9.5V3m0 10v1.5M1.5 8H3m10 0h1.5M3.4 3.4l1 1m7.2 7.2 1 1m0-9.2-1 1m-7.2 7.2-1 1',
  lock: 'M4 7.5h8v6H4v-6Zm1.8 0V5.2a2.2 2.2 0 0 1 4.4 0v2.3',
  flask: 'M6 2h4M6.7 2v4L3 12.3c-.4.8.1 1.7 1 1.7h8c.9 0 1.4-.9 1-1.7L9.3 6V2M4.7 10h6.6',
  edit: 'M3 13l.7-3L10.5 3.200l2.300 2.300L6 12.300 3 13Z',
} as const;

export type IconName = keyof typeof paths;

/** Decoration only: the text beside it, or the control's label, says what it means. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className={styles.icon} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
