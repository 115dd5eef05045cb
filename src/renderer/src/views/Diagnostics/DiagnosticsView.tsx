import { useEffect } from 'react';
import { SectionedView } from '../../components/SectionedView.js';
import { type DiagnosticsSection, diagnosticsSections } from '../../stores/diagnostics-store.js';
import { useStoreState } from '../../stores/stores-context.js';
import { AboutSection } from './AboutSection.js';
import { DoctorSection } from './DoctorSection.js';
import { LogSection } from './LogSection.js';
import { RejectedSection } from './RejectedSection.js';

const sectionWords: Readonly<Record<DiagnosticsSection, string>> = {
  doctor: 'Doctor',
  log: 'Log',
  rejected: 'Rejected',
  about: 'About',
};

/** What is wrong and why: the doctor, the app's own log, what was refused, what runs here. */
export function DiagnosticsView() {
  const section = useStoreState('diagnostics', (state) => state.section);
  const showSection = useStoreState('diagnostics', (state) => state.showSection);
  const findRequested = useStoreState('ui', (state) => state.findRequested);
  const rejected = useStoreState('status', (state) => state.status?.rejections.total ?? 0);

  useEffect(() => {
    // The log is what there is to search here; its search field takes the request.
    if (findRequested) showSection('log');
  }, [findRequested, showSection]);

  return (
    <SectionedView
      label="Part of the diagnostics"
      section={section}
      sections={diagnosticsSections.map((value) => ({
        value,
        words: sectionWords[value],
        count: value === 'rejected' ? rejected : 0,
      }))}
      onChange={showSection}
    >
      {section === 'doctor' && <DoctorSection />}
      {section === 'log' && <LogSection />}
      {section === 'rejected' && <RejectedSection />}
      {section === 'about' && <AboutSection />}
    </SectionedView>
  );
}
