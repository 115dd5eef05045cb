import type { LogLine } from '../../../../shared/feed.js';
import { type LogLevel, logLevels } from '../../../../shared/logger.js';
import { formatClock, formatDateTime } from '../../format/time.js';

/** Lines of the level and graver ones that contain the text anywhere, in any case. */
export function selectLines(lines: readonly LogLine[], level: LogLevel, text: string): readonly LogLine[] {
  const gravest = logLevels.indexOf(level);
  const wanted = text.trim().toLowerCase();
  return lines.filter(
    (line) =>
      logLevels.indexOf(line.level) <= gravest &&
      (wanted === '' ||
        line.message.toLowerCase().includes(wanted) ||
        line.component.toLowerCase().includes(wanted) ||
        line.fields.toLowerCase().includes(wanted)),
  );
}

/** The lines as text, one a line. */
export function formatLines(lines: readonly LogLine[]): string {
  return lines
    .map(({ atMs, level, component, message, fields }) => {
      const time = `${formatDateTime(atMs).slice(0, 10)} ${formatClock(atMs)}`;
      return `${time} ${level.toUpperCase()} ${component}: ${message}${fields === '' ? '' : ` ${fields}`}\n`;
    })
    .join('');
}
