import { type OffsetTarget, offsetTargetSchema, type ResetScope } from '../../shared/consumer-groups.js';
import { ResonanceError } from '../../shared/errors.js';
import { type CommandContext, parseOptions } from './command-context.js';

const verbs = ['list', 'describe', 'reset', 'undo'] as const;
type Verb = (typeof verbs)[number];

export type GroupsRequest =
  | { readonly verb: 'list' }
  | { readonly verb: 'describe'; readonly groupId: string }
  | {
      readonly verb: 'reset';
      readonly groupId: string;
      readonly target: OffsetTarget;
      readonly scope: ResetScope;
      readonly apply: boolean;
    }
  | {
      readonly verb: 'undo';
      readonly groupId: string;
      /** Null: of the newest change. */
      readonly snapshot: string | null;
      readonly apply: boolean;
    };

/** @throws ResonanceError `COMMAND_INVALID` */
export function parseGroupsRequest(context: CommandContext): GroupsRequest {
  const firstOption = context.parameters.findIndex((parameter) => parameter.startsWith('-'));
  const end = firstOption < 0 ? context.parameters.length : firstOption;
  const [word = 'list', groupId, ...extra] = context.parameters.slice(0, end);
  const verb = verbs.find((name) => name === word);
  if (verb === undefined) throw invalid(`groups ${word}: expected ${verbs.join(', ')}`);
  if (extra.length > 0) throw invalid(`groups ${word}: one group at a time, got ${extra.join(' ')} too`);
  const options = { ...context, parameters: withNegativeValues(context.parameters.slice(end)) };
  if (verb === 'list') {
    if (groupId !== undefined) throw invalid(`groups list takes no group; try: groups describe ${groupId}`);
    parseOptions(options, {});
    return { verb };
  }
  if (groupId === undefined || groupId === '') throw invalid(`groups ${verb} needs a group`);
  return parseOptionsOf(verb, groupId, options);
}

function parseOptionsOf(
  verb: Exclude<Verb, 'list'>,
  groupId: string,
  context: CommandContext,
): GroupsRequest {
  switch (verb) {
    case 'describe':
      parseOptions(context, {});
      return { verb, groupId };
    case 'reset': {
      const {
        apply = false,
        topic = [],
        ...where
      } = parseOptions(context, {
        'to-earliest': { type: 'boolean' },
        'to-latest': { type: 'boolean' },
        'to-time': { type: 'string' },
        'shift-by': { type: 'string' },
        'to-offset': { type: 'string' },
        topic: { type: 'string', multiple: true },
        apply: { type: 'boolean' },
      });
      return { verb, groupId, target: targetOf(where), scope: topic.map(scopeOf), apply };
    }
    case 'undo': {
      const { apply = false, snapshot = null } = parseOptions(context, {
        snapshot: { type: 'string' },
        apply: { type: 'boolean' },
      });
      return { verb, groupId, snapshot, apply };
    }
  }
}

/** `--shift-by -5` as `--shift-by=-5`, which the parser of options takes for a value. */
function withNegativeValues(parameters: readonly string[]): string[] {
  const joined: string[] = [];
  for (const parameter of parameters) {
    if (joined.at(-1) === '--shift-by' && /^-\d+$/.test(parameter))
      joined[joined.length - 1] += `=${parameter}`;
    else joined.push(parameter);
  }
  return joined;
}

interface TargetOptions {
  readonly 'to-earliest'?: boolean | undefined;
  readonly 'to-latest'?: boolean | undefined;
  readonly 'to-time'?: string | undefined;
  readonly 'shift-by'?: string | undefined;
  readonly 'to-offset'?: string | undefined;
}

function targetOf(options: TargetOptions): OffsetTarget {
  const given = Object.entries(options).filter(([, value]) => value !== undefined && value !== false);
  const [first] = given;
  if (given.length !== 1 || first === undefined) {
    throw invalid(
      `groups reset needs one of --to-earliest, --to-latest, --to-time, --shift-by, --to-offset; got ${given.length}`,
    );
  }
  const [name, value] = first;
  switch (name) {
    case 'to-earliest':
      return { kind: 'earliest' };
    case 'to-latest':
      return { kind: 'latest' };
    case 'to-time':
      return checked(`--to-time ${value}`, 'a time such as 2026-01-13T02:00:00Z', {
        kind: 'time',
        atMs: Date.parse(String(value)),
      });
    case 'shift-by':
      return checked(`--shift-by ${value}`, 'a whole number', {
        kind: 'shift',
        by: value === '' ? Number.NaN : Number(value),
      });
    default:
      return checked(`--to-offset ${value}`, 'a whole number from 0', { kind: 'offset', offset: value });
  }
}

function checked(given: string, expected: string, target: unknown): OffsetTarget {
  const result = offsetTargetSchema.safeParse(target);
  if (!result.success) throw invalid(`${given}: expected ${expected}`);
  return result.data;
}

/** `TOPIC`, or `TOPIC:0,2` for some of its partitions. */
function scopeOf(text: string): ResetScope[number] {
  const colon = text.indexOf(':');
  if (colon < 0) return { topic: text, partitions: null };
  const numbers = text.slice(colon + 1).split(',');
  if (!numbers.every((number) => /^\d{1,9}$/.test(number))) {
    throw invalid(`--topic ${text}: expected TOPIC or TOPIC:PARTITION,PARTITION`);
  }
  return { topic: text.slice(0, colon), partitions: numbers.map(Number) };
}

function invalid(message: string): ResonanceError {
  return new ResonanceError('COMMAND_INVALID', message, { hint: 'See resonance --help' });
}
