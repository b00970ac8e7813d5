import { setTimeout as sleep } from 'node:timers/promises';
import { FileService, type Transcript as VendorTranscript, TranscriptService } from 'assemblyai';
import type { Settings } from '../../config/settings.js';
import type { TranscribeCall, Transcript } from '../ai-types.js';
import type { Engine, EngineAnswer, Request } from './engine.js';
import { EngineFailure, failureOfStatus, retryAfterMs } from './engine-failure.js';

type AssemblyAiSettings = Pick<Settings, 'assemblyaiApiKey' | 'assemblyaiBaseUrl' | 'assemblyaiModel'>;

const FIRST_POLL_MS = 200;
const MAX_POLL_MS = 3000;

/** AssemblyAI: uploads, asks for a transcript, and looks until it is there. */
export function assemblyAiEngine(settings: AssemblyAiSettings, now: () => Date): Engine {
  const params = { apiKey: settings.assemblyaiApiKey?.reveal() ?? '', baseUrl: settings.assemblyaiBaseUrl, userAgent: false as const };
  return {
    name: 'assemblyai',
    modelOf: (task) => (task === 'transcribe' ? settings.assemblyaiModel : undefined),
    transcribe: ({ call, signal }: Request<TranscribeCall>) => {
      const send = sender(signal, now);
      const files = Object.assign(new FileService(params), { fetchResponse: send(new FileService(params)) });
      const transcripts = Object.assign(new TranscriptService(params, files), {
        fetchResponse: send(new TranscriptService(params, files)),
      });
      return writeDown({ files, transcripts, model: settings.assemblyaiModel }, call, signal);
    },
  };
}

type Send = (input: string, init?: RequestInit) => Promise<Response>;

/**
 * The one request of the official client that all others go through. It takes no signal and turns every refusal into a bare message, so
 * it is wrapped: it stops when the call stops, and a refusal keeps its status and its `Retry-After`.
 */
function sender(signal: AbortSignal, now: () => Date): (service: object) => Send {
  return (service) => async (input, init) => {
    const { fetchResponse } = service as { fetchResponse: Send };
    let response: Response;
    try {
      response = await fetchResponse.call(service, input, { ...init, signal });
    } catch {
      signal.throwIfAborted();
      throw new EngineFailure('down', 'it cannot be reached');
    }
    if (response.ok) return response;
    const headers = Object.fromEntries(response.headers.entries());
    throw failureOfStatus(response.status, await response.text().catch(() => ''), { retryAfterMs: retryAfterMs(headers, now()) });
  };
}

interface Client {
  readonly files: FileService;
  readonly transcripts: TranscriptService;
  readonly model: string;
}

async function writeDown(
  { files, transcripts, model }: Client,
  call: TranscribeCall,
  signal: AbortSignal,
): Promise<EngineAnswer<Transcript>> {
  try {
    const audio = await files.upload(call.audio);
    const language = call.language ? { language_code: call.language } : { language_detection: true };
    let state = await transcripts.submit({ audio, speech_models: [model], speaker_labels: true, ...language });
    for (let wait = FIRST_POLL_MS; !isOver(state); wait = Math.min(MAX_POLL_MS, wait * 1.5)) {
      await sleep(wait, undefined, { signal });
      state = await look(transcripts, state);
    }
    if (state.status === 'error') throw new EngineFailure('refused', 'it could not write down this recording');
    return transcriptOf(state);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof EngineFailure) throw error;
    throw new EngineFailure('broken-answer', 'its answer was not in the form it promised');
  }
}

/**
 * A look that fails for the moment, or answers with nothing of use, is made again: to begin anew would upload and pay for the recording
 * twice. The timeout ends it.
 */
async function look(transcripts: TranscriptService, state: VendorTranscript): Promise<VendorTranscript> {
  try {
    const seen: unknown = await transcripts.get(state.id);
    return hasStatus(seen) ? seen : state;
  } catch (error) {
    if (error instanceof EngineFailure && !error.isRetryable) throw error;
    return state;
  }
}

function isOver(state: VendorTranscript): boolean {
  if (!hasStatus(state)) throw new EngineFailure('broken-answer', 'its answer had no status');
  return state.status === 'completed' || state.status === 'error';
}

function hasStatus(state: unknown): state is VendorTranscript {
  const { id, status } = (state ?? {}) as { id?: unknown; status?: unknown };
  return typeof id === 'string' && typeof status === 'string';
}

function transcriptOf(state: VendorTranscript): EngineAnswer<Transcript> {
  const seconds = state.audio_duration ?? 0;
  const segments = (state.utterances ?? []).map(({ start, end, text, speaker }) => ({ startMs: start, endMs: end, text, speaker }));
  return {
    value: { text: state.text ?? '', language: state.language_code ?? null, seconds, segments },
    audioSeconds: state.audio_duration ?? undefined,
  };
}
