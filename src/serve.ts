import { AppModule } from './app.module.js';
import { withDevelopmentSecret } from './platform/config/development-secret.js';
import { readEnvironment, silenceVersionWarnings } from './platform/config/environment.js';
import { loadSettings } from './platform/config/load-settings.js';
import { settingsWarnings } from './platform/config/production-checks.js';
import type { Settings } from './platform/config/settings.js';
import { SettingsError } from './platform/config/settings-error.js';
import { provisionDatabase } from './platform/database/provision.js';
import { createHttpApp } from './platform/http/http-app.js';
import { DirectoryInUseError } from './platform/runtime/directory-claim.js';
import { type Connections, openConnections } from './platform/runtime/connections.js';
import { LOGGER, type Logger } from './platform/telemetry/telemetry.module.js';
import { seedDemo } from './features/demo/index.js';
import { greeting } from './greeting.js';

/** Starts this process in the role its settings give, and stops it on SIGTERM or SIGINT. */
export async function serve(): Promise<void> {
  silenceVersionWarnings();
  const settings = settingsOrExit();
  const opening = openConnections(settings);
  const starting = opening.then((connections) => start(settings, connections));
  // Whoever stops it while it starts lets it finish that first: servers that went away under a starting app would look like a crash.
  onSignals(settings, async () => {
    const stopApp = await starting.catch(() => undefined);
    await stopApp?.();
    await (await opening.catch(() => undefined))?.stop();
  });
  await starting.catch(async (error: unknown) => {
    const isExpected = error instanceof DirectoryInUseError;
    console.error(error instanceof Error && !isExpected ? (error.stack ?? error.message) : isExpected ? error.message : error);
    await (await opening.catch(() => undefined))?.stop();
    process.exit(1);
  });
}

async function start(settings: Settings, connections: Connections): Promise<() => Promise<void>> {
  if (settings.migrateOnStart) await provisionDatabase(connections.databaseUrls, settings.redisUrl === undefined);
  const app = await createHttpApp(AppModule.with(settings, connections), settings);
  const logger = app.get<Logger>(LOGGER);
  for (const warning of settingsWarnings(settings)) logger.warn(warning);
  await app.listen({ port: settings.port, host: settings.host, backlog: 2048 } as never);
  const demo = connections.isEmbeddedDatabase && settings.demoData ? await seedDemo(app) : undefined;
  process.stdout.write(greeting(await app.getUrl(), settings, demo));
  return () => app.close();
}

function settingsOrExit(): Settings {
  try {
    return loadSettings(withDevelopmentSecret(readEnvironment()));
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    console.error(error.message);
    return process.exit(1);
  }
}

/**
 * Drains and stops once. npm passes a signal of its group on, so it arrives twice: a repeat within a second is the same wish; a later one
 * is a person who does not want to wait.
 */
function onSignals(settings: Settings, stop: () => Promise<void>): void {
  let stoppingSince: number | undefined;
  const end = (signal: NodeJS.Signals): void => {
    if (stoppingSince !== undefined) {
      if (performance.now() - stoppingSince > 1_000) process.exit(1);
      return;
    }
    stoppingSince = performance.now();
    setTimeout(() => process.exit(1), (settings.shutdownGraceSeconds + 10) * 1000).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(`stopping after ${signal} failed`, error);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', end).on('SIGINT', end);
}
