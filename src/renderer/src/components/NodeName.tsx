import { MarkedName } from './MarkedName.js';
import styles from './NodeName.module.css';
import { useNodeStyle } from './node-style.js';

export function NodeMark({ name }: { readonly name: string }) {
  const { color, marker } = useNodeStyle(name);
  return (
    <svg
      className={styles.mark}
      viewBox="0 0 12 12"
      style={{ fill: color }}
      aria-hidden="true"
      focusable="false"
    >
      <path d={marker} />
    </svg>
  );
}

/** A node's name with its mark, the same everywhere. */
export function NodeName({ name }: { readonly name: string }) {
  return <MarkedName mark={<NodeMark name={name} />} name={name} />;
}
