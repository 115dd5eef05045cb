import { BaseSequencer, type TestSpecification } from 'vitest/node';

const isFault = ({ moduleId }: TestSpecification): boolean => moduleId.includes('/test/integration/faults/');
const isIntegration = ({ project }: TestSpecification): boolean => project.name === 'integration';
const byPath = (a: TestSpecification, b: TestSpecification): number => (a.moduleId < b.moduleId ? -1 : 1);

/**
 * Every other integration file is one of faults, as long as there are any. They are short to read and long to run: by size, which is
 * vitest's order on a fresh clone, they come last and all together, where they make each other late and the run long.
 */
export class SpreadFaults extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const faults = sorted.filter(isFault).sort(byPath);
    const others = sorted.filter((file) => isIntegration(file) && !isFault(file));
    const spread = faults.flatMap((fault, index) => [fault, ...others.slice(index, index + 1)]);
    return [...new Set([...spread, ...others, ...sorted])];
  }
}
