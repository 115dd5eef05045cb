import { createContext, useContext } from 'react';
import { Curve, useXAxisScale, useYAxisScale } from 'recharts';
import { nodeStyle } from '../../components/node-style.js';
import { useStoreState } from '../../stores/stores-context.js';
import type { ChartData } from './chart-data.js';

/** What the lines show; in a context, so that they alone are drawn again when it changes. */
export const ChartDataContext = createContext<ChartData | null>(null);

/** The moving part of a chart: one line a node, on the axes of the chart around it. */
export function NodeLines() {
  const data = useContext(ChartDataContext);
  const styleByNode = useStoreState('nodes', (state) => state.styleByNode);
  const x = useXAxisScale();
  const y = useYAxisScale();
  if (data === null || x === undefined || y === undefined) return null;
  return data.lines.map(({ node, values }) => {
    const { color, dash } = nodeStyle(styleByNode[node] ?? 0);
    const points = values.map((value, index) => ({
      x: x((index + 1 - values.length) * data.stepMs) ?? null,
      y: value === null ? null : (y(value) ?? null),
    }));
    return (
      <g key={node} className="recharts-line">
        <Curve points={points} fill="none" stroke={color} strokeDasharray={dash} strokeWidth={1.75} />
      </g>
    );
  });
}
