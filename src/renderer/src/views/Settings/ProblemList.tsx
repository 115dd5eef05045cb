import type { ConfigProblem } from '../../../../shared/config.js';
import type { SettingsView } from '../../../../shared/ipc.js';
import { Button } from '../../components/Button.js';
import { Notice } from '../../components/Notice.js';
import { isOverridden, sourceWords } from '../../format/setting-words.js';
import { useStores } from '../../stores/stores-context.js';
import styles from './ProblemList.module.css';
import { mendingChange } from './setting-rows.js';

export interface ProblemListProps {
  readonly problems: readonly ConfigProblem[];
  readonly settings: SettingsView;
}

/** Wrong values that no field here stands for. */
export function ProblemList({ problems, settings }: ProblemListProps) {
  if (problems.length === 0) return null;
  return (
    <div className={styles.list}>
      {problems.map((problem) => (
        <ProblemNotice key={`${problem.source} ${problem.path}`} problem={problem} settings={settings} />
      ))}
    </div>
  );
}

export interface ProblemNoticeProps {
  readonly problem: ConfigProblem;
  readonly settings: SettingsView;
}

/** What a source says that is not used, and how to mend it. */
export function ProblemNotice({ problem, settings }: ProblemNoticeProps) {
  const { path, source, given, allowed } = problem;
  return (
    <Notice tone="warning" icon="alert" role="alert" actions={<Mend problem={problem} settings={settings} />}>
      <p>
        {path === '' ? (
          <>
            The settings file cannot be used: <code>{given}</code>. Expected {allowed}. When something is
            saved here, that file is set aside under another name.
          </>
        ) : (
          <>
            {capitalise(sourceWords[source].from)} says <code>{path}</code> is <code>{given}</code>, which is
            not used: {sentence(`expected ${allowed}`)}
            {isOverridden(source) && ' Mend it there.'}
          </>
        )}
      </p>
    </Notice>
  );
}

function Mend({ problem, settings }: ProblemNoticeProps) {
  const { commands, settings: store, toasts } = useStores();
  const showFile = (
    <Button icon="folder" onClick={() => void commands.reveal('settings')}>
      Show the file
    </Button>
  );
  if (problem.path === '') return showFile;
  if (problem.source !== 'file') return null;
  const takeOut = (): void => {
    store
      .getState()
      .update(mendingChange(problem, settings))
      .then(([refused]) => {
        if (refused === undefined) toasts.getState().show('success', `${problem.path} is out of the file`);
        else toasts.getState().show('error', `${problem.path} was not taken out`, 'Mend the file by hand.');
      })
      .catch((error: unknown) => toasts.getState().showError(error, `${problem.path} was not taken out`));
  };
  return (
    <>
      <Button icon="trash" onClick={takeOut}>
        Take it out of the file
      </Button>
      {showFile}
    </>
  );
}

/** With a full stop, unless it ends as a question. */
function sentence(text: string): string {
  return text.endsWith('?') ? text : `${text}.`;
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
