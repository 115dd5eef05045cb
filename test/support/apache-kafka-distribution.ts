import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The server that the tests run against; docker-compose.yml names the same version. */
export const apacheKafkaVersion = '4.4.0';

const run = promisify(execFile);

/** Where the server's jars are kept between runs, outside the project. */
export function apacheKafkaCacheFolder(): string {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  return join(cache, 'resonance', `apache-kafka-${apacheKafkaVersion}`);
}

/** Why Apache Kafka can't run here, or null when it can: Java is always needed, Maven only for the first download. */
export function whyApacheKafkaIsMissing(): string | null {
  if (!answers('java', '-version')) return 'there is no java on the PATH';
  if (!existsSync(join(apacheKafkaCacheFolder(), 'libs')) && !answers('mvn', '-v')) {
    return 'its jars are not cached and there is no mvn on the PATH to download them';
  }
  return null;
}

function answers(command: string, argument: string): boolean {
  try {
    execFileSync(command, [argument], { stdio: 'ignore', timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
}

let prepared: Promise<string> | undefined;

/** The folder with the server's jars; the first call on a machine downloads them from Maven Central (43 MB). */
export function apacheKafkaLibraries(): Promise<string> {
  prepared ??= prepareLibraries();
  return prepared;
}

async function prepareLibraries(): Promise<string> {
  const folder = apacheKafkaCacheFolder();
  const libraries = join(folder, 'libs');
  if (existsSync(libraries)) return libraries;
  await mkdir(folder, { recursive: true });
  const work = await mkdtemp(join(folder, 'download-'));
  try {
    await writeFile(join(work, 'pom.xml'), projectFile);
    await run(
      'mvn',
      ['-B', '-q', 'dependency:copy-dependencies', '-DincludeScope=runtime', '-DoutputDirectory=libs'],
      { cwd: work, timeout: 300_000, maxBuffer: 16_777_216 },
    );
    const jars = await readdir(join(work, 'libs'));
    if (!jars.includes(`kafka_2.13-${apacheKafkaVersion}.jar`)) {
      throw new Error(`Maven fetched no kafka_2.13-${apacheKafkaVersion}.jar`);
    }
    // Another process may have been faster: its folder is as good as ours.
    await rename(join(work, 'libs'), libraries).catch((error: unknown) => {
      if (!existsSync(libraries)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return libraries;
}

// The server logs through SLF4J and brings no binding of its own; without one it starts in silence.
const projectFile = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>resonance.test</groupId><artifactId>apache-kafka</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies><dependency>
    <groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${apacheKafkaVersion}</version>
  </dependency><dependency>
    <groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>2.25.5</version>
  </dependency></dependencies>
</project>
`;
