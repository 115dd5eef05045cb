import type { ReactNode } from 'react';
import { formatCount } from '../format/numbers.js';
import { Segmented } from './Segmented.js';
import frame from './view.module.css';

export interface SectionedViewProps<Section extends string> {
  readonly label: string;
  readonly section: Section;
  /** In their order; a count other than 0 stands behind the words. */
  readonly sections: readonly { readonly value: Section; readonly words: string; readonly count?: number }[];
  onChange(section: Section): void;
  /** The section that shows. */
  readonly children: ReactNode;
}

/** A view of which one part shows at a time. */
export function SectionedView<Section extends string>({
  label,
  section,
  sections,
  onChange,
  children,
}: SectionedViewProps<Section>) {
  const options = sections.map(({ value, words, count = 0 }) => ({
    value,
    label: count === 0 ? words : `${words} (${formatCount(count)})`,
  }));
  return (
    <div className={frame.view}>
      <div className={frame.bar}>
        <Segmented label={label} value={section} options={options} onChange={onChange} />
      </div>
      <div className={frame.content}>{children}</div>
    </div>
  );
}
