import type { Settings } from '../../config/settings.js';
import type { Engine } from './engine.js';
import { wantedEngines } from './engine-set.js';

/**
 * The vendors' engines that the settings name. Each is loaded only when it is wanted: the SDKs are a third of a second of start-up that
 * nobody without a key should pay.
 */
export async function loadVendorEngines(settings: Settings, now: () => Date): Promise<Engine[]> {
  const wanted = wantedEngines(settings);
  // The SDK would write warnings to the console, past our log.
  Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false });
  const engines: Engine[] = [];
  if (wanted.has('openai')) engines.push((await import('./openai-engine.js')).openAiEngine(settings, now));
  if (wanted.has('gemini')) engines.push((await import('./gemini-engine.js')).geminiEngine(settings, now));
  if (wanted.has('voyage')) engines.push((await import('./voyage-engine.js')).voyageEngine(settings, now));
  if (wanted.has('assemblyai')) engines.push((await import('./assemblyai-engine.js')).assemblyAiEngine(settings, now));
  return engines;
}
